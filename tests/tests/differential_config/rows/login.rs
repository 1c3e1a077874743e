//! Login: what the registry is asked, and what its providers are.

use lockgate_tests::registry::Fault;

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "login asks the registry where a token is got",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "login with a token at [ORIGIN]/me [SERVER] Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "login hands the token and all words to the provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = ['recorder', 'c d']\n",
        )],
        words: &["login", "--registry", "a", "--", "e", "--f"],
        input: "  secret \n",
        shows: "[SERVER] Some(\"a\") [\"c d\", \"e\", \"--f\"]",
        ..ROW
    },
    Row {
        rule: "a login says that the registry was asked",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "Updating `a` index\n",
        ..ROW
    },
    Row {
        rule: "a second login need not ask the registry",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        then: &[(&["login", "--registry", "a"], "second\n")],
        said: Said::Otherwise {
            theirs: "Updating `a` index\n  Credential recorder login a\n  Credential",
            ours: "Updating `a` index\n  Credential recorder login a\n    Updating",
            subject: "what cargo keeps of a registry",
        },
        ..ROW
    },
    Row {
        rule: "a registry that wants a token is read with one first",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "get [SERVER] Some(\"a\") []\nlogin with a token at [ORIGIN]/me",
        ..ROW
    },
    Row {
        rule: "without a token the place of the challenge is told",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder not-found'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "login with a token at [ORIGIN]/tokens",
        ..ROW
    },
    Row {
        rule: "without a challenge no place is told",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder not-found'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        faults: &[Fault::NoChallenge],
        shows: "login with a token [SERVER]",
        ..ROW
    },
    Row {
        rule: "a token that is rejected keeps nobody from a new one",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = \"wrong\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "Login token for `a` saved",
        ..ROW
    },
    Row {
        rule: "a token that was kept lets the registry be read",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = \"kept\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "Login token for `a` saved",
        ..ROW
    },
    Row {
        rule: "a registry that wants a token wants a configured provider",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "authenticated registries require a credential-provider to be configured",
        ..ROW
    },
    Row {
        rule: "a provider that fails to read ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder broken'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        said: failed(
            "credential provider `recorder broken` failed action `get`",
            "credential provider `recorder` failed action `get`",
        ),
        ..ROW
    },
    Row {
        rule: "a provider that cannot read ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder unsupported-operation'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        said: failed(
            "credential provider `recorder unsupported-operation` failed action `get`",
            "credential provider `recorder` failed action `get`",
        ),
        ..ROW
    },
    Row {
        rule: "nobody who serves the registry ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder unsupported-registry'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        access: Access::Private,
        shows: "error: no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "a registry that fails ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        variables: &[("CARGO_NET_RETRY", "0")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        faults: &[Fault::ConfigStatus(500)],
        shows: "got 500",
        ..ROW
    },
    Row {
        rule: "a registry that forbids ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        variables: &[("CARGO_NET_RETRY", "0")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        faults: &[Fault::ConfigStatus(403)],
        shows: "got 403",
        ..ROW
    },
    Row {
        rule: "a registry without config.json ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        variables: &[("CARGO_NET_RETRY", "0")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        faults: &[Fault::ConfigStatus(404)],
        shows: "config.json not found",
        ..ROW
    },
    Row {
        rule: "a registry without an API ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        faults: &[Fault::NoApi],
        shows: "error: registry `a` does not support API commands",
        ..ROW
    },
    Row {
        rule: "a registry that nobody serves ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'sparse+http://127.0.0.1:1/'\ncredential-provider = 'recorder'\n",
        )],
        variables: &[("CARGO_NET_RETRY", "0")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: Said::Otherwise {
            theirs: "Could not connect to server",
            ours: "Connection refused",
            subject: "errors of the network",
        },
        ..ROW
    },
    Row {
        rule: "offline nothing is asked",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--offline", "--registry", "a"],
        input: "secret\n",
        shows: "config.json not found in registry",
        ..ROW
    },
    Row {
        rule: "offline what is kept of the registry is not enough",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        then: &[(&["login", "--offline", "--registry", "a"], "second\n")],
        said: Said::Otherwise {
            theirs: "error: attempting to make an HTTP request, but --offline was specified",
            ours: "error: config.json not found in registry",
            subject: "what cargo keeps of a registry",
        },
        ..ROW
    },
    Row {
        rule: "frozen is offline",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n",
        )],
        words: &["login", "--frozen", "--registry", "a"],
        input: "secret\n",
        shows: "config.json not found in registry",
        ..ROW
    },
    Row {
        rule: "net.offline is heeded",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder'\n[net]\noffline = true\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "config.json not found in registry",
        ..ROW
    },
    Row {
        rule: "a provider that finds nothing cannot keep a token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'recorder not-found'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "error: credential not found",
        ..ROW
    },
    Row {
        rule: "a login ends with the first who keeps the token",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder', 'recorder unsupported-registry']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "[\"unsupported-registry\"]\nlogin",
        ..ROW
    },
    Row {
        rule: "a provider that cannot keep a token ends the login",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['recorder', 'recorder unsupported-operation']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: failed("requested operation not supported", "requested operation not supported"),
        ..ROW
    },
    Row {
        rule: "cargo:token-from-stdout keeps nothing",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = 'cargo:token-from-stdout /bin/echo x'\n",
        )],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: failed("requested operation not supported", "requested operation not supported"),
        ..ROW
    },
    Row {
        rule: "a quiet login says nothing",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "-q", "--registry", "a"],
        input: "secret\n",
        options: &[],
        shows: "token = \"secret\"",
        ..ROW
    },
    Row {
        rule: "crates.io is logged in to with its own pages",
        files: &[
            (CONFIG, "[registry]\ncredential-provider = 'recorder'\n"),
            (
                "user/.cargo/registry/index/index.crates.io-1949cf8c6b5b557f/config.json",
                "{\"dl\":\"https://static.crates.io/crates\",\"api\":\"https://crates.io\"}",
            ),
        ],
        words: &["login"],
        input: "secret\n",
        shows: "login with a token at https://crates.io/me https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "a default registry is logged in to",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n[registry]\ndefault = 'a'\n")],
        words: &["login"],
        input: "secret\n",
        shows: "Login token for `a` saved",
        ..ROW
    },
    Row {
        rule: "cargo:token overlooks what is for the provider",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a", "--", "x"],
        input: "secret\n",
        shows: "Login token for `a` saved",
        ..ROW
    },
];
