//! Lists of providers, and their words.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a list of words keeps its blanks",
        files: &[(CONFIG, index!("credential-provider = ['recorder', 'a b', '']\n"))],
        shows: "logout https://a.example/ Some(\"a\") [\"a b\", \"\"]",
        ..ROW
    },
    Row {
        rule: "a registry's own provider has no fallback",
        files: &[(
            CONFIG,
            index!(
                "credential-provider = 'recorder not-found'\n[registry]\nglobal-credential-providers = ['recorder']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\"]",
        ..ROW
    },
    Row {
        rule: "an empty list of words is refused",
        files: &[(CONFIG, index!("credential-provider = []\n"))],
        said: error(
            "invalid length 0, expected at least one element",
            "invalid length 0, expected at least one element",
        ),
        ..ROW
    },
    Row {
        rule: "the global list is tried from its end",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder not-found 2', 'recorder unsupported-registry 1']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"1\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"2\"]\nlogout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "any other answer ends the list",
        files: &[(
            CONFIG,
            index!("[registry]\nglobal-credential-providers = ['recorder', 'recorder broken']\n"),
        )],
        said: Said::Ends {
            theirs: "credential provider `recorder broken` failed action `logout`\n\nCaused by:\n  broken",
            ours: "Logout it was kept by `recorder`\nerror: credential provider `recorder` failed action `logout`\n\nCaused by:\n  the provider says: broken",
            subject: LOGOUT_ASKS_ALL,
        },
        ..ROW
    },
    Row {
        rule: "an operation that is not supported ends the list",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder unsupported-operation']\n"
            ),
        )],
        said: Said::Ends {
            theirs: "requested operation not supported",
            ours: "warning: `recorder` keeps its own tokens, and nothing was removed there",
            subject: LOGOUT_ASKS_ALL,
        },
        ..ROW
    },
    Row {
        rule: "nobody who serves the registry is an error",
        files: &[(
            CONFIG,
            index!("[registry]\nglobal-credential-providers = ['recorder unsupported-registry']\n"),
        )],
        shows: "error: no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "the global list is a list",
        files: &[(CONFIG, a!("[registry]\nglobal-credential-providers = 'recorder'\n"))],
        said: error(
            "expected a list, but found a string for `registry.global-credential-providers`",
            "`registry.global-credential-providers` in [ROOT]/user/.cargo/config.toml:5 must be a list of strings, but is a string",
        ),
        ..ROW
    },
    Row {
        rule: "an empty list means cargo's own file",
        files: &[(CONFIG, index!("[registry]\nglobal-credential-providers = []\n"))],
        shows: "      Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "a path starts at the folder that holds cargo's",
        files: &[(CONFIG, index!("credential-provider = 'bin/p'\n"))],
        said: native(
            "credential provider `[ROOT]/user/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a path of --config starts at the working directory",
        files: &[(CONFIG, index!())],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registries.a.credential-provider = 'bin/p'",
        ],
        said: native(
            "credential provider `[ROOT]/project/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/project/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a path of an included file starts two folders above it",
        files: &[
            (CONFIG, "include = ['d/x.toml']\n"),
            ("user/.cargo/d/x.toml", index!("credential-provider = 'bin/p'\n")),
        ],
        said: native(
            "credential provider `[ROOT]/user/.cargo/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/.cargo/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "quotes are letters of a word",
        files: &[(CONFIG, index!("credential-provider = 'recorder \"a b\"'\n"))],
        shows: "logout https://a.example/ Some(\"a\") [\"\\\"a\", \"b\\\"\"]",
        ..ROW
    },
    Row {
        rule: "an entry without a word is a program without a name",
        files: &[(CONFIG, index!("[registry]\nglobal-credential-providers = ['']\n"))],
        said: native("error: ", "error: "),
        ..ROW
    },
    Row {
        rule: "a path of a variable starts at the working directory",
        files: &[(CONFIG, index!())],
        variables: &[("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "bin/p")],
        said: native(
            "credential provider `[ROOT]/project/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/project/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a path of a file of --config starts two folders above it",
        files: &[
            (CONFIG, index!()),
            ("elsewhere/d/x", "[registries.a]\ncredential-provider = 'bin/p'\n"),
        ],
        words: &["logout", "--registry", "a", "--config", "[ROOT]/elsewhere/d/x"],
        said: native(
            "credential provider `[ROOT]/elsewhere/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/elsewhere/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "each entry of a list starts where its own file is",
        files: &[
            (
                CONFIG,
                concat!(
                    "include = ['d/x.toml']\n",
                    index!("[registry]\nglobal-credential-providers = ['recorder not-found']\n")
                ),
            ),
            ("user/.cargo/d/x.toml", "[registry]\nglobal-credential-providers = ['bin/p']\n"),
        ],
        said: native(
            "credential provider `[ROOT]/user/.cargo/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/.cargo/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a bare name is no path",
        files: &[(CONFIG, index!("credential-provider = 'nobody-has-this'\n"))],
        said: native(
            "credential provider `nobody-has-this` failed action `logout`",
            "credential provider `nobody-has-this` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "without a list it is cargo's own file",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n")],
        shows: "Logout token for `a` has been removed from local storage",
        ..ROW
    },
    Row {
        rule: "cargo:token overlooks its words",
        files: &[
            (CONFIG, index!("credential-provider = 'cargo:token x y'\n")),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        shows: "Logout token for `a` has been removed from local storage",
        ..ROW
    },
    Row {
        rule: "cargo:paseto is refused",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['recorder', 'cargo:paseto']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        options: &[],
        shows: "error: cargo:paseto requires -Zasymmetric-token",
        ..ROW
    },
    Row {
        rule: "another system's store serves nobody",
        files: &[(CONFIG, index!("credential-provider = 'cargo:wincred'\n"))],
        shows: "error: no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "another system's store in a list is passed over",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'cargo:macos-keychain']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "cargo:token-from-stdout forgets nothing",
        files: &[(CONFIG, index!("credential-provider = 'cargo:token-from-stdout /bin/echo x'\n"))],
        said: failed("requested operation not supported", "requested operation not supported"),
        ..ROW
    },
    Row {
        rule: "a name of cargo that nobody has is a program",
        files: &[(CONFIG, index!("credential-provider = 'cargo:abc'\n"))],
        said: native("failed to spawn credential process", "there is no provider `cargo:abc`"),
        ..ROW
    },
    Row {
        rule: "not found and not supported is not found",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder unsupported-registry', 'recorder not-found']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\"]\nlogout https://a.example/ Some(\"a\") [\"unsupported-registry\"]\n\n  Credential",
        ..ROW
    },
    Row {
        rule: "a provider of a list that cannot be started ends the list",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\n[registry]\nglobal-credential-providers = ['recorder', 'nobody-has-this']\n",
        )],
        words: &["login", "--registry", "a"],
        input: "x\n",
        said: native(
            "failed to spawn credential process",
            "there is no provider `nobody-has-this`",
        ),
        ..ROW
    },
    Row {
        rule: "without being asked to tell more nobody says whom it asks",
        files: &[(CONFIG, index!())],
        options: &[],
        shows: "\n      Logout not currently logged in to `a`",
        ..ROW
    },
];
