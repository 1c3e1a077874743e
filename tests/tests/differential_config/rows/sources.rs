//! Source replacement.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "crates.io replaced by a registry must be named",
        files: &[(CONFIG, a!("[source.crates-io]\nreplace-with = 'a'\n"))],
        words: &["logout"],
        said: error(
            "crates-io is replaced with remote registry a;\ninclude `--registry a` or `--registry crates-io`",
            "crates-io is replaced with remote registry a;\ninclude `--registry a` or `--registry crates-io`\n\nCaused by:\n  the setting is in",
        ),
        ..ROW
    },
    Row {
        rule: "crates.io replaced by a folder must be named",
        files: &[(CONFIG, "[source.crates-io]\nreplace-with = 'm'\n[source.m]\ndirectory = 'v'\n")],
        words: &["logout"],
        said: error(
            "crates-io is replaced with non-remote-registry source dir [ROOT]/user/v;\ninclude `--registry crates-io` to use crates.io",
            "crates-io is replaced with non-remote-registry source dir [ROOT]/user/v;\ninclude `--registry crates-io` to use crates.io",
        ),
        ..ROW
    },
    Row {
        rule: "replaced crates.io can be named",
        files: &[(
            CONFIG,
            crates_io!(
                "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m.example/'\n"
            ),
        )],
        words: &["logout", "--registry", "crates-io"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "a replacement must be there",
        files: &[(CONFIG, "[source.crates-io]\nreplace-with = 'm'\n")],
        words: &["logout", "--registry", "crates-io"],
        said: error(
            "could not find a configured source with the name `m` when attempting to lookup `crates-io`",
            "could not find a configured source with the name `m` when attempting to lookup `crates-io`",
        ),
        ..ROW
    },
    Row {
        rule: "replacements do not go round in circles",
        files: &[(CONFIG, "[source.crates-io]\nreplace-with = 'crates-io'\n")],
        words: &["logout"],
        said: error(
            "detected a cycle of `replace-with` sources",
            "detected a cycle of `replace-with` sources",
        ),
        ..ROW
    },
    Row {
        rule: "a git repository replaces no registry",
        files: &[(
            CONFIG,
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\ngit = 'https://m.example/'\n",
        )],
        words: &["logout"],
        shows: "error: cannot replace `crates-io` with `m`, the source `crates-io` supports checksums, but `m` does not",
        ..ROW
    },
    Row {
        rule: "a source is somewhere",
        files: &[(CONFIG, a!("[source.m]\n"))],
        shows: "error: no source location specified for `source.m`, need `registry`, `local-registry`, `directory`, or `git` defined",
        ..ROW
    },
    Row {
        rule: "a source is in one place",
        files: &[(CONFIG, a!("[source.m]\nregistry = 'https://m.example/'\ndirectory = 'v'\n"))],
        shows: "error: more than one source location specified for `source.m`",
        ..ROW
    },
    Row {
        rule: "variables say nothing about sources",
        files: &[(CONFIG, crates_io!("[source.crates-io]\n"))],
        variables: &[
            ("CARGO_SOURCE_CRATES_IO_REPLACE_WITH", "a"),
            ("CARGO_REGISTRIES_A_INDEX", "https://a.example/"),
        ],
        words: &["logout"],
        shows: "logout https://github.com/rust-lang/crates.io-index Some(\"crates-io\") []",
        ..ROW
    },
    Row {
        rule: "a source's name is no registry's",
        files: &[(CONFIG, "[source.m]\nregistry = 'https://m.example/'\n")],
        words: &["logout", "--registry", "m"],
        shows: "error: registry index was not found in any configuration: `m`",
        ..ROW
    },
    Row {
        rule: "a registry that only a source names counts as no registry",
        files: &[(
            CONFIG,
            "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m.example/'\n",
        )],
        words: &["logout"],
        said: error(
            "crates-io is replaced with non-remote-registry source",
            "crates-io is replaced with non-remote-registry source",
        ),
        ..ROW
    },
    Row {
        rule: "login to replaced crates.io asks nobody",
        files: &[(
            CONFIG,
            crates_io!("[source.crates-io]\nreplace-with = 'm'\n[source.m]\ndirectory = 'v'\n"),
        )],
        words: &["login"],
        input: "x\n",
        said: error(
            "crates-io is replaced with non-remote-registry source",
            "crates-io is replaced with non-remote-registry source",
        ),
        ..ROW
    },
    Row {
        rule: "a registry that is named is not replaced",
        files: &[(
            CONFIG,
            a!(
                "[source.b]\nregistry = 'https://a.example/'\nreplace-with = 'm'\n[source.m]\nregistry = 'https://m.example/'\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "with a default it does not matter that crates.io is replaced",
        files: &[(
            CONFIG,
            a!(
                "[source.crates-io]\nreplace-with = 'm'\n[source.m]\ndirectory = 'v'\n[registry]\ndefault = 'a'\n"
            ),
        )],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
];
