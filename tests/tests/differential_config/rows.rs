//! The table.

/// One scenario.
pub(crate) struct Row {
    /// What it shows.
    pub(crate) rule: &'static str,
    /// Below the folder of the test, with their texts.
    pub(crate) files: &'static [(&'static str, &'static str)],
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// Behind `cargo`.
    pub(crate) words: &'static [&'static str],
    pub(crate) input: &'static str,
    /// Something that cargo asks or says, which shows that the row is about its rule.
    pub(crate) shows: &'static str,
    pub(crate) said: Said,
}

/// What the two say.
#[derive(Clone, Copy)]
pub(crate) enum Said {
    /// The same, to the letter.
    Same,
    /// The same in other words: something of each, and where `docs/compatibility.md` says why.
    Otherwise { theirs: &'static str, ours: &'static str, subject: &'static str },
    /// Not the same: the exit status or the requests differ.
    Ends { theirs: &'static str, ours: &'static str, subject: &'static str },
}

impl Row {
    /// Everybody is asked to tell more, if the row is not about that.
    pub(crate) fn verbosity(&self) -> &'static [&'static str] {
        let about_that = self.rule.contains("quiet") || self.rule.contains("verbose");
        if about_that { &[] } else { &["-v"] }
    }
}

const CONFIG: &str = "user/.cargo/config.toml";
const PROJECT: &str = "project/.cargo/config.toml";
const CREDENTIALS: &str = "user/.cargo/credentials.toml";
const LOGOUT: &[&str] = &["logout", "--registry", "a"];
const ROW: Row = Row {
    rule: "",
    files: &[],
    variables: &[],
    words: LOGOUT,
    input: "",
    shows: "",
    said: Said::Same,
};

/// An error of configuration, in our words.
const fn error(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "errors in configuration files" }
}

/// A native program, which takes a grant.
const fn native(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "which word chooses a provider" }
}

/// The arguments of a provider are not repeated in an error.
const fn failed(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "errors of a provider with arguments" }
}

macro_rules! a {
    ($($more:literal)*) => {
        concat!("[registries.a]\nindex = 'https://a.example/'\ncredential-provider = 'recorder'\n", $($more),*)
    };
}

macro_rules! index {
    ($($more:literal)*) => { concat!("[registries.a]\nindex = 'https://a.example/'\n", $($more),*) };
}

macro_rules! crates_io {
    ($($more:literal)*) => { concat!("[registry]\ncredential-provider = 'recorder'\n", $($more),*) };
}

