//! Index URLs, and which name they have.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "an index is handed out as the URL parser writes it",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'https://A.example:443/x/../y'\ncredential-provider = 'recorder'\n",
        )],
        shows: "logout https://a.example/y Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a sparse index ends in a slash",
        files: &[(CONFIG, "[registries.a]\nindex = 'sparse+https://a.example/i'\n")],
        said: error(
            "sparse registry url must end in a slash `/`: sparse+https://a.example/i",
            "sparse registry url must end in a slash `/`: sparse+https://a.example/i",
        ),
        ..ROW
    },
    Row {
        rule: "a sparse index may be a folder",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'sparse+file:///x/'\ncredential-provider = 'recorder'\n",
        )],
        shows: "logout sparse+file:///x/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a git index may be reached by ssh and have a user",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'ssh://git@a.example/x.git'\ncredential-provider = 'recorder'\n",
        )],
        shows: "logout ssh://git@a.example/x.git Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "the short form of ssh is no URL",
        files: &[(CONFIG, "[registries.a]\nindex = 'git@a.example:x'\n")],
        said: error(
            "try using `ssh://git@a.example/x` instead",
            "try using `ssh://git@a.example/x` instead",
        ),
        ..ROW
    },
    Row {
        rule: "a password in an index is refused",
        files: &[(CONFIG, "[registries.a]\nindex = 'https://u:pw@a.example/'\n")],
        said: error(
            "registry URLs may not contain passwords",
            "registry URLs may not contain passwords",
        ),
        ..ROW
    },
    Row {
        rule: "a relative folder has the settings of its name",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'file:rel/x'\ncredential-provider = 'recorder'\n",
        )],
        said: Said::Ends {
            theirs: "not currently logged in to `a`",
            ours: "logout file://[ROOT]/user/rel/x",
            subject: "an index like `file:rel/x`",
        },
        ..ROW
    },
    Row {
        rule: "two names for one index are refused",
        files: &[(CONFIG, a!("[registries.b]\nindex = 'https://a.example'\n"))],
        said: error(
            "multiple registries are configured with the same index url 'registry+https://a.example/': a, b",
            "multiple registries are configured with the same index url 'https://a.example/': a (",
        ),
        ..ROW
    },
    Row {
        rule: "a variable's name for an index goes before that of a file",
        files: &[(CONFIG, a!("[registries.b]\ncredential-provider = 'recorder b'\n"))],
        variables: &[("CARGO_REGISTRIES_B_INDEX", "https://a.example")],
        shows: "note: name of alternative registry `https://a.example/` set to `b`",
        ..ROW
    },
    Row {
        rule: "an index that is no place is refused",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'mailto:x'\ncredential-provider = 'recorder'\n",
        )],
        said: error("mailto:x", "mailto:x"),
        ..ROW
    },
    Row {
        rule: "a path is no index",
        files: &[(CONFIG, "[registries.a]\nindex = 'rel/x'\n")],
        said: error("relative URL without a base", "relative URL without a base"),
        ..ROW
    },
    Row {
        rule: "at GitHub the letters' case makes no other registry",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'https://GitHub.com/X/Y'\ncredential-provider = 'recorder'\n[registries.b]\nindex = 'https://github.com/x/y'\n",
        )],
        said: error(
            "multiple registries are configured with the same index url",
            "multiple registries are configured with the same index url",
        ),
        ..ROW
    },
    Row {
        rule: "elsewhere it does",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'https://a.example/X'\ncredential-provider = 'recorder'\n[registries.b]\nindex = 'https://a.example/x'\n",
        )],
        shows: "logout https://a.example/X Some(\"a\")",
        ..ROW
    },
    Row {
        rule: ".git at the end makes no other registry",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'https://a.example/x.git'\ncredential-provider = 'recorder'\n[registries.b]\nindex = 'https://a.example/x'\n",
        )],
        said: error(
            "multiple registries are configured with the same index url",
            "multiple registries are configured with the same index url",
        ),
        ..ROW
    },
    Row {
        rule: "a sparse index and a git index at one address are two",
        files: &[(CONFIG, a!("[registries.b]\nindex = 'sparse+https://a.example/'\n"))],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: ".git at the end of a sparse index makes no other registry",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'sparse+https://a.example/x.git/'\ncredential-provider = 'recorder'\n[registries.b]\nindex = 'sparse+https://a.example/x/'\n",
        )],
        said: error(
            "multiple registries are configured with the same index url",
            "multiple registries are configured with the same index url",
        ),
        ..ROW
    },
    Row {
        rule: "another registry's index that is no URL is an error",
        files: &[(CONFIG, a!("[registries.b]\nindex = 'x y'\n"))],
        said: error(
            "error: invalid url `x y`: relative URL without a base",
            "error: invalid url `x y`: relative URL without a base\n\nCaused by:\n  the setting is in [ROOT]/user/.cargo/config.toml:5",
        ),
        ..ROW
    },
    Row {
        rule: "another registry's index does not matter if a variable gives the name",
        files: &[(CONFIG, a!("[registries.b]\nindex = 'x y'\n[registries.c]\nindex = 5\n"))],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://a.example/")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an unknown scheme is taken for git",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = 'foo://a.example/x'\ncredential-provider = 'recorder'\n",
        )],
        shows: "logout foo://a.example/x Some(\"a\")",
        ..ROW
    },
    Row {
        rule: "a variable that is no URL disturbs nobody",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_B_INDEX", "x y")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "two variables for one index are refused",
        files: &[(CONFIG, a!())],
        variables: &[
            ("CARGO_REGISTRIES_A_INDEX", "https://a.example"),
            ("CARGO_REGISTRIES_B_INDEX", "https://a.example/"),
        ],
        said: error(
            "multiple registries are configured with the same index url",
            "multiple registries are configured with the same index url",
        ),
        ..ROW
    },
    Row {
        rule: "a name in a variable does not collide with one in a file",
        files: &[(CONFIG, a!("[registries.b]\nindex = 'https://a.example/'\n"))],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://a.example/")],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
];
