//! Types of values, and merging.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a number with a fraction is refused wherever it is",
        files: &[(CONFIG, a!("[x]\ny = [1.5]\n"))],
        said: error(
            "unsupported TOML configuration type `float`",
            "unsupported TOML configuration type `float`",
        ),
        ..ROW
    },
    Row {
        rule: "a type matters in the table that is read",
        files: &[(CONFIG, a!("token = 5\n"))],
        said: error(
            "`registries.a.token` expected a string, but found a integer",
            "`registries.a.token` in [ROOT]/user/.cargo/config.toml:4 must be a string, but is an integer",
        ),
        ..ROW
    },
    Row {
        rule: "a type does not matter in another table",
        files: &[(
            CONFIG,
            a!("[registries.b]\ntoken = 5\ncredential-provider = 5\n[registry]\ndefault = 5\n"),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "every index must be a text",
        files: &[(CONFIG, a!("[registries.b]\nindex = 5\n"))],
        said: error(
            "expected a string, but found a integer for `registries.b.index`",
            "`registries.b.index` in [ROOT]/user/.cargo/config.toml:5 must be a string",
        ),
        ..ROW
    },
    Row {
        rule: "an array and a text do not merge",
        files: &[(CONFIG, a!()), (PROJECT, "[registries.a]\ncredential-provider = ['recorder']\n")],
        said: error(
            "failed to merge key `credential-provider`",
            "failed to merge the configuration: `registries.a.credential-provider` is an array",
        ),
        ..ROW
    },
    Row {
        rule: "unknown keys of the table that is read are told",
        files: &[(CONFIG, a!("foo = 1\n[registries.b]\nbar = 1\n"))],
        shows: "warning: unused config key `registries.a.foo` in `[ROOT]/user/.cargo/config.toml`",
        ..ROW
    },
    Row {
        rule: "unknown keys of crates.io's table are told",
        files: &[(CONFIG, crates_io!("foo = 1\n"))],
        words: &["logout"],
        shows: "warning: unused config key `registry.foo` in `[ROOT]/user/.cargo/config.toml`",
        ..ROW
    },
    Row {
        rule: "a value may have another type in another file",
        files: &[
            (CONFIG, a!("[registry]\ndefault = 5\n")),
            (PROJECT, "[registry]\ndefault = 'a'\n"),
        ],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "tables grow key by key",
        files: &[
            (CONFIG, concat!("include = ['x.toml']\n", index!())),
            ("user/.cargo/x.toml", "[registries.a]\ncredential-provider = 'recorder x'\n"),
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"x\"]",
        ..ROW
    },
    Row {
        rule: "lists grow, and what counts more comes behind",
        files: &[
            (
                CONFIG,
                concat!(
                    "include = ['x.toml']\n",
                    index!("[registry]\nglobal-credential-providers = ['recorder not-found 1']\n")
                ),
            ),
            (
                "user/.cargo/x.toml",
                "[registry]\nglobal-credential-providers = ['recorder not-found 2']\n",
            ),
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\", \"1\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"2\"]",
        ..ROW
    },
    Row {
        rule: "an alias's list replaces another one",
        files: &[
            (
                CONFIG,
                concat!(
                    "include = ['x.toml']\n",
                    index!(
                        "credential-provider = 'al'\n[credential-alias]\nal = ['recorder', '1']\n"
                    )
                ),
            ),
            ("user/.cargo/x.toml", "[credential-alias]\nal = ['recorder', '2']\n"),
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"1\"]",
        ..ROW
    },
    Row {
        rule: "a list of crates.io's provider replaces another one",
        files: &[
            (CONFIG, "include = ['x.toml']\n[registry]\ncredential-provider = ['recorder', '1']\n"),
            ("user/.cargo/x.toml", "[registry]\ncredential-provider = ['recorder', '2']\n"),
        ],
        words: &["logout"],
        shows: "Some(\"crates-io\") [\"1\"]",
        ..ROW
    },
    Row {
        rule: "a variable replaces a list of words",
        files: &[(CONFIG, index!("credential-provider = ['recorder', '1']\n"))],
        variables: &[("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "recorder 2")],
        shows: "logout https://a.example/ Some(\"a\") [\"2\"]",
        ..ROW
    },
    Row {
        rule: "a text of --config does not merge with a list",
        files: &[(CONFIG, index!("credential-provider = ['recorder', '1']\n"))],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registries.a.credential-provider = 'recorder'",
        ],
        said: error(
            "failed to merge key `credential-provider`",
            "`registries.a.credential-provider` is",
        ),
        ..ROW
    },
];
