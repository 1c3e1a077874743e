//! Where configuration is found.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "the home's file is read",
        files: &[(CONFIG, a!())],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "the old name is read, with a warning",
        files: &[("user/.cargo/config", a!())],
        shows: "warning: `[ROOT]/user/.cargo/config` is deprecated in favor of `config.toml`",
        ..ROW
    },
    Row {
        rule: "the old name counts if both are there, with a warning",
        files: &[
            ("user/.cargo/config", a!()),
            (CONFIG, "[registries.a]\nindex = 'https://b.example/'\n"),
        ],
        shows: "warning: both `[ROOT]/user/.cargo/config` and `[ROOT]/user/.cargo/config.toml` exist. Using `[ROOT]/user/.cargo/config`",
        ..ROW
    },
    Row {
        rule: "a project's file counts more than the home's",
        files: &[
            (CONFIG, a!("[registry]\ndefault = 'b'\n")),
            (PROJECT, "[registry]\ndefault = 'a'\n"),
        ],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a file between the project and the root is read",
        files: &[(CONFIG, a!()), (".cargo/config.toml", "[registry]\ndefault = 'a'\n")],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a relative home starts at the working directory",
        files: &[("project/home/config.toml", a!())],
        variables: &[("CARGO_HOME", "home")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "without CARGO_HOME it is in the home",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_HOME", "[UNSET]")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an empty CARGO_HOME is none",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_HOME", "")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a home that is on the way is read once",
        files: &[(
            PROJECT,
            index!("[registry]\nglobal-credential-providers = ['recorder not-found 1']\n"),
        )],
        variables: &[("CARGO_HOME", "[ROOT]/project/.cargo")],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\", \"1\"]\n\n  Credential",
        ..ROW
    },
    Row {
        rule: "a home that a link on the way leads to is read once",
        files: &[(
            CONFIG,
            index!("[registry]\nglobal-credential-providers = ['recorder not-found 1']\n"),
        )],
        links: &[("project/.cargo", "[ROOT]/user/.cargo")],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\", \"1\"]\n\n  Credential",
        ..ROW
    },
    Row {
        rule: "the old name may be a link to the new one",
        files: &[(CONFIG, a!())],
        links: &[("user/.cargo/config", "config.toml")],
        shows: "logout https://a.example/ Some(\"a\") []\n\n",
        ..ROW
    },
    Row {
        rule: "a file that is no TOML ends everything",
        files: &[(CONFIG, a!()), (PROJECT, "[registry\n")],
        said: error(
            "could not parse TOML configuration in `[ROOT]/project/.cargo/config.toml`",
            "[ROOT]/project/.cargo/config.toml:1",
        ),
        ..ROW
    },
    Row {
        rule: "a folder is no file of configuration",
        files: &[(CONFIG, a!()), ("project/.cargo/config.toml/x", "")],
        said: error(
            "failed to read configuration file `[ROOT]/project/.cargo/config.toml`",
            "[ROOT]/project/.cargo/config.toml",
        ),
        ..ROW
    },
    Row {
        rule: "a project has no file of tokens",
        files: &[
            (CONFIG, index!()),
            ("project/.cargo/credentials.toml", "[registries.a]\ntoken = 'kept'\n"),
        ],
        shows: "Logout not currently logged in to `a`",
        ..ROW
    },
];
