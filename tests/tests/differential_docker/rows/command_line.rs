//! Options and arguments.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a login takes one server",
        words: &["login", "a", "b"],
        said: words(USAGE, "requires at most 1 argument", "unexpected argument 'b' found"),
        ..ROW
    },
    Row {
        rule: "a logout takes one server",
        words: &["logout", "a", "b"],
        said: words(USAGE, "requires at most 1 argument", "unexpected argument 'b' found"),
        ..ROW
    },
    Row {
        rule: "an unknown option is refused",
        words: &["login", "--token", "x"],
        said: words(USAGE, "unknown flag: --token", "unexpected argument '--token' found"),
        ..ROW
    },
    Row {
        rule: "an unknown letter is refused",
        words: &["login", "-x"],
        said: words(USAGE, "unknown shorthand flag: 'x' in -x", "unexpected argument '-x' found"),
        ..ROW
    },
    Row {
        rule: "a logout has no options",
        words: &["logout", "-u", "alice"],
        said: words(USAGE, "unknown shorthand flag: 'u' in -u", "unexpected argument '-u' found"),
        ..ROW
    },
    Row {
        rule: "--username wants a value",
        words: &["login", "--username"],
        said: words(
            USAGE,
            "flag needs an argument: --username",
            "a value is required for '--username <string>'",
        ),
        ..ROW
    },
    Row {
        rule: "-p wants a value",
        words: &["login", "-p"],
        said: words(
            USAGE,
            "flag needs an argument: 'p' in -p",
            "a value is required for '--password <string>'",
        ),
        ..ROW
    },
    Row {
        rule: "there is one password",
        words: &["login", "-u", "alice", "-p", "s3cret", "--password-stdin", "[SERVER]"],
        shows: "conflicting options: cannot specify both --password and --password-stdin",
        ..ROW
    },
    Row {
        rule: "--password-stdin wants a user",
        words: &["login", "--password-stdin", "[SERVER]"],
        shows: "the --password-stdin option requires --username to be set",
        ..ROW
    },
    Row {
        rule: "an empty user is refused",
        words: &["login", "-u", "", "-p", "s3cret", "[SERVER]"],
        shows: "username is empty",
        ..ROW
    },
    Row {
        rule: "an empty password is refused",
        words: &["login", "-u", "alice", "-p", "", "[SERVER]"],
        shows: "password is empty",
        ..ROW
    },
    Row {
        rule: "a password on the command line is warned about",
        words: &["login", "-u", "alice", "-p", "s3cret", "[SERVER]"],
        shows: "WARNING! Using --password via the CLI is insecure. Use --password-stdin.",
        ..ROW
    },
    Row {
        rule: "spaces around a password of the command line are none of it",
        words: &["login", "-u", "alice", "-p", " s3cret ", "[SERVER]"],
        said: ends(SPACES, "[alice:s3cret]", "[alice: s3cret ]"),
        ..ROW
    },
    Row {
        rule: "a password of one dash is a password",
        words: &["login", "-u", "alice", "-p", "-", "[SERVER]"],
        said: ends(DASH, "[alice:-]", "[alice:s3cret]"),
        ..ROW
    },
    Row {
        rule: "options stand behind the server too",
        words: &["login", "[SERVER]", "--username=alice", "--password=s3cret"],
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "a letter and its value may be one word",
        words: &["login", "-ualice", "-ps3cret", "[SERVER]"],
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "the last of two users counts",
        words: &["login", "-u", "bob", "-u", "alice", "--password-stdin", "[SERVER]"],
        shows: "[alice:s3cret]",
        ..ROW
    },
    Row {
        rule: "two dashes end the options",
        words: &["login", "-u", "alice", "--password-stdin", "--", "[SERVER]"],
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "--password-stdin is one too many even where it is off",
        words: &["login", "-u", "alice", "-p", "s3cret", "--password-stdin=false", "[SERVER]"],
        said: ends(USAGE, "conflicting options", "unexpected value 'false' for '--password-stdin'"),
        ..ROW
    },
];
