//! Which token is sent.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a kept token is sent",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a variable's token goes before a kept one",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "of-variable")],
        asks: Asks::Token,
        words: &[],
        shows: "of-variable",
        ..ROW
    },
    Row {
        rule: "a token of the user's configuration is sent",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\ntoken = 'of-config'\n")],
        asks: Asks::Token,
        words: &[],
        shows: "of-config",
        ..ROW
    },
    Row {
        rule: "a kept token goes before the configuration's",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ntoken = 'of-config'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a variable's token goes before the configuration's",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\ntoken = 'of-config'\n")],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "of-variable")],
        asks: Asks::Token,
        words: &[],
        shows: "of-variable",
        ..ROW
    },
    Row {
        rule: "a token of an included file is sent",
        files: &[
            (CONFIG, "include = ['x.toml']\n[registries.a]\nindex = '[SERVER]'\n"),
            ("user/.cargo/x.toml", "[registries.a]\ntoken = 'of-file'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "of-file",
        ..ROW
    },
    Row {
        rule: "a kept token goes before that of a file of --config",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
            ("elsewhere/x", "[registries.a]\ntoken = 'of-file'\n"),
        ],
        asks: Asks::Token,
        words: &["--config", "../elsewhere/x"],
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a file of --config goes before the configuration",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ntoken = 'of-config'\n"),
            ("elsewhere/x", "[registries.a]\ntoken = 'of-file'\n"),
        ],
        asks: Asks::Token,
        words: &["--config", "../elsewhere/x"],
        shows: "of-file",
        ..ROW
    },
    Row {
        rule: "a variable's token goes before that of a file of --config if one is kept",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
            ("elsewhere/x", "[registries.a]\ntoken = 'of-file'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "of-variable")],
        asks: Asks::Token,
        words: &["--config", "../elsewhere/x"],
        shows: "of-variable",
        ..ROW
    },
    Row {
        rule: "a variable's token and that of a file of --config, and none is kept",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            ("elsewhere/x", "[registries.a]\ntoken = 'of-file'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "of-variable")],
        asks: Asks::Token,
        words: &["--config", "../elsewhere/x"],
        said: Said::Ends {
            theirs: "of-file",
            ours: "of-variable",
            subject: "a token in a file that `--config` names, and one in a variable, and none in `credentials.toml`",
        },
        ..ROW
    },
    Row {
        rule: "a project's token",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (PROJECT, "[registries.a]\ntoken = 'of-config'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: Said::Ends {
            theirs: "of-config",
            ours: "no token found for `a`",
            subject: "tokens in configuration files other than `credentials.toml`",
        },
        ..ROW
    },
    Row {
        rule: "a project's index for a name that has a token",
        files: &[
            (CONFIG, "[registries.a]\nindex = 'https://a.example/'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
            (PROJECT, "[registries.a]\nindex = '[SERVER]'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: Said::Ends {
            theirs: "kept",
            ours: "the token of registry `a` is kept for `https://a.example/`",
            subject: "project files: another index for a known name",
        },
        ..ROW
    },
    Row {
        rule: "the old name of the file of tokens holds the token",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            ("user/.cargo/credentials", "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a provider that the file of tokens names",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ncredential-provider = 'recorder'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: Said::Ends {
            theirs: "recorded",
            ours: "credential-provider",
            subject: "settings in `credentials.toml` other than tokens, and `include` there",
        },
        ..ROW
    },
    Row {
        rule: "a token of a file that the file of tokens includes",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "include = ['x.toml']\n"),
            ("user/.cargo/x.toml", "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: Said::Ends {
            theirs: "kept",
            ours: "include",
            subject: "settings in `credentials.toml` other than tokens, and `include` there",
        },
        ..ROW
    },
    Row {
        rule: "an empty token of a variable is one",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "")],
        asks: Asks::Token,
        words: &[],
        said: Said::Otherwise {
            theirs: "please provide a non-empty token",
            ours: "please provide a non-empty token",
            subject: "a token given to any provider",
        },
        ..ROW
    },
    Row {
        rule: "a key is no token",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a]\nsecret-key = 'k'\n")],
        shows: "Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "the oldest form of a token is crates.io's alone",
        files: &[(CONFIG, index!()), (CREDENTIALS, "token = 'kept'\n")],
        shows: "Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "the index of a variable and the token of another one are enough",
        variables: &[
            ("CARGO_REGISTRIES_A_INDEX", "[SERVER]"),
            ("CARGO_REGISTRIES_A_TOKEN", "of-variable"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "of-variable",
        ..ROW
    },
    Row {
        rule: "a name that a variable gives the index decides which token is sent",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'x'\n[registries.b]\ntoken = 'kept'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_B_INDEX", "[SERVER]")],
        asks: Asks::Token,
        words: &[],
        shows: "kept",
        ..ROW
    },
];
