//! Warnings of what is not heeded.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a token beside another provider is told",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\ntoken = 't'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a token configured in [ROOT]/user/.cargo/config.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a key beside another provider is told",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\nsecret-key = 't'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a secret-key configured in [ROOT]/user/.cargo/config.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a token in a variable is told",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "t")],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a token configured in environment variable `CARGO_REGISTRIES_A_TOKEN` that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a kept token of another provider is told",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 't'\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a token configured in [ROOT]/user/.cargo/credentials.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a kept key of another provider is told",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n"),
            (CREDENTIALS, "[registries.a]\nsecret-key = 't'\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a secret-key configured in [ROOT]/user/.cargo/credentials.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a token is told if no list has cargo:token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ntoken = 't'\n[registry]\nglobal-credential-providers = ['recorder']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a token configured in [ROOT]/user/.cargo/config.toml that will be ignored because the `cargo:token` credential provider is not listed in `registry.global-credential-providers`",
        ..ROW
    },
    Row {
        rule: "a token is not told if the list has cargo:token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ntoken = 't'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "Updating `a` index\n  Credential recorder login a",
        ..ROW
    },
    Row {
        rule: "a token is not told if an alias means cargo:token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ntoken = 't'\n[registry]\nglobal-credential-providers = ['al', 'recorder']\n[credential-alias]\nal = 'cargo:token'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "Updating `a` index\n  Credential recorder login a",
        ..ROW
    },
    Row {
        rule: "crates.io's token beside another provider is told",
        files: &[
            (CONFIG, "[registry]\ncredential-provider = 'recorder'\ntoken = 't'\n"),
            (
                "user/.cargo/registry/index/index.crates.io-1949cf8c6b5b557f/config.json",
                "{\"dl\":\"https://static.crates.io/crates\",\"api\":\"https://crates.io\"}",
            ),
        ],
        words: &["login"],
        input: "x\n",
        shows: "warning: registry `crates-io` has a token configured in [ROOT]/user/.cargo/config.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a key is not told if nobody else is asked",
        files: &[(CONFIG, index!("secret-key = 't'\n"))],
        shows: "Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "a token of two places is told where it counts",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\ntoken = 't'\n",
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 't'\n"),
        ],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "v")],
        words: &["login", "--registry", "a"],
        input: "x\n",
        shows: "warning: registry `a` has a token configured in environment variable `CARGO_REGISTRIES_A_TOKEN` that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "quiet tells of no token",
        files: &[(CONFIG, index!("credential-provider = 'cargo:wincred'\ntoken = 't'\n"))],
        options: &["-q"],
        shows: "\nerror: no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "a token that is not heeded and is still there after a logout",
        files: &[(CONFIG, a!("token = 't'\n"))],
        said: Said::Otherwise {
            theirs: "will be ignored",
            ours: "a token for `a` is still in [ROOT]/user/.cargo/config.toml:4; remove that line",
            subject: "what a logout leaves",
        },
        ..ROW
    },
];
