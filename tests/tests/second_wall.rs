//! The wall behind the sandbox: what a request's own process can still do, if the first wall had
//! a hole.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "second_wall/docker.rs"]
mod docker;
#[path = "second_wall/keys.rs"]
mod keys;

use std::fs;
use std::path::PathBuf;

use lockgate_tests::{Access, Home, Output, Server};

/// The program that serves a request and tries what it should not.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // The test is `<target>/<profile>/deps/TEST`.
    let program = test.ancestors().nth(2).unwrap().join("examples/second_wall");
    assert!(program.is_file(), "`cargo test -p lockgate-tests` builds it, `--test` alone does not");
    program
}

fn attempt(words: &[&str]) -> Output {
    let (home, server) = (Home::new(), Server::start(Access::Public));
    home.write_config(format!("[registries.corp]\nindex = \"{}\"\n", server.index_url()));
    home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    let secret = home.user().join("id_ed25519");
    fs::write(&secret, "a key").unwrap();
    home.run(program())
        .args(words)
        .env("INDEX", server.index_url())
        .env("SECRET_FILE", &secret)
        .env("STORE_FILE", home.credentials())
        .env("SERVER", format!("127.0.0.1:{}", server.port()))
        .run()
        .succeeds()
}

const FORBIDDEN: [&str; 6] = [
    "read a file of the user",
    "write into the home",
    "write beside cargo's programs",
    "append to a file of the user",
    "start a program",
    "connect to a port",
];

#[test]
fn a_request_reaches_its_store_and_nothing_else_of_the_machine() {
    let confined = attempt(&[]);
    for deed in FORBIDDEN {
        assert!(confined.stdout.contains(&format!("{deed}: refused\n")), "{deed}\n{confined}");
    }
    let served = confined.shows("read the granted store: done\n").shows("answered true\n");
    let free = attempt(&["free"]);
    for deed in FORBIDDEN {
        assert!(
            free.stdout.contains(&format!("{deed}: done\n")),
            "the twin: {deed}\n{free}{served}"
        );
    }
}
