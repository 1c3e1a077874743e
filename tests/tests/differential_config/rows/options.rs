//! Options and words of the commands.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "more and quiet at once are refused",
        options: &[],
        words: &["logout", "-q", "-v"],
        shows: "error: cannot set both --verbose and --quiet",
        ..ROW
    },
    Row {
        rule: "quiet before the verb leaves warnings out",
        options: &[],
        files: &[(CONFIG, index!("foo = 1\n"))],
        words: &["-q", "logout", "--registry", "a"],
        shows: "foo = 1",
        ..ROW
    },
    Row {
        rule: "quiet twice in one place is refused",
        options: &[],
        words: &["logout", "-q", "-q"],
        shows: "error: the argument '--quiet' cannot be used multiple times",
        ..ROW
    },
    Row {
        rule: "-C is refused before the verb",
        words: &["-C", "/", "logout"],
        shows: "error: the `-C` flag is unstable, pass `-Z unstable-options` on the nightly channel to enable it",
        ..ROW
    },
    Row {
        rule: "-C is unknown behind the verb",
        words: &["logout", "-C", "/"],
        shows: "error: unexpected argument '-C' found",
        ..ROW
    },
    Row {
        rule: "-Z is refused",
        words: &["logout", "-Z", "unstable-options"],
        shows: "error: the `-Z` flag is only accepted on the nightly channel of Cargo, but this is the `stable` channel",
        ..ROW
    },
    Row {
        rule: "--offline, --locked and --frozen are taken before and behind the verb",
        files: &[(CONFIG, a!())],
        words: &["--offline", "--locked", "logout", "--frozen", "--offline", "--registry", "a"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an unknown colour is refused",
        words: &["logout", "--color", "x"],
        shows: "error: invalid value 'x' for '--color <WHEN>'",
        ..ROW
    },
    Row {
        rule: "an unknown colour of a variable is refused",
        variables: &[("CARGO_TERM_COLOR", "x")],
        shows: "error: argument for --color must be auto, always, or never, but found `x`",
        ..ROW
    },
    Row {
        rule: "term.quiet and term.verbose at once are refused",
        options: &[],
        files: &[(CONFIG, a!("[term]\nquiet = true\nverbose = true\n"))],
        shows: "error: cannot set both `term.verbose` and `term.quiet`",
        ..ROW
    },
    Row {
        rule: "term.verbose tells more",
        options: &[],
        files: &[(CONFIG, a!("[term]\nverbose = true\n"))],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "the index is no option",
        words: &["logout", "--index", "x"],
        shows: "error: unexpected argument '--index' found",
        ..ROW
    },
    Row {
        rule: "logout takes no words",
        words: &["logout", "x"],
        shows: "error: unexpected argument 'x' found",
        ..ROW
    },
    Row {
        rule: "a registry is named once",
        words: &["logout", "--registry", "a", "--registry", "a"],
        shows: "error: the argument '--registry <REGISTRY>' cannot be used multiple times",
        ..ROW
    },
    Row {
        rule: "login takes one token",
        words: &["login", "x", "y"],
        shows: "error: unexpected argument 'y' found",
        ..ROW
    },
    Row {
        rule: "login has no option for the token",
        words: &["login", "--token", "x"],
        shows: "error: unexpected argument '--token' found",
        ..ROW
    },
    Row {
        rule: "logout takes no words for the provider",
        words: &["logout", "--", "x"],
        shows: "error: unexpected argument 'x' found",
        ..ROW
    },
    Row {
        rule: "a package does not matter",
        words: &["login", "--manifest-path", "x"],
        shows: "error: unexpected argument '--manifest-path' found",
        ..ROW
    },
    Row {
        rule: "an option that is nearly right is guessed",
        words: &["logout", "--registri", "a"],
        shows: "tip: ",
        ..ROW
    },
    Row {
        rule: "a registry must be named",
        words: &["logout", "--registry"],
        shows: "error: a value is required for '--registry <REGISTRY>' but none was supplied",
        ..ROW
    },
    Row {
        rule: "errors are coloured if that is asked for",
        words: &["logout", "--color", "always", "--registry", "nobody"],
        shows: "[91merror",
        ..ROW
    },
    Row {
        rule: "a status is coloured if a variable asks for it",
        files: &[(CONFIG, index!())],
        variables: &[
            ("CARGO_TERM_COLOR", "always"),
            ("CARGO_REGISTRIES_B_INDEX", "https://a.example/"),
        ],
        shows: "[92mnote",
        ..ROW
    },
    Row {
        rule: "term.color has three values",
        files: &[(CONFIG, a!("[term]\ncolor = 'x'\n"))],
        shows: "error: argument for --color must be auto, always, or never, but found `x`",
        ..ROW
    },
    Row {
        rule: "a variable can ask to be quiet",
        files: &[(CONFIG, index!())],
        variables: &[("CARGO_TERM_QUIET", "true")],
        options: &[],
        shows: "a.example",
        ..ROW
    },
    Row {
        rule: "the words of clap are checked before the configuration",
        files: &[(CONFIG, "x")],
        words: &["logout", "x"],
        shows: "error: unexpected argument 'x' found",
        ..ROW
    },
];
