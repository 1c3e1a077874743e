//! Which registry is meant.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "crates.io is meant by default",
        files: &[(CONFIG, crates_io!())],
        words: &["logout"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "registry.default is meant if nothing else is said",
        files: &[(CONFIG, a!("[registry]\ndefault = 'a'\n"))],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "crates.io can be named in spite of registry.default",
        files: &[(CONFIG, crates_io!("default = 'a'\n"))],
        words: &["logout", "--registry", "crates-io"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "a name is not empty",
        words: &["logout", "--registry="],
        shows: "error: registry name cannot be empty",
        ..ROW
    },
    Row {
        rule: "a name does not start with a digit",
        words: &["logout", "--registry", "1a"],
        shows: "error: invalid character `1` in registry name: `1a`, the name cannot start with a digit",
        ..ROW
    },
    Row {
        rule: "a name has no blank",
        words: &["logout", "--registry", "a b"],
        shows: "error: invalid character ` ` in registry name: `a b`, characters must be Unicode XID characters (numbers, `-`, `_`, or most letters)",
        ..ROW
    },
    Row {
        rule: "a name does not start with a dash",
        words: &["logout", "--registry=-a"],
        shows: "error: invalid character `-` in registry name: `-a`, the first character must be a Unicode XID start character (most letters or `_`)",
        ..ROW
    },
    Row {
        rule: "an unknown name is refused",
        words: &["logout", "--registry", "nobody"],
        shows: "error: registry index was not found in any configuration: `nobody`",
        ..ROW
    },
    Row {
        rule: "a name's case counts",
        files: &[(CONFIG, a!())],
        words: &["logout", "--registry", "A"],
        shows: "error: registry index was not found in any configuration: `A`",
        ..ROW
    },
    Row {
        rule: "the tables of crates-io are not those of crates.io",
        files: &[(
            CONFIG,
            crates_io!(
                "[registries.crates-io]\nindex = 'https://x.example/'\ncredential-provider = 'no'\n"
            ),
        )],
        words: &["logout", "--registry", "crates-io"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "crates.io's protocol is sparse or git",
        files: &[(CONFIG, crates_io!("[registries.crates-io]\nprotocol = 'ftp'\n"))],
        words: &["logout"],
        said: error(
            "unsupported registry protocol `ftp` (defined in [ROOT]/user/.cargo/config.toml)",
            "unsupported registry protocol `ftp` (defined in [ROOT]/user/.cargo/config.toml:4)",
        ),
        ..ROW
    },
    Row {
        rule: "crates.io under another name has crates.io's provider",
        files: &[(
            CONFIG,
            crates_io!(
                "[registries.m]\nindex = 'sparse+https://index.crates.io/'\ncredential-provider = 'no'\n"
            ),
        )],
        words: &["logout", "--registry", "m"],
        shows: "logout sparse+https://index.crates.io/ Some(\"m\") []",
        ..ROW
    },
    Row {
        rule: "registry.index is refused",
        files: &[(CONFIG, a!("[registry]\nindex = 'https://x.example/'\n"))],
        said: error(
            "the `registry.index` config value is no longer supported\nUse `[source]` replacement to alter the default index for crates.io.",
            "the `registry.index` config value is no longer supported\nUse `[source]` replacement to alter the default index for crates.io.\n\nCaused by:\n  the setting is in [ROOT]/user/.cargo/config.toml:5",
        ),
        ..ROW
    },
    Row {
        rule: "a default that is no name disturbs nobody who names another",
        files: &[(CONFIG, a!("[registry]\ndefault = '1a'\n"))],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a name has letters of any script",
        files: &[(
            CONFIG,
            "[registries.'é']\nindex = 'https://a.example/'\ncredential-provider = 'recorder'\n",
        )],
        words: &["logout", "--registry", "é"],
        shows: "Some(\"é\")",
        ..ROW
    },
    Row {
        rule: "crates.io's older index under another name is crates.io",
        files: &[(
            CONFIG,
            crates_io!(
                "[registries.m]\nindex = 'https://github.com/rust-lang/crates.io-index'\ncredential-provider = 'no'\n"
            ),
        )],
        words: &["logout", "--registry", "m"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"m\") []",
        ..ROW
    },
    Row {
        rule: "crates.io's index in other letters is another one",
        files: &[(
            CONFIG,
            crates_io!(
                "[registries.m]\nindex = 'https://github.com/rust-lang/crates.io-index.git'\ncredential-provider = 'recorder m'\n"
            ),
        )],
        words: &["logout", "--registry", "m"],
        shows: "logout https://github.com/rust-lang/crates.io-index.git Some(\"m\") [\"m\"]",
        ..ROW
    },
    Row {
        rule: "crates-io may have a protocol in its table",
        files: &[(CONFIG, crates_io!("[registries.crates-io]\nprotocol = 'sparse'\n"))],
        words: &["logout"],
        shows: "Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "dash and underscore are different names in a file",
        files: &[(
            CONFIG,
            "[registries.my_a]\nindex = 'https://under.example/'\ncredential-provider = 'recorder under'\n[registries.my-a]\nindex = 'https://dash.example/'\ncredential-provider = 'recorder dash'\n",
        )],
        words: &["logout", "--registry", "my-a"],
        shows: "logout https://dash.example/ Some(\"my-a\") [\"dash\"]",
        ..ROW
    },
];
