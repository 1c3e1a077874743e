//! The wall behind the sandbox: over the bus every secret can be had and programs be started, so a
//! confined request has no connection to it and makes none, also where its own entry is in the keyring.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use lockgate_tests::Output;

use crate::{Desktop, LIBSECRET, Machine, TOKEN, entry_of};

/// The program that serves a request and tries what it should not.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/second_wall");
    assert!(program.is_file(), "`cargo test -p lockgate-tests` builds it, `--test` alone does not");
    program
}

fn attempt(machine: &Machine, provider: &str, words: &[&str]) -> Output {
    let home = &machine.home;
    let secret = home.user().join("id_ed25519");
    fs::write(&secret, "a key").unwrap();
    home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    let agent = home.root().join("agent");
    let _ = fs::remove_file(&agent);
    let _agent = UnixListener::bind(&agent).unwrap();
    let run = home.run(program()).args(words).env("PROVIDER", provider);
    let run = run
        .env("INDEX", machine.server.index_url())
        .env("SECRET_FILE", &secret)
        .env("STORE_FILE", home.credentials())
        .env("SERVER", format!("127.0.0.1:{}", machine.server.port()))
        .env("BUS", machine.desktop.socket())
        .env("AGENT", &agent);
    machine.desktop.within(run).run().succeeds()
}

const CONNECT: [&str; 2] = ["connect to the session bus", "connect to another local socket"];
const FIND: &str = "find an open connection";

#[test]
fn a_request_of_the_keyring_gets_its_entry_and_has_no_connection_to_the_bus() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    machine.desktop.keep("own", &entry_of(&machine.server.index_url()), TOKEN.as_bytes());
    let confined = attempt(&machine, LIBSECRET, &[]).shows("answered true\n");
    for deed in CONNECT.iter().chain([&FIND, &"read a file of the user"]) {
        assert!(confined.stdout.contains(&format!("{deed}: refused\n")), "{deed}\n{confined}");
    }
    let free = attempt(&machine, LIBSECRET, &["free"]);
    for deed in CONNECT.iter().chain([&FIND]) {
        assert!(free.stdout.contains(&format!("{deed}: done\n")), "the twin: {deed}\n{free}");
    }
}

#[test]
fn a_request_without_the_keyring_has_no_connection_at_all() {
    let machine = Machine::new("cargo:token", Desktop::new());
    let confined = attempt(&machine, "cargo:token", &[]).shows("answered true\n");
    for deed in CONNECT.iter().chain([&FIND]) {
        assert!(confined.stdout.contains(&format!("{deed}: refused\n")), "{deed}\n{confined}");
    }
}
