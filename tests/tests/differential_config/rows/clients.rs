//! What cargo asks its providers for.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "reading a registry that wants a token asks for reading, with the challenge",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n"),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n[dependencies]\ntool = { version = '1', registry = 'a' }\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["fetch"],
        access: Access::Private,
        shows: "\"operation\":\"read\"",
        ..ROW
    },
    Row {
        rule: "a token that is good for one purpose is asked for again for publishing",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
            ),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["publish", "--registry", "a", "--no-verify", "--allow-dirty"],
        access: Access::Private,
        shows: "\"operation\":\"publish\"",
        ..ROW
    },
    Row {
        rule: "a token that is good for every purpose is asked for once",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n"),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["publish", "--registry", "a", "--no-verify", "--allow-dirty"],
        access: Access::Private,
        shows: "Published made v0.1.0",
        ..ROW
    },
    Row {
        rule: "a token that is good once is asked for each time",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] once'\n"),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["publish", "--registry", "a", "--no-verify", "--allow-dirty"],
        access: Access::Private,
        shows: "\"operation\":\"publish\"",
        ..ROW
    },
    Row {
        rule: "a token that expires soon is asked for again",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] soon'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "\"operation\":\"owners\"",
        ..ROW
    },
    Row {
        rule: "a token that expires later is asked for once",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] later'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "\"operation\":\"read\"",
        ..ROW
    },
    Row {
        rule: "a public registry wants a token for publishing alone",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
            ),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["publish", "--registry", "a", "--no-verify", "--allow-dirty"],
        shows: "\"operation\":\"publish\"",
        ..ROW
    },
    Row {
        rule: "yanking names the package and the version",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
        )],
        asks: Asks::Provider,
        words: &["yank", "tool", "--version", "1.0.0", "--registry", "a"],
        access: Access::Private,
        shows: "\"operation\":\"yank\"",
        ..ROW
    },
    Row {
        rule: "taking a yank back is another purpose",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
        )],
        asks: Asks::Provider,
        words: &["yank", "tool", "--version", "1.0.0", "--registry", "a", "--undo"],
        access: Access::Private,
        shows: "\"operation\":\"unyank\"",
        ..ROW
    },
    Row {
        rule: "listing owners is asked for as changing them",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        then: &[
            (&["owner", "--add", "x", "tool", "--registry", "a"], ""),
            (&["owner", "--remove", "x", "tool", "--registry", "a"], ""),
        ],
        access: Access::Private,
        shows: "\"operation\":\"owners\"",
        ..ROW
    },
    Row {
        rule: "what cargo has kept of a registry spares the challenge",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN] for-this'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a"],
        then: &[(&["owner", "--list", "tool", "--registry", "a"], "")],
        access: Access::Private,
        shows: "\"operation\":\"owners\"",
        ..ROW
    },
    Row {
        rule: "searching a registry that wants a token asks for reading",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n",
        )],
        asks: Asks::Provider,
        words: &["info", "tool", "--registry", "a"],
        access: Access::Private,
        shows: "\"operation\":\"read\"",
        ..ROW
    },
    Row {
        rule: "searching a public registry asks nobody",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n",
        )],
        asks: Asks::Provider,
        words: &["info", "tool", "--registry", "a"],
        shows: "tool",
        ..ROW
    },
    Row {
        rule: "a dry run of publishing asks nobody",
        files: &[
            (CONFIG, "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n"),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["publish", "--registry", "a", "--no-verify", "--allow-dirty", "--dry-run"],
        shows: "aborting upload due to dry run",
        ..ROW
    },
    Row {
        rule: "a token on the command line goes before every provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--registry", "a", "--token", "kept"],
        access: Access::Private,
        shows: "kept",
        ..ROW
    },
    Row {
        rule: "a URL on the command line wants a token there",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n",
        )],
        asks: Asks::Provider,
        words: &["owner", "--list", "tool", "--index", "[SERVER]"],
        shows: "command-line argument --index requires --token to be specified",
        ..ROW
    },
    Row {
        rule: "a registry that is named by its URL has no name",
        files: &[(CONFIG, "[registry]\nglobal-credential-providers = ['[PLUGIN]']\n")],
        asks: Asks::Provider,
        words: &["info", "tool", "--index", "[SERVER]"],
        access: Access::Private,
        shows: "\"operation\":\"read\",\"registry\":{\"headers\"",
        ..ROW
    },
    Row {
        rule: "a URL on the command line finds the name and its provider",
        files: &[(
            CONFIG,
            "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n",
        )],
        asks: Asks::Provider,
        words: &["info", "tool", "--index", "[SERVER]"],
        access: Access::Private,
        shows: "note: name of alternative registry",
        ..ROW
    },
    Row {
        rule: "a mirror by URL is asked for without a name",
        files: &[
            (
                CONFIG,
                "[source.crates-io]\nreplace-with = 'm'\n[source.m]\nregistry = '[SERVER]'\n[registry]\ntoken = 'of-config'\nglobal-credential-providers = ['[PLUGIN]']\n",
            ),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n[dependencies]\ntool = '1'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["fetch"],
        access: Access::Private,
        shows: "\"operation\":\"read\"",
        ..ROW
    },
    Row {
        rule: "a mirror that is a registry is asked for by its name",
        files: &[
            (
                CONFIG,
                "[registries.a]\nindex = '[SERVER]'\ncredential-provider = '[PLUGIN]'\n[source.crates-io]\nreplace-with = 'a'\n[registry]\ntoken = 'of-config'\n",
            ),
            (
                "project/Cargo.toml",
                "[package]\nname = 'made'\nversion = '0.1.0'\nedition = '2024'\ndescription = 'd'\nlicense = 'MIT'\n[dependencies]\ntool = '1'\n",
            ),
            ("project/src/lib.rs", ""),
        ],
        asks: Asks::Provider,
        words: &["fetch"],
        access: Access::Private,
        shows: "\"name\":\"a\"",
        ..ROW
    },
];