pub(crate) const ROWS: &[Row] = &[
    // Where configuration is found.
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
    // Types and merging.
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
    // Included files.
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
    // --config.
    Row {
        rule: "--config before the verb counts more than a file",
        files: &[(CONFIG, a!())],
        words: &[
            "--config",
            "registries.a.index = 'https://c.example/'",
            "logout",
            "--registry",
            "a",
        ],
        shows: "logout https://c.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config behind the verb counts more than one before it",
        files: &[(CONFIG, a!())],
        words: &[
            "--config",
            "registries.a.index = 'https://c.example/'",
            "logout",
            "--registry",
            "a",
            "--config",
            "registries.a.index = 'https://d.example/'",
        ],
        shows: "logout https://d.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config counts more than a variable",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_INDEX", "https://v.example/")],
        words: &["logout", "--registry", "a", "--config=registries.a.index = 'https://c.example/'"],
        shows: "logout https://c.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config names a file if there is one",
        files: &[(CONFIG, a!()), ("elsewhere/x", "[registries.a]\nindex = 'https://x.example/'\n")],
        words: &["logout", "--registry", "a", "--config", "../elsewhere/x"],
        shows: "logout https://x.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config includes files from the working directory",
        files: &[
            (CONFIG, a!()),
            ("project/x.toml", "[registries.a]\nindex = 'https://x.example/'\n"),
        ],
        words: &["logout", "--registry", "a", "--config", "include = ['x.toml']"],
        shows: "logout https://x.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "--config takes no token of crates.io",
        words: &["logout", "--config", "registry.token = 'x'"],
        shows: "error: registry.token cannot be set through --config for security reasons",
        ..ROW
    },
    Row {
        rule: "--config takes no key of a registry",
        words: &["logout", "--config", "registries.a.secret-key = 'x'"],
        shows: "error: registries.a.secret-key cannot be set through --config for security reasons",
        ..ROW
    },
    Row {
        rule: "--config takes no inline table",
        words: &["logout", "--config", "registries.a = {}"],
        shows: "error: --config argument `registries.a = {}` sets a value to an inline table, which is not accepted",
        ..ROW
    },
    Row {
        rule: "--config takes no comment",
        words: &["logout", "--config", "a.b = 1 # c"],
        shows: "error: --config argument `a.b = 1 # c` includes non-whitespace decoration",
        ..ROW
    },
    Row {
        rule: "--config takes no list of tables",
        words: &["logout", "--config", "[[a]]"],
        shows: "error: --config argument `[[a]]` sets a value to an array of tables, which is not accepted",
        ..ROW
    },
    Row {
        rule: "--config takes one key",
        words: &["logout", "--config", "[a]"],
        shows: "error: --config argument `[a]` was not a TOML dotted key expression (such as `build.jobs = 2`)",
        ..ROW
    },
    Row {
        rule: "--config takes TOML",
        words: &["logout", "--config", "a = b"],
        said: error(
            "string values must be quoted, expected literal string",
            "string values must be quoted, expected literal string",
        ),
        ..ROW
    },
    Row {
        rule: "--config wants a value",
        words: &["logout", "--config"],
        shows: "error: a value is required for '--config <KEY=VALUE|PATH>' but none was supplied",
        ..ROW
    },
    Row {
        rule: "lists of --config come behind those of variables and files",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder unsupported-registry home']\n[credential-alias]\nal = 'recorder not-found variable'\n"
            ),
        )],
        variables: &[("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS", "al al")],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registry.global-credential-providers = ['recorder unsupported-registry line']",
        ],
        shows: "logout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"line\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"variable\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"variable\"]\nlogout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"home\"]\nlogout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    // Variables.
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
            ours: "",
            subject: "a variable whose name begins with another one's",
        },
        ..ROW
    },
    // Which registry.
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
    // Index URLs.
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
            ours: "",
            subject: "an index like `file:rel/x`",
        },
        ..ROW
    },
    // Two names for one index.
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
    // Source replacement.
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
    // Providers.
    Row {
        rule: "a list of words keeps its blanks",
        files: &[(CONFIG, index!("credential-provider = ['recorder', 'a b', '']\n"))],
        shows: "logout https://a.example/ Some(\"a\") [\"a b\", \"\"]",
        ..ROW
    },
    Row {
        rule: "a registry's own provider has no fallback",
        files: &[(
            CONFIG,
            index!(
                "credential-provider = 'recorder not-found'\n[registry]\nglobal-credential-providers = ['recorder']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"not-found\"]",
        ..ROW
    },
    Row {
        rule: "an empty list of words is refused",
        files: &[(CONFIG, index!("credential-provider = []\n"))],
        said: error(
            "invalid length 0, expected at least one element",
            "invalid length 0, expected at least one element",
        ),
        ..ROW
    },
    Row {
        rule: "the global list is tried from its end",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder not-found 2', 'recorder unsupported-registry 1']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") [\"unsupported-registry\", \"1\"]\nlogout https://a.example/ Some(\"a\") [\"not-found\", \"2\"]\nlogout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "any other answer ends the list",
        files: &[(
            CONFIG,
            index!("[registry]\nglobal-credential-providers = ['recorder', 'recorder broken']\n"),
        )],
        said: failed(
            "credential provider `recorder broken` failed action `logout`\n\nCaused by:\n  broken",
            "credential provider `recorder` failed action `logout`\n\nCaused by:\n  the provider says: broken",
        ),
        ..ROW
    },
    Row {
        rule: "an operation that is not supported ends the list",
        files: &[(
            CONFIG,
            index!(
                "[registry]\nglobal-credential-providers = ['recorder', 'recorder unsupported-operation']\n"
            ),
        )],
        said: failed("requested operation not supported", "requested operation not supported"),
        ..ROW
    },
    Row {
        rule: "nobody who serves the registry is an error",
        files: &[(
            CONFIG,
            index!("[registry]\nglobal-credential-providers = ['recorder unsupported-registry']\n"),
        )],
        shows: "error: no credential providers could handle the request",
        ..ROW
    },
    Row {
        rule: "the global list is a list",
        files: &[(CONFIG, a!("[registry]\nglobal-credential-providers = 'recorder'\n"))],
        said: error(
            "expected a list, but found a string for `registry.global-credential-providers`",
            "`registry.global-credential-providers` in [ROOT]/user/.cargo/config.toml:5 must be a list of strings, but is a string",
        ),
        ..ROW
    },
    Row {
        rule: "an empty list means cargo's own file",
        files: &[(CONFIG, index!("[registry]\nglobal-credential-providers = []\n"))],
        shows: "      Logout not currently logged in to `a`",
        ..ROW
    },
    Row {
        rule: "a path starts at the folder that holds cargo's",
        files: &[(CONFIG, index!("credential-provider = 'bin/p'\n"))],
        said: native(
            "credential provider `[ROOT]/user/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a path of --config starts at the working directory",
        files: &[(CONFIG, index!())],
        words: &[
            "logout",
            "--registry",
            "a",
            "--config",
            "registries.a.credential-provider = 'bin/p'",
        ],
        said: native(
            "credential provider `[ROOT]/project/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/project/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    Row {
        rule: "a path of an included file starts two folders above it",
        files: &[
            (CONFIG, "include = ['d/x.toml']\n"),
            ("user/.cargo/d/x.toml", index!("credential-provider = 'bin/p'\n")),
        ],
        said: native(
            "credential provider `[ROOT]/user/.cargo/bin/p` failed action `logout`",
            "credential provider `lockgate:cargo-plugin [ROOT]/user/.cargo/bin/p` failed action `logout`",
        ),
        ..ROW
    },
    // Aliases.
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
    // Secrets that nobody looks at.
    Row {
        rule: "a token beside another provider is told",
        files: &[(CONFIG, a!("token = 't'\n"))],
        shows: "warning: registry `a` has a token configured in [ROOT]/user/.cargo/config.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a key beside another provider is told",
        files: &[(CONFIG, a!("secret-key = 't'\n"))],
        shows: "warning: registry `a` has a secret-key configured in [ROOT]/user/.cargo/config.toml that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a token in a variable is told",
        files: &[(CONFIG, a!())],
        variables: &[("CARGO_REGISTRIES_A_TOKEN", "t")],
        shows: "warning: registry `a` has a token configured in environment variable `CARGO_REGISTRIES_A_TOKEN` that will be ignored because this registry is configured to use credential-provider `recorder`",
        ..ROW
    },
    Row {
        rule: "a token is told if no list has cargo:token",
        files: &[(
            CONFIG,
            index!("token = 't'\n[registry]\nglobal-credential-providers = ['recorder']\n"),
        )],
        shows: "warning: registry `a` has a token configured in [ROOT]/user/.cargo/config.toml that will be ignored because the `cargo:token` credential provider is not listed in `registry.global-credential-providers`",
        ..ROW
    },
    Row {
        rule: "a token is not told if the list has cargo:token",
        files: &[(
            CONFIG,
            index!(
                "token = 't'\n[registry]\nglobal-credential-providers = ['cargo:token', 'recorder']\n"
            ),
        )],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "a kept token of another provider is not read",
        files: &[(CONFIG, a!()), (CREDENTIALS, "[registries.a]\ntoken = 't'\n")],
        said: Said::Otherwise {
            theirs: "has a token configured in [ROOT]/user/.cargo/credentials.toml",
            ours: "",
            subject: "a token in `credentials.toml` that the configured provider does not read",
        },
        ..ROW
    },
    // Options.
    Row {
        rule: "more and quiet at once are refused",
        words: &["logout", "-q", "-v"],
        shows: "error: cannot set both --verbose and --quiet",
        ..ROW
    },
    Row {
        rule: "quiet before the verb leaves warnings out",
        files: &[(CONFIG, a!("foo = 1\n"))],
        words: &["-q", "logout", "--registry", "a"],
        said: Said::Ends { theirs: "", ours: "", subject: "what providers print" },
        ..ROW
    },
    Row {
        rule: "quiet twice in one place is refused",
        words: &["logout", "-q", "-q"],
        shows: "error: the argument '--quiet' cannot be used multiple times",
        ..ROW
    },
    Row {
        rule: "-C is refused before the verb",
        words: &["-C", "/", "logout"],
        shows: "error: the `-C` flag is unstable, pass `-Z unstable-options` on the nightly channel to enable it",
        ..ROW
    },
    Row {
        rule: "-C is unknown behind the verb",
        words: &["logout", "-C", "/"],
        shows: "error: unexpected argument '-C' found",
        ..ROW
    },
    Row {
        rule: "-Z is refused",
        words: &["logout", "-Z", "unstable-options"],
        shows: "error: the `-Z` flag is only accepted on the nightly channel of Cargo, but this is the `stable` channel",
        ..ROW
    },
    Row {
        rule: "--offline, --locked and --frozen are taken before and behind the verb",
        files: &[(CONFIG, a!())],
        words: &["--offline", "--locked", "logout", "--frozen", "--offline", "--registry", "a"],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "an unknown colour is refused",
        words: &["logout", "--color", "x"],
        shows: "error: invalid value 'x' for '--color <WHEN>'",
        ..ROW
    },
    Row {
        rule: "an unknown colour of a variable is refused",
        variables: &[("CARGO_TERM_COLOR", "x")],
        shows: "error: argument for --color must be auto, always, or never, but found `x`",
        ..ROW
    },
    Row {
        rule: "term.quiet and term.verbose at once are refused",
        files: &[(CONFIG, a!("[term]\nquiet = true\nverbose = true\n"))],
        shows: "error: cannot set both `term.verbose` and `term.quiet`",
        ..ROW
    },
    Row {
        rule: "term.verbose tells more",
        files: &[(CONFIG, a!("[term]\nverbose = true\n"))],
        shows: "logout https://a.example/ Some(\"a\") []",
        ..ROW
    },
    Row {
        rule: "the index is no option",
        words: &["logout", "--index", "x"],
        shows: "error: unexpected argument '--index' found",
        ..ROW
    },
    Row {
        rule: "logout takes no words",
        words: &["logout", "x"],
        shows: "error: unexpected argument 'x' found",
        ..ROW
    },
    Row {
        rule: "a registry is named once",
        words: &["logout", "--registry", "a", "--registry", "a"],
        shows: "error: the argument '--registry <REGISTRY>' cannot be used multiple times",
        ..ROW
    },
    // Login.
    Row {
        rule: "login hands the token and all words to the provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = ['recorder', 'c d']\n",
        )],
        words: &["login", "--registry", "a", "--", "e", "--f"],
        input: "  secret \n",
        said: Said::Otherwise {
            theirs: "Updating `a` index",
            ours: "",
            subject: "`lockgate cargo login`: asking the registry first",
        },
        ..ROW
    },
    Row {
        rule: "login keeps the token under the name that was given",
        files: &[(CONFIG, "[registries.a]\nindex = '[SERVER]'\n")],
        words: &["login", "--registry", "a"],
        input: "secret\n",
        said: Said::Otherwise {
            theirs: "Login token for `a` saved",
            ours: "Login token for `a` saved",
            subject: "`lockgate cargo login`: asking the registry first",
        },
        ..ROW
    },
];
