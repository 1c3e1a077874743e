//! Which server is meant, and under which name it is kept.

use super::*;

const fn login(server: &'static [&'static str; 5]) -> Row {
    Row { words: server, ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row { rule: "a server is kept as it is named", shows: "\"[SERVER]\": {", ..ROW },
    Row {
        rule: "http:// is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "http://[SERVER]"])
    },
    Row {
        rule: "https:// is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "https://[SERVER]"])
    },
    Row {
        rule: "a path is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "[SERVER]/a/b"])
    },
    Row {
        rule: "a path behind http:// is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "http://[SERVER]/v2/"])
    },
    Row {
        rule: "a slash at the end is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "[SERVER]/"])
    },
    Row {
        rule: "localhost is another name",
        shows: "\"localhost:[PORT]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "localhost:[PORT]"])
    },
    Row {
        rule: "capital letters stay",
        shows: "\"LocalHost:[PORT]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "LocalHost:[PORT]"])
    },
    Row {
        rule: "a user in the server's URL is none of the name",
        shows: "\"[SERVER]\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "http://bob:x@[SERVER]"])
    },
    Row {
        rule: "a query stays in the name",
        shows: "\"[SERVER]?a=b\": {",
        ..login(&["login", "-u", "alice", "--password-stdin", "[SERVER]?a=b"])
    },
    Row {
        rule: "a name with spaces",
        said: words(
            ANSWERS,
            "unable to parse server address: parse",
            "unable to parse server address: ",
        ),
        ..login(&["login", "-u", "alice", "--password-stdin", " [SERVER] "])
    },
    Row {
        rule: "a port that is none",
        said: words(
            ANSWERS,
            "unable to parse server address: parse",
            "unable to parse server address: invalid port number",
        ),
        ..login(&["login", "-u", "alice", "--password-stdin", "127.0.0.1:x"])
    },
    Row {
        rule: "nobody listens",
        said: words(ANSWERS, "connect: connection refused", "Connection refused"),
        ..login(&["login", "-u", "alice", "--password-stdin", "127.0.0.1:1"])
    },
    Row {
        rule: "a host that is none",
        said: words(
            ANSWERS,
            "lookup nowhere.invalid",
            "the address of `nowhere.invalid` could not be looked up",
        ),
        ..login(&["login", "-u", "alice", "--password-stdin", "nowhere.invalid"])
    },
];
