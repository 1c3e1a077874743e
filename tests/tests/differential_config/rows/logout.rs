//! Logout.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a logout tells what it has done and what it has not",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n")],
        shows: "      Logout token for `a` has been removed from local storage\nnote: This does not revoke the token on the registry server.\n    If you need to revoke the token, visit the `a` website",
        ..ROW
    },
    Row {
        rule: "a logout of crates.io names its website",
        files: &[(CREDENTIALS, "[registry]\ntoken = 'kept'\n")],
        words: &["logout"],
        shows: "visit <https://crates.io/me> and follow the instructions there.",
        ..ROW
    },
    Row {
        rule: "a second logout finds nothing",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n")],
        then: &[(LOGOUT, "")],
        shows: "visit the `a` website and follow the instructions there.\n  Credential cargo:token logout a\n      Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "a quiet logout still says what it has not done",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n")],
        options: &["-q"],
        shows: "note: This does not revoke",
        ..ROW
    },
    Row {
        rule: "a logout leaves other registries alone",
        files: &[
            (CONFIG, index!("[registries.b]\nindex = 'https://b.example/'\n")),
            (
                CREDENTIALS,
                "[registry]\ntoken = \"c\"\n\n[registries.a]\ntoken = \"kept\"\n\n[registries.b]\ntoken = \"b\"\n",
            ),
        ],
        shows: "[registries.a]\n\n[registries.b]\ntoken = \"b\"",
        ..ROW
    },
    Row {
        rule: "a logout removes what belongs to the token and leaves the rest",
        files: &[
            (CONFIG, index!()),
            (
                CREDENTIALS,
                "[registries.a]\ntoken = \"kept\"\nsecret-key = \"k\"\nsecret-key-subject = \"s\"\nother = \"o\"\n\n[other]\nx = 1\n",
            ),
        ],
        shows: "[registries.a]\nother = \"o\"\n\n[other]",
        ..ROW
    },
    Row {
        rule: "a logout takes the token of the oldest form",
        files: &[(CREDENTIALS, "token = \"kept\"\n")],
        words: &["logout"],
        said: Said::Ends {
            theirs: "[registry]\n(mode 600)",
            ours: "credentials.toml\n\n(mode 600)",
            subject: "`credentials.toml`: a token of the oldest form",
        },
        ..ROW
    },
    Row {
        rule: "a token of the oldest form counts only without crates.io's table",
        files: &[
            (CONFIG, index!()),
            (
                CREDENTIALS,
                "token = \"old\"\n\n[registry]\ntoken = \"new\"\n\n[registries.a]\ntoken = \"kept\"\n",
            ),
        ],
        said: Said::Ends {
            theirs: "[registry]\ntoken = \"old\"",
            ours: "[registry]\ntoken = \"new\"",
            subject: "`credentials.toml`: a token of the oldest form",
        },
        ..ROW
    },
    Row {
        rule: "crates.io under another name keeps its token as crates.io",
        files: &[
            (CONFIG, "[registries.m]\nindex = 'https://github.com/rust-lang/crates.io-index'\n"),
            (CREDENTIALS, "[registry]\ntoken = \"kept\"\n\n[registries.m]\ntoken = \"m\"\n"),
        ],
        words: &["logout", "--registry", "m"],
        shows: "[registry]\n\n[registries.m]\ntoken = \"m\"",
        ..ROW
    },
    Row {
        rule: "a logout needs no server",
        files: &[
            (CONFIG, "[registries.a]\nindex = 'sparse+http://127.0.0.1:1/'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        shows: "Logout token for `a` has been removed",
        ..ROW
    },
    Row {
        rule: "a file of tokens that is no TOML is left as it is",
        files: &[(CONFIG, index!()), (CREDENTIALS, "[registries.a\n")],
        said: error(
            "could not parse TOML configuration in `[ROOT]/user/.cargo/credentials.toml`",
            "[ROOT]/user/.cargo/credentials.toml:1",
        ),
        ..ROW
    },
    Row {
        rule: "a table of tokens that is no table is refused",
        files: &[(CONFIG, index!()), (CREDENTIALS, "registries = 'x'\n")],
        said: error("registries", "registries"),
        ..ROW
    },
    Row {
        rule: "a token that is no text is refused",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\n"),
            (CREDENTIALS, "[registries.a]\ntoken = 5\n"),
        ],
        asks: Asks::Token,
        words: &[],
        said: error("`registries.a.token` expected a string, but found a integer", "token"),
        ..ROW
    },
    Row {
        rule: "a link to the file of tokens stays one",
        files: &[(CONFIG, index!()), ("elsewhere/kept", "[registries.a]\ntoken = \"kept\"\n")],
        links: &[("user/.cargo/credentials.toml", "[ROOT]/elsewhere/kept")],
        shows: "elsewhere/kept\n[registries.a]\n(mode 600)",
        ..ROW
    },
    Row {
        rule: "the old name of the file of tokens is used if both are there",
        files: &[
            (CONFIG, index!()),
            ("user/.cargo/credentials", "[registries.a]\ntoken = 'kept'\n"),
            (CREDENTIALS, "[x]\ny = 1\n"),
        ],
        shows: "warning: both `[ROOT]/user/.cargo/credentials` and `[ROOT]/user/.cargo/credentials.toml` exist. Using `[ROOT]/user/.cargo/credentials`",
        ..ROW
    },
    Row {
        rule: "the old name of the file of tokens is used with a warning",
        files: &[
            (CONFIG, index!()),
            ("user/.cargo/credentials", "[registries.a]\ntoken = 'kept'\n"),
        ],
        shows: "[ROOT]/user/.cargo/credentials` is deprecated in favor of `credentials.toml`",
        ..ROW
    },
    Row {
        rule: "a logout ends with the first who forgets the token",
        files: &[
            (
                CONFIG,
                index!("[registry]\nglobal-credential-providers = ['cargo:token', 'recorder']\n"),
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        said: Said::Ends {
            theirs: "token = 'kept'",
            ours: "Logout it was kept by `recorder` and by `cargo:token`",
            subject: LOGOUT_ASKS_ALL,
        },
        ..ROW
    },
    Row {
        rule: "a quiet logout says nothing of names",
        files: &[(CONFIG, index!())],
        variables: &[("CARGO_REGISTRIES_B_INDEX", "https://a.example/")],
        options: &["-q"],
        shows: "a.example",
        ..ROW
    },
    Row {
        rule: "comments of the file of tokens",
        files: &[(CONFIG, index!()), (CREDENTIALS, "# mine\n[registries.a]\ntoken = 'kept'\n")],
        said: Said::Ends {
            theirs: "user/.cargo/credentials.toml\n[registries.a]\n(mode 600)",
            ours: "# mine",
            subject: "`credentials.toml`: comments and order",
        },
        ..ROW
    },
    Row {
        rule: "a token that only a variable has",
        files: &[(CONFIG, index!())],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "v")],
        said: Said::Ends {
            theirs: "Logout token for `a` has been removed",
            ours: "Logout not currently logged in to `a`",
            subject: "logout with the token only in a variable",
        },
        ..ROW
    },
    Row {
        rule: "a token of the user's configuration",
        files: &[(CONFIG, index!("token = 't'\n"))],
        said: Said::Ends {
            theirs: "Logout token for `a` has been removed",
            ours: "Logout",
            subject: "tokens in configuration files other than `credentials.toml`",
        },
        ..ROW
    },
    Row {
        rule: "a registry that only the file of tokens knows is unknown",
        files: &[(CREDENTIALS, "[registries.a]\nindex = 'https://a.example/'\ntoken = 'kept'\n")],
        shows: "registry index was not found in any configuration: `a`",
        ..ROW
    },
    Row {
        rule: "a variable of a dashed name means another table of tokens",
        files: &[(
            CREDENTIALS,
            "[registries.my-a]\ntoken = \"dash\"\n\n[registries.my_a]\ntoken = \"under\"\n",
        )],
        variables: &[("CARGO_REGISTRIES_MY_A_INDEX", "https://v.example/")],
        words: &["logout", "--registry", "my-a"],
        said: Said::Ends {
            theirs: "[registries.my-a]\n\n[registries.my_a]\ntoken",
            ours: "[registries.my_a]\n(mode",
            subject: "a variable that gives the index of a name with a dash",
        },
        ..ROW
    },
];
