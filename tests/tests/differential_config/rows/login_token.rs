//! Login: where the token comes from, and which is taken.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a token among the words is deprecated and taken",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a", "of-words"],
        input: "secret\n",
        shows: "warning: `cargo login <token>` is deprecated in favor of reading `<token>` from stdin",
        ..ROW
    },
    Row {
        rule: "a token among the words reads the registry",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a", "kept"],
        access: Access::Private,
        shows: "login with a token at [ORIGIN]/me",
        ..ROW
    },
    Row {
        rule: "an empty token among the words is no token",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a", ""],
        shows: "please provide a non-empty token",
        ..ROW
    },
    Row {
        rule: "a provider may be asked without a token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "\t\n",
        shows: "login at [ORIGIN]/me",
        ..ROW
    },
    Row {
        rule: "what is no text is no token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "a\\xff\n",
        shows: "login at [ORIGIN]/me",
        ..ROW
    },
    Row {
        rule: "one line is the token",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "one\ntwo\n",
        shows: "token = \"one\"",
        ..ROW
    },
    Row {
        rule: "an empty line is followed by another one",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "\ntwo\n",
        options: &[],
        shows: "please paste the token found on [ORIGIN]/me below",
        ..ROW
    },
    Row {
        rule: "a pasted command is taken off the token",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "  cargo login secret \n",
        shows: "token = \"secret\"",
        ..ROW
    },
    Row {
        rule: "a pasted command is taken off in the middle too",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "ab cargo login cd\n",
        shows: "token = \"ab  cd\"",
        ..ROW
    },
    Row {
        rule: "a pasted command alone is no token",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = \"kept\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "cargo login\n",
        shows: "please provide a non-empty token",
        ..ROW
    },
    Row {
        rule: "a pasted command is handed to another provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "cargo login\n",
        said: Said::Ends {
            theirs: "login with a token",
            ours: "please provide a non-empty token",
            subject: "`cargo login` before a pasted token",
        },
        ..ROW
    },
    Row {
        rule: "a token with letters of other scripts is refused",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = \"kept\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "café\n",
        shows: "token contains invalid characters.\n  Only printable ISO-8859-1 characters are allowed as it is sent in a HTTPS header.",
        ..ROW
    },
    Row {
        rule: "a token with a control character is refused",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = \"kept\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "a\u{16}b\n",
        shows: "token contains invalid characters.",
        ..ROW
    },
    Row {
        rule: "a token may have blanks inside",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "Bearer a\tb\n",
        shows: "a\\tb",
        ..ROW
    },
];
