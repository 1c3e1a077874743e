//! Logouts, and the file.

use super::*;

const fn logout(files: &'static [(&'static str, &'static str)]) -> Row {
    Row { words: LOGOUT, input: "", files, ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a logout tells what it does",
        shows: "Removing login credentials for [SERVER]",
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a logout leaves an empty list",
        shows: "{\n\t\"auths\": {}\n}",
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a logout of nothing says the same",
        shows: "Removing login credentials for [SERVER]",
        ..logout(&[])
    },
    Row {
        rule: "a logout of nothing leaves the file alone",
        shows: "{ \"auths\" : {} }",
        ..logout(&[(CONFIG, "{ \"auths\" : {} }")])
    },
    Row {
        rule: "a logout leaves other registries alone",
        shows: "\"b.example\"",
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"b.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "a logout takes http:// and https:// along",
        shows: "{\n\t\"auths\": {}\n}",
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"http://[SERVER]\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"https://[SERVER]\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "a logout and a key with a path",
        said: ends(LOGOUT_KEYS, "https://[SERVER]/v1/", "\"auths\": {}"),
        ..logout(&[(CONFIG, known!("https://[SERVER]/v1/"))])
    },
    Row {
        rule: "a logout leaves another port alone",
        shows: "127.0.0.1:1",
        ..logout(&[(CONFIG, known!("127.0.0.1:1"))])
    },
    Row {
        rule: "a logout with http:// means the host",
        words: &["logout", "http://[SERVER]"],
        shows: "Removing login credentials for [SERVER]",
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a logout with a path means the host",
        words: &["logout", "[SERVER]/a/b"],
        shows: "Removing login credentials for [SERVER]",
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a logout with the very key takes it",
        words: &["logout", "https://[SERVER]/v1/"],
        shows: "{\n\t\"auths\": {}\n}",
        ..logout(&[(CONFIG, known!("https://[SERVER]/v1/"))])
    },
    Row {
        rule: "a logout without a server means Hub",
        words: &["logout"],
        shows: "Removing login credentials for https://index.docker.io/v1/",
        ..logout(&[(CONFIG, known!("https://index.docker.io/v1/"))])
    },
    Row {
        rule: "a logout of docker.io",
        words: &["logout", "docker.io"],
        said: ends(LOGOUT_KEYS, "https://index.docker.io/v1/", "\"auths\": {}"),
        ..logout(&[(CONFIG, known!("https://index.docker.io/v1/"))])
    },
    Row {
        rule: "a logout of Hub's own key",
        words: &["logout", "https://index.docker.io/v1/"],
        shows: "Removing login credentials for",
        ..logout(&[(CONFIG, known!("https://index.docker.io/v1/"))])
    },
    Row {
        rule: "a logout of Hub leaves a token alone that it does not know how to revoke",
        words: &["logout"],
        said: ends(BROWSER, "v1/access-token", "not revoked"),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"https://index.docker.io/v1/access-token\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "a logout of an empty server means Hub",
        words: &["logout", ""],
        shows: "https://index.docker.io/v1/",
        ..logout(&[(CONFIG, known!("https://index.docker.io/v1/"))])
    },
    Row {
        rule: "a logout keeps the file's mode",
        modes: &[(CONFIG, 0o640)],
        shows: "(mode 640)",
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a logout keeps a link",
        links: &[(CONFIG, "[ROOT]/elsewhere/config.json")],
        shows: "elsewhere/config.json",
        ..logout(&[("elsewhere/config.json", known!("[SERVER]"))])
    },
    Row {
        rule: "a logout in the folder of DOCKER_CONFIG",
        variables: &[("DOCKER_CONFIG", "[ROOT]/elsewhere")],
        shows: "\"auths\": {}",
        ..logout(&[("elsewhere/config.json", known!("[SERVER]"))])
    },
    Row {
        rule: "a logout with a file that is no JSON",
        said: words(
            BROKEN,
            "WARNING: Error parsing config file",
            "docker's configuration is not JSON",
        ),
        ..logout(&[(CONFIG, "{")])
    },
    Row {
        rule: "a logout beside an entry that is no base64",
        said: ends(BROKEN, "\"z.example\": {}", "\"auth\": \"???\""),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"z.example\": {\n\t\t\t\"auth\": \"???\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "a logout and unknown members",
        said: ends(KEPT, "\"auths\": {}", "\"mine\": 1"),
        ..logout(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t},\n\t\"mine\": 1\n}",
        )])
    },
    Row {
        rule: "a logout asks no registry",
        shows: "Removing",
        registry: At::Fake(Manner::guarded(Guard::Status(500))),
        ..logout(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "a login after a logout",
        words: LOGIN,
        input: "s3cret\n",
        then: &[LOGOUT, &["login", "-u", "alice", "-p", "s3cret", "[SERVER]"]],
        shows: "Removing login credentials for [SERVER]",
        ..logout(&[])
    },
];
