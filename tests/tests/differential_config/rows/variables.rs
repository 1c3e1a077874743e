//! Variables.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a variable gives an index",
        files: &[(CONFIG, crates_io!("global-credential-providers = ['recorder x']\n"))],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://v.example/")],
        shows: "logout https://v.example/ Some(\"a\") [\"x\"]",
        ..ROW
    },
    Row {
        rule: "a variable loses the dash of a name",
        files: &[(
            CONFIG,
            "[registries.my_a]\ncredential-provider = 'recorder under'\n[registries.my-a]\ncredential-provider = 'recorder dash'\n",
        )],
        variables: &[("CARGO_REGISTRIES_MY_A_INDEX", "https://v.example/")],
        words: &["logout", "--registry", "my-a"],
        shows: "note: name of alternative registry `https://v.example/` set to `my_a`",
        ..ROW
    },
    Row {
        rule: "a variable gives a provider with its words",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", " recorder  v\tw ")],
        shows: "logout https://a.example/ Some(\"a\") [\"v\", \"w\"]",
        ..ROW
    },
    Row {
        rule: "an empty provider of a variable is refused",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "")],
        said: error(
            "invalid length 0, expected at least one element",
            "invalid length 0, expected at least one element in environment variable",
        ),
        ..ROW
    },
    Row {
        rule: "a variable in lower case has no effect",
        variables: &[("cargo_registries_q_index", "https://q.example/")],
        words: &["logout", "--registry", "q"],
        said: error(
            "the variable `cargo_registries_q_index` will be ignored and have no effect",
            "the variable `cargo_registries_q_index` has no effect",
        ),
        ..ROW
    },
    Row {
        rule: "an empty index is no URL",
        variables: &[("CARGO_REGISTRIES_A_INDEX", "")],
        shows: "invalid url ``: relative URL without a base",
        ..ROW
    },
    Row {
        rule: "an empty default is no name",
        variables: &[("CARGO_REGISTRY_DEFAULT", "")],
        words: &["logout"],
        shows: "error: registry name cannot be empty",
        ..ROW
    },
    Row {
        rule: "a longer variable is no trap",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_TOKEN_INDEX", "https://v.example/")],
        said: Said::Ends {
            theirs: "missing config key `registries.a.token`",
            ours: "logout https://a.example/ Some(\"a\") []",
            subject: "a variable whose name begins with another one's",
        },
        ..ROW
    },
    Row {
        rule: "crates.io's provider has a variable of its own",
        files: &[(CONFIG, crates_io!())],
        variables: &[("CARGO_REGISTRY_CREDENTIAL_PROVIDER", "recorder v")],
        words: &["logout"],
        shows: "Some(\"crates-io\") [\"v\"]",
        ..ROW
    },
    Row {
        rule: "the variables of crates-io are not those of crates.io",
        files: &[(CONFIG, crates_io!())],
        variables: &[
            ("CARGO_REGISTRIES_CRATES_IO_CREDENTIAL_PROVIDER", "no"),
            ("CARGO_REGISTRIES_CRATES_IO_TOKEN", "t"),
        ],
        words: &["logout"],
        shows: "Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "a variable gives crates.io's protocol",
        files: &[(CONFIG, crates_io!())],
        variables: &[("CARGO_REGISTRIES_CRATES_IO_PROTOCOL", "ftp")],
        words: &["logout"],
        shows: "error: unsupported registry protocol `ftp` (defined in environment variable `CARGO_REGISTRIES_CRATES_IO_PROTOCOL`)",
        ..ROW
    },
    Row {
        rule: "a variable that is no text is not seen",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://v\\xff.example/")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a token's variable in lower case is overlooked",
        files: &[(CONFIG, index!())],
        variables: &[("cargo_registries_a_token", "t")],
        shows: "Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "a variable has the capital letters of any script",
        files: &[(CONFIG, crates_io!("global-credential-providers = ['recorder']\n"))],
        variables: &[("CARGO_REGISTRIES_É_INDEX", "https://v.example/")],
        words: &["logout", "--registry", "é"],
        shows: "logout https://v.example/ Some(\"é\") []",
        ..ROW
    },
    Row {
        rule: "a default of a variable counts more than that of a file",
        files: &[(CONFIG, a!("[registry]\ndefault = 'b'\n"))],
        variables: &[("CARGO_REGISTRY_DEFAULT", "a")],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a list in a variable is split into providers without words",
        files: &[(CONFIG, index!("[credential-alias]\nx = 'recorder not-found'\n"))],
        variables: &[("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "recorder x")],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\"]\nlogout https://a.example/ Some(\"a\") []",
        ..ROW
    },
];
