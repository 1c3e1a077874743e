//! Providers that give tokens, or none.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "no token at all",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        asks: Asks::Token,
        words: &[],
        said: Said::Otherwise {
            theirs: "please run `cargo login --registry a`\nor use environment variable CARGO_REGISTRIES_A_TOKEN",
            ours: "please run `lockgate cargo login --registry a`",
            subject: "`lockgate cargo token` without a token",
        },
        ..ROW
    },
    Row {
        rule: "no token and another provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder not-found'\n",
        )],
        asks: Asks::Token,
        words: &[],
        said: Said::Otherwise {
            theirs: "You may need to log in using this registry",
            ours: "no token found for `a`",
            subject: "`lockgate cargo token` without a token",
        },
        ..ROW
    },
    Row {
        rule: "another provider's token is sent",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        asks: Asks::Token,
        words: &[],
        shows: "recorded",
        ..ROW
    },
    Row {
        rule: "the first provider that has a token is the last that is asked",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder']\n",
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "of-variable")],
        asks: Asks::Token,
        words: &[],
        shows: "recorded",
        ..ROW
    },
    Row {
        rule: "a provider without a token leaves it to the next",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder not-found']\n",
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a provider that fails keeps the next from being asked",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder broken']\n",
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: failed("recorder broken` failed action `get`", "recorder` failed action `get`"),
        ..ROW
    },
    Row {
        rule: "a program's line is the token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = ['cargo:token-from-stdout', '/usr/bin/printf', '%s\\n', 'first line']\n",
        )],
        asks: Asks::Token,
        words: &[],
        shows: "first line",
        ..ROW
    },
    Row {
        rule: "a program's second line is an error",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = ['cargo:token-from-stdout', '/usr/bin/printf', 'x\\ny']\n",
        )],
        asks: Asks::Token,
        words: &[],
        said: failed(
            "returned more than one line of output; expected a single token",
            "returned more than one line of output; expected a single token",
        ),
        ..ROW
    },
    Row {
        rule: "a program that fails is an error",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token-from-stdout /bin/false'\n",
        )],
        asks: Asks::Token,
        words: &[],
        said: failed("failed with status `exit status: 1`", "ended with status 1"),
        ..ROW
    },
    Row {
        rule: "a program must be named",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token-from-stdout'\n",
        )],
        asks: Asks::Token,
        words: &[],
        said: Said::Otherwise {
            theirs: "must be a command that prints a token on stdout",
            ours: "must be a command that prints a token on stdout",
            subject: "`lockgate cargo token` without a token",
        },
        ..ROW
    },
];
