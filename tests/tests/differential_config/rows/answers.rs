//! What cargo does with the answers of its providers.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a provider that has no token ends the reading",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] not-found'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "no token found for `a`\nYou may need to log in using this registry",
        ..ROW
    },
    Row {
        rule: "providers that serve no such registry end the reading",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] unsupported-registry'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "a provider's failure ends the reading",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] broken'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "credential provider `[PLUGIN] broken` failed action `get`",
        ..ROW
    },
    Row {
        rule: "without a token cargo says what to do",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[TOKEN]'\n")],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        said: Said::Otherwise {
            theirs: "please run `cargo login --registry a`",
            ours: "You may need to log in using this registry",
            subject: "message when a token is missing",
        },
        ..ROW
    },
    Row {
        rule: "a token that the registry rejects is told",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[TOKEN]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'wrong'\n"),
        ],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        said: Said::Otherwise {
            theirs: "token rejected for `a`, please run",
            ours: "You may need to log in using",
            subject: "message when a token is missing",
        },
        ..ROW
    },
    Row {
        rule: "a kept token is sent with each request of a registry that wants one",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[TOKEN]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n[dependencies]\ntool = { version = '1', registry = 'a' }\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["fetch"],
        access: Access::Private,
        said: Said::Otherwise {
            theirs: "Downloaded",
            ours: "Downloaded",
            subject: "cargo's own warning",
        },
        ..ROW
    },
    Row {
        rule: "cargo reads nothing without a provider that somebody configured",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "authenticated registries require a credential-provider to be configured",
        ..ROW
    },
    Row {
        rule: "a list's later entry is asked first by cargo too",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['[PLUGIN]', '[PLUGIN] unsupported-registry', '[PLUGIN] not-found']\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "not-found",
        ..ROW
    },
    Row {
        rule: "a login by cargo hands on the token and where to get one",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] 1'\n",
        )],
        asks: Asks::Provider,
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "\"login-url\":\"[ORIGIN]/me\"",
        ..ROW
    },
    Row {
        rule: "a login by cargo hands on further words",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] 1'\n",
        )],
        asks: Asks::Provider,
        words: &["login", "--registry", "a", "--", "2", "--three"],
        input: "secret\n",
        said: Said::Ends {
            theirs: "[\"1\",\"2\",\"--three\"]",
            ours: "a program and its arguments are chosen by your own configuration alone",
            subject: "the words of a bridge behind `cargo-credential-lockgate`",
        },
        ..ROW
    },
    Row {
        rule: "a login by cargo to a registry that wants a token tries to read first",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] not-found'\n",
        )],
        asks: Asks::Provider,
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "error: credential not found",
        ..ROW
    },
    Row {
        rule: "a logout by cargo hands on nothing more",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] 1'\n",
        )],
        asks: Asks::Provider,
        words: &["logout", "--registry", "a"],
        shows: "logout",
        ..ROW
    },
    Row {
        rule: "a login by cargo keeps the token",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[TOKEN]'\n")],
        asks: Asks::Provider,
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "token = \"secret\"",
        ..ROW
    },
];
