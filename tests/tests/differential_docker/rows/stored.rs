//! What is stored is tried before a person is asked. docker does that by its daemon alone.

use super::*;

const fn again(files: &'static [(&'static str, &'static str)]) -> Row {
    Row { words: AGAIN, files, input: "", daemon: true, ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "what is stored is tried",
        shows: "Authenticating with existing credentials... [Username: alice]",
        ..again(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "what is stored under another spelling is tried",
        said: ends(RESTORE, "\"[SERVER]\": {", "Login Succeeded"),
        ..again(&[(CONFIG, known!("https://[SERVER]/v1/"))])
    },
    Row {
        rule: "what a helper has is tried",
        said: ends(RESTORE, "called: known store", "called: known get [SERVER]"),
        ..again(&[(CONFIG, store!("known"))])
    },
    Row {
        rule: "what is stored and expired is told",
        shows: "Stored credentials invalid or expired",
        ..again(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6b2xk\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "what a helper has and is expired is told",
        said: ends(RESTORE, "called: expired store", "called: expired get [SERVER]"),
        ..again(&[(CONFIG, store!("expired"))])
    },
    Row {
        rule: "what stands for an account in the file is no password to try",
        shows: "non TTY device",
        ..again(&[(
            CONFIG,
            "{\n\t\"auths\": {\n\t\t\"[SERVER]\": {\n\t\t\t\"auth\": \"YWxpY2U6\",\n\t\t\t\"identitytoken\": \"identity-token-1\"\n\t\t}\n\t}\n}",
        )])
    },
    Row {
        rule: "nothing is tried for another port",
        shows: "non TTY device",
        ..again(&[(CONFIG, known!("127.0.0.1:1"))])
    },
    Row {
        rule: "a user of the command line means that nothing is tried",
        words: &["login", "-u", "alice", "[SERVER]"],
        shows: "non TTY device",
        ..again(&[(CONFIG, known!("[SERVER]"))])
    },
    Row {
        rule: "without a daemon docker cannot try what is stored",
        daemon: false,
        said: ends(DAEMON, "Cannot connect to the Docker daemon", "Login Succeeded"),
        ..again(&[(CONFIG, known!("[SERVER]"))])
    },
];
