//! Login: what is written into the file of tokens.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "login keeps the token under the name that was given",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "Login token for `a` saved",
        ..ROW
    },
    Row {
        rule: "a new token replaces the old one",
        files: &[
            (
                "user/.cargo/registry/index/index.crates.io-1949cf8c6b5b557f/config.json",
                "{\"dl\":\"https://static.crates.io/crates\",\"api\":\"https://crates.io\"}",
            ),
            (CREDENTIALS, "[registry]\ntoken = \"a much longer token than the new one\"\n"),
        ],
        words: &["login"],
        input: "secret\n",
        then: &[(&["login"], "a very very much longer token\n"), (&["login"], "x\n")],
        shows: "token = \"x\"",
        ..ROW
    },
    Row {
        rule: "a login leaves the rest of the file",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (
                CREDENTIALS,
                "[registry]\ntoken = \"c\"\nother = 1\n\n[x]\ny = 1\n\n[registries.a]\ntoken = \"old\"\n",
            ),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "[x]\ny = 1\n\n[registries.a]\ntoken = \"secret\"\n(mode 600)",
        ..ROW
    },
    Row {
        rule: "a login makes the home",
        variables: &[
            ("CARGO_HOME", "[ROOT]/elsewhere/new/home"),
            ("CARGO_REGISTRIES_A_INDEX", "[SERVER]"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "elsewhere/new/home/credentials.toml\n[registries.a]\ntoken = \"secret\"\n(mode 600)",
        ..ROW
    },
    Row {
        rule: "a file of tokens that is no TOML takes no other",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: error(
            "could not parse TOML configuration in `[ROOT]/user/.cargo/credentials.toml`",
            "[ROOT]/user/.cargo/credentials.toml:1",
        ),
        ..ROW
    },
    Row {
        rule: "a login uses the old name of the file if it is there",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            ("user/.cargo/credentials", "[x]\ny = 1\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        shows: "user/.cargo/credentials\n",
        ..ROW
    },
    Row {
        rule: "a token of the oldest form is moved by a login",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "token = \"old\"\n"),
        ],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: Said::Ends {
            theirs: "[registry]\ntoken = \"old\"",
            ours: "credentials.toml\ntoken = \"old\"",
            subject: "`credentials.toml`: a token of the oldest form",
        },
        ..ROW
    },
    Row {
        rule: "crates.io's token is kept in its own table",
        files: &[(
            "user/.cargo/registry/index/index.crates.io-1949cf8c6b5b557f/config.json",
            "{\"dl\":\"https://static.crates.io/crates\",\"api\":\"https://crates.io\"}",
        )],
        words: &["login"],
        input: "secret\n",
        shows: "[registry]\ntoken = \"secret\"",
        ..ROW
    },
    Row {
        rule: "a login to crates.io",
        files: &[
            (
                "user/.cargo/registry/index/index.crates.io-1949cf8c6b5b557f/config.json",
                "{\"dl\":\"https://static.crates.io/crates\",\"api\":\"https://crates.io\"}",
            ),
            (CREDENTIALS, "[registry]\ndefault = \"x\"\ntoken = \"c\"\n"),
        ],
        words: &["login", "--registry", "crates-io"],
        input: "secret\n",
        said: Said::Ends {
            theirs: "[registry]\ntoken = \"secret\"\n(mode",
            ours: "default = \"x\"",
            subject: "login for crates.io",
        },
        ..ROW
    },
    Row {
        rule: "a variable of a dashed name keeps the token under the dash",
        variables: &[("CARGO_REGISTRIES_MY_A_INDEX", "[SERVER]")],
        words: &["login", "--registry", "my-a"],
        input: "secret\n",
        shows: "[registries.my-a]\ntoken = \"secret\"",
        ..ROW
    },
];
