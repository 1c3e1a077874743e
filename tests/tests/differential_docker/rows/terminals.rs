//! What a person is asked.

use super::*;

const fn typed(keys: &'static [(&'static str, &'static str)]) -> Row {
    Row { words: AGAIN, input: "", keys, ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a person is asked for a name and a password",
        shows: "Username: ",
        ..typed(&[("Username: ", "alice\r"), ("Password: ", "s3cret\r")])
    },
    Row {
        rule: "who has a name is asked for the password",
        words: &["login", "-u", "alice", "[SERVER]"],
        shows: "Password: ",
        ..typed(&[("Password: ", "s3cret\r")])
    },
    Row {
        rule: "who has a password is asked for the name",
        words: &["login", "-p", "s3cret", "[SERVER]"],
        shows: "Username: ",
        ..typed(&[("Username: ", "alice\r")])
    },
    Row {
        rule: "spaces around what is typed are none of it",
        shows: "[alice:s3cret]",
        ..typed(&[("Username: ", "  alice \r"), ("Password: ", " s3cret \r")])
    },
    Row {
        rule: "an empty name is none",
        shows: "Error: Non-null Username Required",
        ..typed(&[("Username: ", "\r")])
    },
    Row {
        rule: "an empty password is none",
        shows: "Error: Password Required",
        ..typed(&[("Username: ", "alice\r"), ("Password: ", "\r")])
    },
    Row {
        rule: "a password that is typed wrong is refused",
        shows: "401",
        ..typed(&[("Username: ", "alice\r"), ("Password: ", "wrong\r")])
    },
    Row {
        rule: "Ctrl-C at the name ends it",
        said: ends(CTRL_C, "[Some(0)]", "did not exit normally"),
        ..typed(&[("Username: ", "\u{3}")])
    },
    Row {
        rule: "Ctrl-C at the password ends it",
        said: ends(CTRL_C, "[Some(0)]", "did not exit normally"),
        ..typed(&[("Username: ", "alice\r"), ("Password: ", "\u{3}")])
    },
    Row {
        rule: "the name that is known is the default",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6\",\n\t\t\t\"identitytoken\": \"x\"\n\t\t}\n\t}\n}",
        )],
        shows: "Username (alice): ",
        ..typed(&[("Username (alice): ", "\r"), ("Password: ", "s3cret\r")])
    },
    Row {
        rule: "another name than the known one",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"Ym9iOg==\",\n\t\t\t\"identitytoken\": \"x\"\n\t\t}\n\t}\n}",
        )],
        shows: "Username (bob): ",
        ..typed(&[("Username (bob): ", "alice\r"), ("Password: ", "s3cret\r")])
    },
    Row {
        rule: "what is expired is asked for again",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6b2xk\"\n\t\t}\n\t}\n}",
        )],
        daemon: true,
        said: ends(NOTES, "Info → ", "Info -> "),
        ..typed(&[("Username (alice): ", "\r"), ("Password: ", "s3cret\r")])
    },
    Row {
        rule: "at Hub a person is told about accounts",
        words: &["login", "-p", "x"],
        variables: &[("HTTPS_PROXY", "http://127.0.0.1:1")],
        shows: "Log in with your Docker ID",
        ..typed(&[("Username: ", "\r")])
    },
    Row {
        rule: "the advice about tokens can be switched off",
        words: &["login", "-p", "x"],
        variables: &[("HTTPS_PROXY", "http://127.0.0.1:1"), ("DOCKER_CLI_HINTS", "false")],
        shows: "Username: ",
        ..typed(&[("Username: ", "\r")])
    },
    Row {
        rule: "at Hub a name leads to the password",
        words: &["login", "-u", "alice"],
        variables: &[("HTTPS_PROXY", "http://127.0.0.1:1")],
        said: ends(NOTES, "Info → ", "Info -> "),
        ..typed(&[("Password: ", "\r")])
    },
    Row {
        rule: "at Hub a browser is offered",
        words: &["login"],
        variables: &[("HTTPS_PROXY", "http://127.0.0.1:1")],
        said: ends(BROWSER, "Failed to start web-based login", "Username: "),
        ..typed(&[("Username: ", "\r")])
    },
];
