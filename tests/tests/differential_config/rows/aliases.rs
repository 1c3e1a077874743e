//! Aliases.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "an alias stands for its words",
        files: &[(
            CONFIG,
            index!("credential-provider = 'al'\n[credential-alias]\nal = ['recorder', 'x y']\n"),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"x y\"]",
        ..ROW
    },
    Row {
        rule: "an alias with arguments is none",
        files: &[(
            CONFIG,
            index!("credential-provider = 'al z'\n[credential-alias]\nal = 'recorder'\n"),
        )],
        said: failed(
            "credential provider `al z` failed action `logout`",
            "credential provider `al` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "an alias of an alias is none",
        files: &[(
            CONFIG,
            index!("credential-provider = 'al'\n[credential-alias]\nal = 'bl'\nbl = 'recorder'\n"),
        )],
        said: native(
            "credential provider `bl` failed action `logout`",
            "credential provider `bl` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "an alias of another type is overlooked",
        files: &[(CONFIG, index!("credential-provider = 'al'\n[credential-alias]\nal = 5\n"))],
        said: native(
            "credential provider `al` failed action `logout`",
            "credential provider `al` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a dot in an alias stands between keys",
        files: &[(
            CONFIG,
            index!("credential-provider = 'a.l'\n[credential-alias.a]\nl = 'recorder'\n"),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an alias does not shadow what is built in",
        files: &[(
            CONFIG,
            index!(
                "credential-provider = 'cargo:token'\n[credential-alias]\n'cargo:token' = 'recorder'\n"
            ),
        )],
        shows: "warning: credential-alias `cargo:token` (defined in `[ROOT]/user/.cargo/config.toml`) will be ignored because it would shadow a built-in credential-provider",
        ..ROW
    },
    Row {
        rule: "an alias may have a name that only looks built in",
        files: &[(
            CONFIG,
            index!(
                "credential-provider = 'cargo:xyz'\n[credential-alias]\n'cargo:xyz' = 'recorder'\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a variable gives an alias",
        files: &[(
            CONFIG,
            index!("credential-provider = 'my-al'\n[credential-alias]\nmy-al = 'no'\n"),
        )],
        variables: &[("CARGO_CREDENTIAL_ALIAS_MY_AL", "recorder v w")],
        shows: "logout https://a.example/ Some(\"a\") [\"v\", \"w\"]",
        ..ROW
    },
    Row {
        rule: "a path may be an alias",
        files: &[(
            CONFIG,
            index!("credential-provider = 'bin/p'\n[credential-alias]\n'bin/p' = 'recorder'\n"),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an alias may stand for cargo's own file",
        files: &[
            (
                CONFIG,
                index!("credential-provider = 'al'\n[credential-alias]\nal = 'cargo:token'\n"),
            ),
            (CREDENTIALS, "[registries.a]\ntoken = 'kept'\n"),
        ],
        shows: "Logout token for `a` has been removed from local storage",
        ..ROW
    },
    Row {
        rule: "an alias without a word is overlooked",
        files: &[(CONFIG, index!("credential-provider = 'al'\n[credential-alias]\nal = ''\n"))],
        said: native(
            "credential provider `al` failed action `logout`",
            "credential provider `al` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "an alias's path starts where the alias is",
        files: &[(CONFIG, index!("[credential-alias]\nal = 'bin/p'\n"))],
        variables: &[("CARGO_REGISTRIES_A_CREDENTIAL_PROVIDER", "al")],
        said: native(
            "credential provider `[ROOT]/user/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/bin/p` failed action `logout`",
        ),
        ..ROW
    },
];
