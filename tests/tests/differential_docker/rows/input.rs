//! A password that is piped.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row { rule: "a piped password is taken", shows: "Login Succeeded", ..ROW },
    Row {
        rule: "a piped password needs no end of line",
        input: "s3cret",
        shows: "[alice:s3cret]",
        ..ROW
    },
    Row {
        rule: "an end of line of Windows is none of the password",
        input: "s3cret\r\n",
        shows: "[alice:s3cret]",
        ..ROW
    },
    Row {
        rule: "two ends of line are none of the password",
        input: "s3cret\n\n",
        said: ends(SPACES, "[alice:s3cret]", "[alice:s3cret\n]"),
        ..ROW
    },
    Row {
        rule: "spaces around a piped password are none of it",
        input: "  s3cret \t\n",
        said: ends(SPACES, "[alice:s3cret]", "[alice:  s3cret \t]"),
        ..ROW
    },
    Row {
        rule: "an end of line within a password is one of its letters",
        input: "s3\ncret\n",
        shows: "[alice:s3\ncret]",
        ..ROW
    },
    Row {
        rule: "a mark of byte order is one of its letters",
        input: "\u{feff}s3cret\n",
        shows: "[alice:\u{feff}s3cret]",
        ..ROW
    },
    Row {
        rule: "a password has colons and letters of any kind",
        input: "pä:ß \"<&>\\\n",
        registry: ANYBODY,
        shows: "Login Succeeded",
        ..ROW
    },
    Row { rule: "an empty input is no password", input: "", shows: "non TTY device", ..ROW },
    Row { rule: "an empty line is no password", input: "\n", shows: "non TTY device", ..ROW },
    Row {
        rule: "without --password-stdin the input is not read",
        words: &["login", "-u", "alice", "[SERVER]"],
        shows: "non TTY device",
        ..ROW
    },
    Row {
        rule: "without a user and a terminal there is no login",
        words: AGAIN,
        shows: "non TTY device",
        ..ROW
    },
    Row {
        rule: "a password without a user is not enough",
        words: &["login", "-p", "s3cret", "[SERVER]"],
        shows: "non TTY device",
        ..ROW
    },
    Row {
        rule: "without a server Hub is meant",
        words: &["login"],
        shows: "non TTY device",
        ..ROW
    },
    Row {
        rule: "a user with a colon",
        words: &["login", "-u", "al:ice", "--password-stdin", "[SERVER]"],
        registry: ANYBODY,
        said: ends(
            COLON,
            "Login Succeeded",
            "a user name with a colon would be read back as a shorter one",
        ),
        ..ROW
    },
    Row {
        rule: "a user has letters of any kind",
        words: &["login", "-u", "älice <b@c>", "--password-stdin", "[SERVER]"],
        registry: ANYBODY,
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "spaces around a user of the command line are none of it",
        words: &["login", "-u", " alice ", "--password-stdin", "[SERVER]"],
        registry: ANYBODY,
        shows: "Login Succeeded",
        ..ROW
    },
];
