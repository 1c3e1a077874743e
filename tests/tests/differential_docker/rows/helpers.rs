//! Helpers, and who of them is asked.

use super::*;

const fn with(files: &'static [(&'static str, &'static str)]) -> Row {
    Row { files, ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "credsStore keeps it",
        shows: "called: good store {\"Secret\":\"s3cret\",\"ServerURL\":\"[SERVER]\",\"Username\":\"alice\"}",
        ..with(&[(CONFIG, store!("good"))])
    },
    Row {
        rule: "what a helper keeps leaves a mark",
        shows: "\"[SERVER]\": {}",
        ..with(&[(CONFIG, store!("good"))])
    },
    Row {
        rule: "what stood in the file before a helper does not stay",
        shows: "\"[SERVER]\": {}",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"Ym9iOm9sZA==\"\n\t\t}\n\t},\n\t\"credsStore\": \"good\"\n}",
        )])
    },
    Row {
        rule: "what stands for the account goes to a helper by the name <token>",
        registry: At::Fake(Manner::giving(Tokens::Identity)),
        shows: "\"Username\":\"<token>\"",
        ..with(&[(CONFIG, store!("good"))])
    },
    Row {
        rule: "credHelpers is for one server",
        shows: "called: other store",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"[SERVER]\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "credHelpers of another server do not count",
        shows: "called: good store",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"a.example\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "credHelpers without the port do not count",
        shows: "called: good store",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"127.0.0.1\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "credHelpers with https:// do not count",
        shows: "called: good store",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"https://[SERVER]\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "credHelpers with a star do not count",
        shows: "called: good store",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"127.0.0.*\": \"other\"\n\t}\n}",
        )])
    },
    Row {
        rule: "an empty word in credHelpers is the file",
        shows: "YWxpY2U6czNjcmV0",
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"credsStore\": \"good\",\n\t\"credHelpers\": {\n\t\t\"[SERVER]\": \"\"\n\t}\n}",
        )])
    },
    Row {
        rule: "an empty credsStore is the file",
        said: ends(KEPT, "YWxpY2U6czNjcmV0", "\"credsStore\": \"\""),
        ..with(&[(CONFIG, store!(""))])
    },
    Row {
        rule: "a helper that cannot store ends the login",
        said: words(
            HELPER_ERRORS,
            "error storing credentials - err: exit status 1, out: `no space left`",
            "ended with status 1: no space left",
        ),
        ..with(&[(CONFIG, store!("full"))])
    },
    Row {
        rule: "a helper that is broken ends the login",
        said: words(
            HELPER_ERRORS,
            "error storing credentials - err: exit status 1, out: `it broke`",
            "ended with status 1: it broke",
        ),
        ..with(&[(CONFIG, store!("broken"))])
    },
    Row {
        rule: "a helper that is not there ends the login",
        said: words(
            HELPER_ERRORS,
            "executable file not found in $PATH",
            "no folder of PATH has the program `docker-credential-missing`",
        ),
        ..with(&[(CONFIG, store!("missing"))])
    },
    Row {
        rule: "what a helper prints when it has stored does not matter",
        shows: "Login Succeeded",
        ..with(&[(CONFIG, store!("garbage"))])
    },
    Row {
        rule: "what a helper says on standard error is shown",
        said: words(STDERR, "a word from the helper", "Login Succeeded"),
        ..with(&[(CONFIG, store!("loud"))])
    },
    Row {
        rule: "a name with a slash is another program",
        said: ends(
            HELPER_NAME,
            "fork/exec docker-credential-../helpers",
            "cannot be the name of a credential helper",
        ),
        ..with(&[(CONFIG, store!("../helpers/docker-credential-good"))])
    },
    Row {
        rule: "a helper is not asked when a password is given",
        shows: "called: known store",
        ..with(&[(CONFIG, store!("known"))])
    },
    Row {
        rule: "a helper that has nothing is asked before a person",
        words: AGAIN,
        said: ends(SPELLINGS, "called: empty get [SERVER]", "called: empty get https://[SERVER]"),
        ..with(&[(CONFIG, store!("empty"))])
    },
    Row {
        rule: "a helper's exit status does not matter",
        words: AGAIN,
        said: ends(SPELLINGS, "called: odd get [SERVER]", "called: odd get https://[SERVER]"),
        ..with(&[(CONFIG, store!("odd"))])
    },
    Row {
        rule: "a helper that is broken has nothing",
        words: AGAIN,
        shows: "called: broken get [SERVER]",
        ..with(&[(CONFIG, store!("broken"))])
    },
    Row {
        rule: "a helper that says no JSON has nothing",
        words: AGAIN,
        shows: "called: garbage get [SERVER]",
        ..with(&[(CONFIG, store!("garbage"))])
    },
    Row {
        rule: "a helper that says nothing has nothing",
        words: AGAIN,
        shows: "called: silent get [SERVER]",
        ..with(&[(CONFIG, store!("silent"))])
    },
    Row {
        rule: "a helper that says an empty object has nothing",
        words: AGAIN,
        said: ends(SPELLINGS, "called: braces get [SERVER]", "called: braces get https://[SERVER]"),
        ..with(&[(CONFIG, store!("braces"))])
    },
    Row {
        rule: "a helper that is not there has nothing",
        words: AGAIN,
        shows: "non TTY device",
        ..with(&[(CONFIG, store!("missing"))])
    },
    Row {
        rule: "what stands for the account is no password to try",
        words: AGAIN,
        shows: "called: token get [SERVER]",
        ..with(&[(CONFIG, store!("token"))])
    },
    Row {
        rule: "a helper's words on standard error are shown when it has nothing",
        words: AGAIN,
        said: ends(STDERR, "a word from the helper", "called: loud get [SERVER]"),
        ..with(&[(CONFIG, store!("loud"))])
    },
    Row {
        rule: "the file is not asked when there is a helper",
        words: AGAIN,
        said: ends(SPELLINGS, "called: empty get [SERVER]", "called: empty get https://[SERVER]"),
        ..with(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6czNjcmV0\"\n\t\t}\n\t},\n\t\"credsStore\": \"empty\"\n}",
        )])
    },
    Row {
        rule: "a second login through a helper",
        then: &[&["login", "-u", "bob", "-p", "b", "[SERVER]"]],
        registry: ANYBODY,
        shows: "\"Username\":\"bob\"",
        ..with(&[(CONFIG, store!("good"))])
    },
];
