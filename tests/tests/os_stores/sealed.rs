//! The token on its way: not in a file, not in the audit, not in the clear on the bus.

use std::fs;

use lockgate_tests::programs;

use crate::{Desktop, LIBSECRET, Machine};

const CANARY: &str = "canary-5b1f09c7e2d84a63";

/// What `strace` shows of all that the program writes to sockets and reads from them. Its own
/// processes speak with each other through pipes, which nobody else can open.
fn traced(machine: &Machine, words: &[&str], input: &str) -> String {
    programs::require("strace");
    let file = machine.home.root().join("trace");
    let strace = ["strace", "-f", "-qq", "-s", "100000", "-e", "trace=network", "-o"];
    let run = machine.desktop.within(machine.home.lockgate(words));
    let under: Vec<&str> = strace.into_iter().chain([file.to_str().unwrap()]).collect();
    let _ = run.stdin(format!("{input}\n")).under(under).run().succeeds();
    fs::read_to_string(&file).unwrap()
}

#[test]
fn a_token_crosses_the_bus_encrypted_and_is_in_no_file() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let login = traced(&machine, &["cargo", "login", "--registry", "corp"], CANARY);
    let reading = ["cargo", "token", "--registry", "corp", "--reveal"];
    let token = traced(&machine, &reading, "");
    assert_eq!(machine.token_in_keyring().as_deref(), Some(CANARY));
    for trace in [&login, &token] {
        assert!(trace.contains("AUTH EXTERNAL"), "the bus was not talked to:\n{trace}");
        assert!(!trace.contains(CANARY), "{trace}");
    }
    for (path, bytes) in machine.home.files() {
        if path.ends_with("trace") {
            continue;
        }
        let found = bytes.windows(CANARY.len()).any(|bytes| bytes == CANARY.as_bytes());
        assert!(!found, "{}", path.display());
    }
    let audit = machine.home.lockgate(["audit", "show"]).run().succeeds();
    let _ = audit.shows("os").nowhere_has(CANARY);
}

/// How often a request waits for the bus: once to be let in, find the entry and agree on a key, and
/// once for the secret.
#[test]
fn a_get_sends_twice_and_a_login_no_more_often() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let sent = |trace: &str| trace.matches("sendto(").count();
    let none = ["cargo", "logout", "--registry", "corp"];
    assert_eq!(sent(&traced(&machine, &none, "")), 1);
    let plugin = |kind: &str| {
        let request = match kind {
            "get" => lockgate_tests::plugin::get(&machine.server.index_url(), &[LIBSECRET]),
            _ => lockgate_tests::plugin::login(&machine.server.index_url(), "abc", &[LIBSECRET]),
        };
        let file = machine.home.root().join("trace");
        let strace = ["strace", "-f", "-qq", "-e", "trace=network", "-o", file.to_str().unwrap()];
        let run = machine.desktop.within(machine.home.plugin()).stdin(format!("{request}\n"));
        let _ = run.under(strace).run().succeeds().shows("\"Ok\"");
        fs::read_to_string(&file).unwrap()
    };
    assert_eq!(sent(&plugin("login")), 2);
    let get = plugin("get");
    assert_eq!(sent(&get), 2);
    assert_eq!(get.matches("connect(").count(), 1, "{get}");
}
