//! Logouts, and helpers.

use super::*;

const fn logout(files: &'static [(&'static str, &'static str)]) -> Row {
    Row { words: LOGOUT, input: "", files, ..ROW }
}

macro_rules! marked {
    ($helper:literal) => {
        concat!(
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {}\n\t},\n\t\"credsStore\": \"",
            $helper,
            "\"\n}"
        )
    };
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a helper erases each spelling",
        said: ends(
            ONCE,
            "called: good erase [SERVER]\ncalled: good erase [SERVER]",
            "called: good erase [SERVER]",
        ),
        ..logout(&[(CONFIG, marked!("good"))])
    },
    Row {
        rule: "the mark goes with the entry",
        said: ends(ONCE, "\"auths\": {},", "\"auths\": {},"),
        ..logout(&[(CONFIG, marked!("good"))])
    },
    Row {
        rule: "credHelpers are asked for the plain name",
        said: ends(
            ONCE,
            "called: other erase [SERVER]\ncalled: other erase [SERVER]\ncalled: good erase",
            "called: other erase [SERVER]",
        ),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {}\n\t},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"[SERVER]\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "credHelpers without credsStore",
        said: ends(
            ONCE,
            "called: other erase [SERVER]\ncalled: other erase [SERVER]",
            "called: other erase [SERVER]",
        ),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {}\n\t},\n\t\"credHelpers\": {\n\t\t\"[SERVER]\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "a helper that finds nothing is no failure",
        said: ends(NOT_FOUND, "\"[SERVER]\": {}", "\"auths\": {},"),
        ..logout(&[(CONFIG, marked!("empty"))])
    },
    Row {
        rule: "a helper that is stuck keeps the mark",
        said: ends(FAILURES, "\"[SERVER]\": {}", "WARNING: could not erase credentials:"),
        ..logout(&[(CONFIG, marked!("stuck"))])
    },
    Row {
        rule: "a helper that is not there",
        said: words(FAILURES, "Removing", "WARNING: could not erase credentials:"),
        ..logout(&[(CONFIG, marked!("missing"))])
    },
    Row {
        rule: "a failure is not told where one spelling is erased twice",
        words: &["logout", "https://[SERVER]"],
        said: ends(
            FAILURES,
            "called: stuck erase https://[SERVER]",
            "WARNING: could not erase credentials:",
        ),
        ..logout(&[(CONFIG, marked!("stuck"))])
    },
    Row {
        rule: "a failure is told where each spelling is another",
        words: &["logout", "[SERVER]/a"],
        said: ends(ONCE, "[SERVER]/a: error erasing credentials", "[SERVER]/a: the same"),
        ..logout(&[(CONFIG, marked!("stuck"))])
    },
    Row {
        rule: "a helper that is stuck at Hub is told",
        words: &["logout"],
        said: ends(
            LOGOUT_KEYS,
            "WARNING: could not erase credentials:",
            "called: stuck erase docker.io",
        ),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {}\n\t},\n\t\"credsStore\": \"stuck\"\n}",
        )])
    },
    Row {
        rule: "a logout of Hub looks for what a web login has left",
        words: &["logout"],
        said: ends(
            BROWSER,
            "called: good get https://index.docker.io/v1/refresh-token",
            "called: good erase https://index.docker.io/v1/",
        ),
        ..logout(&[(CONFIG, store!("good"))])
    },
    Row {
        rule: "a logout of Hub with a helper that is not there",
        words: &["logout"],
        said: words(
            HELPER_ERRORS,
            "executable file not found in $PATH",
            "no folder of PATH has the program `docker-credential-missing`",
        ),
        ..logout(&[(CONFIG, store!("missing"))])
    },
    Row {
        rule: "credHelpers of docker.io",
        words: &["logout", "docker.io"],
        said: ends(
            LOGOUT_KEYS,
            "called: good erase docker.io\ncalled: good erase docker.io",
            "called: good erase https://index.docker.io/v1/",
        ),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"docker.io\": \"good\"\n\t}\n}",
        )])
    },
    Row {
        rule: "what a helper says on standard error at a logout is shown",
        said: ends(STDERR, "a word from the helper", "called: loud erase [SERVER]"),
        ..logout(&[(CONFIG, marked!("loud"))])
    },
    Row {
        rule: "a login and a logout through a helper",
        words: LOGIN,
        input: "s3cret\n",
        then: &[LOGOUT],
        said: ends(
            ONCE,
            "called: good erase [SERVER]\ncalled: good erase [SERVER]",
            "called: good erase [SERVER]",
        ),
        ..logout(&[(CONFIG, store!("good"))])
    },
];
