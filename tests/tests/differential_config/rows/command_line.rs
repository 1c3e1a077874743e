//! `--config`.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "--config before the verb counts more than a file",
        files: &[(CONFIG, a!())],
        words: &[
            "--config",
            "registries.a.index = 'https://c.example/'",
            "logout",
            "--registry",
            "a",
        ],
        shows: "logout https://c.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config behind the verb counts more than one before it",
        files: &[(CONFIG, a!())],
        words: &[
            "--config",
            "registries.a.index = 'https://c.example/'",
            "logout",
            "--registry",
            "a",
            "--config",
            "registries.a.index = 'https://d.example/'",
        ],
        shows: "logout https://d.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config counts more than a variable",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://v.example/")],
        words: &["logout", "--registry", "a", "--config=registries.a.index = 'https://c.example/'"],
        shows: "logout https://c.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config names a file if there is one",
        files: &[(CONFIG, a!()), ("elsewhere/x", "[registries.a]\nindex = 'https://x.example/'\n")],
        words: &["logout", "--registry", "a", "--config", "../elsewhere/x"],
        shows: "logout https://x.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config includes files from the working directory",
        files: &[
            (CONFIG, a!()),
            ("project/x.toml", "[registries.a]\nindex = 'https://x.example/'\n"),
        ],
        words: &["logout", "--registry", "a", "--config", "include = ['x.toml']"],
        shows: "logout https://x.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config takes no token of crates.io",
        words: &["logout", "--config", "registry.token = 'x'"],
        shows: "error: registry.token cannot be set through --config for security reasons",
        ..ROW
    },
    Row {
        rule: "--config takes no key of a registry",
        words: &["logout", "--config", "registries.a.secret-key = 'x'"],
        shows: "error: registries.a.secret-key cannot be set through --config for security reasons",
        ..ROW
    },
    Row {
        rule: "--config takes no inline table",
        words: &["logout", "--config", "registries.a = {}"],
        shows: "error: --config argument `registries.a = {}` sets a value to an inline table, which is not accepted",
        ..ROW
    },
    Row {
        rule: "--config takes no comment",
        words: &["logout", "--config", "a.b = 1 # c"],
        shows: "error: --config argument `a.b = 1 # c` includes non-whitespace decoration",
        ..ROW
    },
    Row {
        rule: "--config takes no list of tables",
        words: &["logout", "--config", "[[a]]"],
        shows: "error: --config argument `[[a]]` sets a value to an array of tables, which is not accepted",
        ..ROW
    },
    Row {
        rule: "--config takes one key",
        words: &["logout", "--config", "[a]"],
        shows: "error: --config argument `[a]` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ..ROW
    },
    Row {
        rule: "--config takes TOML",
        words: &["logout", "--config", "a = b"],
        said: error(
            "string values must be quoted, expected literal string",
            "string values must be quoted, expected literal string",
        ),
        ..ROW
    },
    Row {
        rule: "--config wants a value",
        words: &["logout", "--config"],
        shows: "error: a value is required for '--config <KEY=VALUE|PATH>' but none was supplied",
        ..ROW
    },
    Row {
        rule: "lists of --config come behind those of variables and files",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder unsupported-registry home']\n[credential-alias]\nal = 'recorder not-found variable'\n"
            ),
        )],
        variables: &[("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "al al")],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registry.global-credential-providers = ['recorder unsupported-registry line']",
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"line\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"variable\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"variable\"]\nlogout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"home\"]\nlogout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a file of --config includes others from its own folder",
        files: &[
            (CONFIG, a!()),
            ("elsewhere/x.toml", "include = ['y.toml']\n"),
            ("elsewhere/y.toml", "[registries.a]\nindex = 'https://y.example/'\n"),
        ],
        words: &["logout", "--registry", "a", "--config", "../elsewhere/x.toml"],
        shows: "logout https://y.example/",
        ..ROW
    },
    Row {
        rule: "a later list of --config is asked first",
        files: &[(CONFIG, index!())],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registry.global-credential-providers = ['recorder not-found 1']",
            "--config",
            "registry.global-credential-providers = ['recorder not-found 2']",
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\", \"2\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"1\"]",
        ..ROW
    },
    Row {
        rule: "--config names no file that is not there",
        words: &["logout", "--registry", "a", "--config", "x.toml"],
        said: error(
            "failed to parse value from --config argument `x.toml` as a dotted key expression",
            "failed to parse value from --config argument `x.toml` as a dotted key expression",
        ),
        ..ROW
    },
    Row {
        rule: "--config takes no number with a fraction",
        words: &["logout", "--registry", "a", "--config", "a.b = 1.5"],
        said: error(
            "unsupported TOML configuration type `float`",
            "unsupported TOML configuration type `float`",
        ),
        ..ROW
    },
    Row {
        rule: "a file of --config may hold what an assignment may not",
        files: &[(CONFIG, a!()), ("elsewhere/x", "[registry]\ntoken = 't'\n")],
        words: &["logout", "--registry", "a", "--config", "../elsewhere/x"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
];
