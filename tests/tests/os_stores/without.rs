//! Keyrings that cannot be used: each says so in its own way, and nothing comes from the plain file.

use std::time::Instant;

use lockgate_tests::{Home, Output};

use crate::{Desktop, LIBSECRET, Machine, OS_STORE, PLAIN, TOKEN, entry_of};

/// The person is told, and gets no token from elsewhere.
fn is_told(output: Output, words: &str) {
    let _ = output.exits_with(101).says(words).nowhere_has(PLAIN).nowhere_has(TOKEN);
}

/// Reading, logging in and logging out all say it, and the plain file stays as it was.
fn says_all_the_time(machine: &Machine, words: &str) {
    let before = machine.home.read_credentials();
    is_told(machine.reads(), words);
    is_told(machine.logs_in("new-token"), words);
    let _ = machine.lockgate("logout").run().exits_with(101).says(words);
    assert!(!machine.home.read_credentials().contains("new-token"));
    if before.is_empty() {
        assert!(machine.home.read_credentials().is_empty());
    }
}

#[test]
fn without_a_session_bus() {
    let machine = Machine::with_a_file(Desktop::without_keyring());
    let bare = |verb: &str| {
        let run = machine.lockgate(verb).without_env("DBUS_SESSION_BUS_ADDRESS");
        run.without_env("XDG_RUNTIME_DIR").stdin("new-token\n").run()
    };
    is_told(bare("token"), "there is no session bus");
    is_told(bare("login"), "there is no session bus");
    assert!(!machine.home.read_credentials().contains("new-token"));
}

#[test]
fn without_a_secret_service() {
    let words = "no program on the session bus keeps secrets";
    says_all_the_time(&Machine::new(LIBSECRET, Desktop::without_keyring()), words);
    says_all_the_time(&Machine::new(OS_STORE, Desktop::without_keyring()), words);
    is_told(Machine::with_a_file(Desktop::without_keyring()).reads(), words);
}

/// cargo finds nothing in a locked keyring, and goes on to the plain file.
#[test]
fn a_locked_keyring_is_told_and_never_falls_through_to_the_plain_file() {
    let machine = Machine::with_a_file(Desktop::new());
    machine.desktop.keep("own", &entry_of(&machine.server.index_url()), TOKEN.as_bytes());
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
    machine.desktop.lock();
    is_told(machine.reads(), "the keyring is");
    is_told(machine.reads(), "locked");
    assert_eq!(machine.token_of_cargo().as_deref(), Some(PLAIN), "the twin: cargo goes on");
    is_told(machine.logs_in("new-token"), "locked");
    let logout = machine.lockgate("logout").run().exits_with(101).says("locked");
    let _ = logout;
    assert!(!machine.home.read_credentials().contains("new-token"));
}

#[test]
fn two_entries_for_one_registry_are_both_named_and_neither_is_used() {
    let machine = Machine::with_a_file(Desktop::new());
    let url = machine.server.index_url();
    let own = entry_of(&url);
    machine.desktop.keep("cargo-registry:corp", &own, TOKEN.as_bytes());
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
    // With one attribute more it is another entry, and found by the same ones.
    let planted = [own.as_slice(), &["planted", "yes"]].concat();
    machine.desktop.keep("cargo-registry:corp (new)", &planted, b"planted-token");
    let refused = machine.reads();
    for words in ["2 entries", "`cargo-registry:corp`", "`cargo-registry:corp (new)`", "login/"] {
        is_told(refused.clone(), words);
    }
    let _ = refused.nowhere_has("planted-token");
    is_told(machine.logs_in("new-token"), "2 entries");
    // The twin: cargo takes one of them.
    assert!(machine.token_of_cargo().is_some());
    machine.home.configure(&machine.server, &[LIBSECRET]);
    let _ = machine.lockgate("logout").run().succeeds();
    assert_eq!(machine.token_in_keyring(), None);
}

#[test]
fn a_service_that_does_not_answer_is_given_up() {
    let machine = Machine::with_a_file(Desktop::new());
    machine.desktop.keep("own", &entry_of(&machine.server.index_url()), TOKEN.as_bytes());
    machine.desktop.signal_keyring("STOP");
    let start = Instant::now();
    let given_up = machine.reads();
    let waited = start.elapsed().as_secs();
    machine.desktop.signal_keyring("CONT");
    is_told(given_up, "the secret service did not answer within 10 s");
    assert!((9..30).contains(&waited), "{waited} s");
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn a_service_that_ends_in_the_middle_is_told() {
    let mut desktop = Desktop::new();
    desktop.signal_keyring("STOP");
    let machine = Machine::with_a_file(Desktop::without_keyring());
    let run = desktop.within(machine.home.lockgate(["cargo", "token", "--registry", "corp"]));
    let waiting = std::thread::spawn(move || run.run());
    // It has asked by then; should it not have, nobody is there to be asked.
    std::thread::sleep(std::time::Duration::from_secs(1));
    desktop.stop_keyring();
    is_told(waiting.join().unwrap(), "the secret service ended before it answered");
}

/// A home in which nothing says otherwise.
#[test]
fn the_runtime_folders_socket_is_the_bus_where_no_variable_names_one() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    machine.desktop.keep("own", &entry_of(&machine.server.index_url()), TOKEN.as_bytes());
    let run = machine.lockgate("token").args(["--reveal"]).without_env("DBUS_SESSION_BUS_ADDRESS");
    let _ = run.run().succeeds().prints(&format!("{TOKEN}\n"));
    let nowhere = Home::new();
    let run = machine.lockgate("token").without_env("DBUS_SESSION_BUS_ADDRESS");
    let elsewhere = run.env("XDG_RUNTIME_DIR", nowhere.temporary()).run();
    is_told(elsewhere, "there is no session bus");
}
