//! Included files.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "an included file is read",
        files: &[(CONFIG, "include = ['x.toml']\n"), ("user/.cargo/x.toml", a!())],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "the later of two included files counts",
        files: &[
            (CONFIG, "include = ['x.toml', { path = 'y.toml' }]\n"),
            ("user/.cargo/x.toml", a!()),
            ("user/.cargo/y.toml", "[registries.a]\nindex = 'https://y.example/'\n"),
        ],
        shows: "logout https://y.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "what includes counts more than what is included",
        files: &[
            (CONFIG, concat!("include = ['x.toml']\n", a!())),
            ("user/.cargo/x.toml", "[registries.a]\nindex = 'https://x.example/'\n"),
        ],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an included file may be missing if it says so",
        files: &[(CONFIG, concat!("include = [{ path = 'x.toml', optional = true }]\n", a!()))],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an included file must be there otherwise",
        files: &[(CONFIG, concat!("include = ['x.toml']\n", a!()))],
        said: error(
            "failed to load config include `x.toml` from `[ROOT]/user/.cargo/config.toml`",
            "failed to load config include `x.toml` from [ROOT]/user/.cargo/config.toml:1",
        ),
        ..ROW
    },
    Row {
        rule: "include is a list",
        files: &[(CONFIG, concat!("include = 'x.toml'\n", a!()))],
        said: error(
            "expected a list of strings or a list of tables, but found string",
            "expected a list of strings or a list of tables, but found a string",
        ),
        ..ROW
    },
    Row {
        rule: "an included file ends in .toml",
        files: &[(CONFIG, concat!("include = ['x']\n", a!()))],
        said: error(
            "expected a config include path ending with `.toml`, but found `x`",
            "expected a config include path ending with `.toml`, but found `x`",
        ),
        ..ROW
    },
    Row {
        rule: "no file is included twice",
        files: &[
            (CONFIG, concat!("include = ['x.toml', 'x.toml']\n", a!())),
            ("user/.cargo/x.toml", ""),
        ],
        said: error(
            "config `include` cycle detected with path `[ROOT]/user/.cargo/x.toml`",
            "config `include` cycle detected with path `[ROOT]/user/.cargo/x.toml`",
        ),
        ..ROW
    },
    Row {
        rule: "an included file includes others from its own folder",
        files: &[
            (CONFIG, "include = ['d/x.toml']\n"),
            ("user/.cargo/d/x.toml", "include = ['y.toml']\n"),
            ("user/.cargo/d/y.toml", a!()),
        ],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an included file may lie anywhere",
        files: &[(CONFIG, "include = ['[ROOT]/elsewhere/x.toml']\n"), ("elsewhere/x.toml", a!())],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a path to include is no pattern",
        files: &[(CONFIG, concat!("include = ['*.toml']\n", a!()))],
        said: error(
            "expected a config include path without glob patterns",
            "expected a config include path without glob patterns",
        ),
        ..ROW
    },
    Row {
        rule: "a path to include has no hole",
        files: &[(CONFIG, concat!("include = ['{x}.toml']\n", a!()))],
        said: error(
            "expected a config include path without template braces",
            "expected a config include path without template braces",
        ),
        ..ROW
    },
    Row {
        rule: "two files do not include each other",
        files: &[
            (CONFIG, concat!("include = ['x.toml']\n", a!())),
            ("user/.cargo/x.toml", "include = ['config.toml']\n"),
        ],
        said: error("config `include` cycle detected", "config `include` cycle detected"),
        ..ROW
    },
    Row {
        rule: "an include has no other keys",
        files: &[
            (CONFIG, concat!("include = [{ path = 'x.toml', other = 1 }]\n", a!())),
            ("user/.cargo/x.toml", ""),
        ],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a project includes a file",
        files: &[
            (CONFIG, a!()),
            (PROJECT, "include = ['x.toml']\n"),
            ("project/.cargo/x.toml", "[registry]\ndefault = 'a'\n"),
        ],
        words: &["logout"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
];
