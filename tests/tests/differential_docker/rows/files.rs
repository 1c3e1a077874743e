//! What a login writes into `config.json`.

use super::*;

pub(crate) const ROWS: &[Row] = &[
    Row { rule: "a new file is the user's alone", shows: "(mode 600)", ..ROW },
    Row {
        rule: "what is kept unencrypted is told",
        shows: "WARNING! Your credentials are stored unencrypted in '[ROOT]/user/.docker/config.json'.",
        ..ROW
    },
    Row {
        rule: "a file that was there keeps its mode",
        files: &[(CONFIG, "{}")],
        modes: &[(CONFIG, 0o640)],
        said: words(OTHERS, "(mode 640)", "other users can read"),
        ..ROW
    },
    Row {
        rule: "an empty file is an empty configuration",
        files: &[(CONFIG, "")],
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "a file of spaces is an empty configuration",
        files: &[(CONFIG, " \n")],
        shows: "Login Succeeded",
        ..ROW
    },
    Row {
        rule: "other registries stay",
        files: &[(CONFIG, known!("a.example"))],
        shows: "\"a.example\": {",
        ..ROW
    },
    Row {
        rule: "a new password takes the old one's place",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"Ym9iOm9sZA==\"\n\t\t}\n\t}\n}",
        )],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "the same once more writes nothing",
        files: &[(CONFIG, known!("[SERVER]"))],
        modes: &[(CONFIG, 0o400)],
        shows: "stderr:\n\n",
        ..ROW
    },
    Row {
        rule: "the same once more, however it is written",
        files: &[(
            CONFIG,
            "{ \"auths\": {\"[SERVER]\": {\"auth\": \"YWxpY2U6czNjcmV0\"}}, \"z\": 1 }",
        )],
        shows: "{ \"auths\"",
        ..ROW
    },
    Row {
        rule: "a password replaces what stood for the account",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6\",\n\t\t\t\"identitytoken\": \"old\"\n\t\t}\n\t}\n}",
        )],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "what stands for the account replaces a password",
        registry: At::Fake(Manner::giving(Tokens::Identity)),
        files: &[(CONFIG, known!("[SERVER]"))],
        said: words(
            TOKENS_TOLD,
            "\"auth\": \"YWxpY2U6\"",
            "Your credentials are stored unencrypted",
        ),
        ..ROW
    },
    Row {
        rule: "known members stay as they are",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"HttpHeaders\": {\n\t\t\"X-A\": \"b\"\n\t},\n\t\"psFormat\": \"table {{.ID}}\\\\t{{.Names}}\",\n\t\"detachKeys\": \"ctrl-e,e\",\n\t\"currentContext\": \"default\"\n}",
        )],
        shows: "\"psFormat\": \"table {{.ID}}\\\\t{{.Names}}\"",
        ..ROW
    },
    Row {
        rule: "unknown members",
        files: &[(CONFIG, "{\n\t\"auths\": {},\n\t\"myUnknown\": [1,2]\n}")],
        said: ends(KEPT, "[SERVER]", "\"myUnknown\": [1,2]"),
        ..ROW
    },
    Row {
        rule: "an unknown member of an entry",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"a.example\": {\n\t\t\t\"auth\": \"YTpi\",\n\t\t\t\"unknown\": 1\n\t\t}\n\t}\n}",
        )],
        said: ends(KEPT, "[SERVER]", "\"unknown\": 1"),
        ..ROW
    },
    Row {
        rule: "an entry of the oldest form",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"a.example\": {\n\t\t\t\"username\": \"a\",\n\t\t\t\"password\": \"b\"\n\t\t}\n\t}\n}",
        )],
        said: ends(KEPT, "\"auth\": \"YTpi\"", "\"password\": \"b\""),
        ..ROW
    },
    Row {
        rule: "a header that names a client",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {},\n\t\"HttpHeaders\": {\n\t\t\"User-Agent\": \"me\"\n\t}\n}",
        )],
        said: ends(KEPT, "[SERVER]", "\"User-Agent\": \"me\""),
        ..ROW
    },
    Row {
        rule: "a file in another order and with spaces",
        files: &[(CONFIG, "{\n  \"psFormat\": \"x\",\n  \"auths\": {}\n}\n")],
        said: ends(KEPT, "\n\t\"psFormat\": \"x\"\n}", "{\n  \"psFormat\": \"x\",\n  \"auths\": {"),
        ..ROW
    },
    Row {
        rule: "entries in another order",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"z.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"a.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}",
        )],
        said: ends(
            KEPT,
            "\"a.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"z.example\"",
            "\"z.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"a.example\"",
        ),
        ..ROW
    },
    Row {
        rule: "a file that is no JSON",
        files: &[(CONFIG, "{")],
        said: ends(BROKEN, "Login Succeeded", "docker's configuration is not JSON"),
        ..ROW
    },
    Row {
        rule: "an entry that is no base64",
        files: &[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"a.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"b.example\": {\n\t\t\t\"auth\": \"???\"\n\t\t}\n\t}\n}",
        )],
        said: ends(BROKEN, "\"b.example\": {}", "\"auth\": \"???\""),
        ..ROW
    },
    Row {
        rule: "auths that are no object",
        files: &[(CONFIG, "{\"auths\": []}")],
        said: ends(BROKEN, "Login Succeeded", "`auths` must be an object in braces"),
        ..ROW
    },
    Row {
        rule: "a link stays a link",
        files: &[("elsewhere/config.json", "{}")],
        links: &[(CONFIG, "[ROOT]/elsewhere/config.json")],
        shows: "elsewhere/config.json:",
        ..ROW
    },
    Row {
        rule: "a link to where nothing is yet",
        files: &[("elsewhere/other", "")],
        links: &[(CONFIG, "[ROOT]/elsewhere/config.json")],
        shows: "elsewhere/config.json:",
        ..ROW
    },
    Row {
        rule: "the folder itself may be a link",
        files: &[("elsewhere/d/other", "")],
        links: &[("user/.docker", "[ROOT]/elsewhere/d")],
        shows: "elsewhere/d/config.json:",
        ..ROW
    },
    Row {
        rule: "the file is a folder",
        files: &[("user/.docker/config.json/x", "")],
        said: ends(BROKEN, "Error saving credentials: rename", "is not a regular file"),
        ..ROW
    },
    Row {
        rule: "DOCKER_CONFIG names the folder",
        variables: &[("DOCKER_CONFIG", "[ROOT]/elsewhere/docker")],
        shows: "elsewhere/docker/config.json:",
        ..ROW
    },
    Row {
        rule: "an empty DOCKER_CONFIG is none",
        variables: &[("DOCKER_CONFIG", "")],
        shows: "user/.docker/config.json:",
        ..ROW
    },
    Row {
        rule: "a relative DOCKER_CONFIG starts at the working directory",
        variables: &[("DOCKER_CONFIG", "elsewhere/relative")],
        said: words(
            PATH,
            "in 'elsewhere/relative/config.json'",
            "in '[ROOT]/elsewhere/relative/config.json'",
        ),
        ..ROW
    },
    Row {
        rule: "REGISTRY_AUTH_FILE is not docker's",
        variables: &[("REGISTRY_AUTH_FILE", "[ROOT]/elsewhere/auth.json")],
        shows: "user/.docker/config.json:",
        ..ROW
    },
    Row {
        rule: "DOCKER_AUTH_CONFIG",
        variables: &[("DOCKER_AUTH_CONFIG", "{\"auths\":{\"a.example\":{\"auth\":\"YTpi\"}}}")],
        said: words(
            VARIABLE,
            "Login Succeeded",
            "WARNING: DOCKER_AUTH_CONFIG is set and takes precedence.",
        ),
        ..ROW
    },
    Row {
        rule: "an entry under another spelling of the server stays at a login",
        files: &[(CONFIG, known!("https://[SERVER]/v1/"))],
        shows: "\"[SERVER]\": {\n\t\t\t\"auth\"",
        ..ROW
    },
];
