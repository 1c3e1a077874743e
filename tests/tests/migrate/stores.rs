//! From each store to each other one that can have its entries.

use serde_json::json;

use crate::{INDEX, Machine, PASSWORD, SERVER, TOKEN};

fn entries(machine: &Machine) -> [bool; 4] {
    [
        machine.in_cargos_file(),
        machine.in_dockers_file(),
        machine.token_in_keyring().is_some(),
        machine.password_in_keyring().is_some(),
    ]
}

#[test]
fn entries_go_round_through_all_stores_and_are_the_same_at_the_end() {
    let machine = Machine::with_plain_files();
    for (from, to, in_the_end) in [
        ("cargo-credentials", "os", [false, true, true, false]),
        ("docker-config", "os", [false, false, true, true]),
        ("os", "file", [false; 4]),
        ("file", "os", [false, false, true, true]),
    ] {
        let moved = machine.migrate(from, to).args(["--yes"]).run().succeeds();
        let _ = moved.nowhere_has(TOKEN).nowhere_has(PASSWORD).says("Moved");
        assert_eq!(entries(&machine), in_the_end, "{from} to {to}");
        assert_eq!(machine.files(), if to == "file" { 2 } else { 0 }, "{from} to {to}");
    }
    assert_eq!(machine.token_in_keyring().as_deref(), Some(TOKEN));
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
    // Back to where they were, each to its client's own file.
    let words = ["--yes", "--only", "cargo"];
    let _ = machine.migrate("os", "cargo-credentials").args(words).run().succeeds();
    let words = ["--yes", "--only", "docker", "--json"];
    let moved = machine.migrate("os", "docker-config").args(words).run().succeeds();
    assert_eq!(moved.json()["moved"], json!([{ "client": "docker", "name": SERVER }]));
    assert_eq!(entries(&machine), [true, true, false, false]);
    let _ = machine.migrate("os", "file").args(["--yes"]).run().succeeds().says("no entry in `os`");
    let audit = machine.lockgate(&["audit", "show"]).run().succeeds().nowhere_has(TOKEN);
    for word in ["get", "login", "logout", "lockgate:os-store", "lockgate:file", INDEX] {
        assert!(audit.stdout.contains(word), "{word}: {audit}");
    }
}

#[test]
fn an_entry_that_the_other_store_cannot_have_stays_and_is_told() {
    let machine = Machine::with_keyring();
    let other = "sparse+http://127.0.0.1:9/unknown/";
    machine.desktop.keep("x", &lockgate_tests::desktop::entry_of(other), b"no-name");
    let told = machine.migrate("os", "docker-config").args(["--yes"]).run().exits_with(1);
    let _ = told.says("keeps nothing for cargo").says(&format!("Moved docker `{SERVER}`"));
    let words = ["--yes", "--json"];
    let told = machine.migrate("os", "cargo-credentials").args(words).run().exits_with(1);
    let json = told.nowhere_has("no-name").json();
    assert_eq!(json["moved"], json!([{ "client": "cargo", "name": INDEX }]), "{json:#}");
    assert_eq!(json["stay"][0]["name"], other, "{json:#}");
    assert!(json["stay"][0]["reason"].as_str().unwrap().contains("anonymous registry"), "{json:#}");
    let left = machine.desktop.look_up(&lockgate_tests::desktop::entry_of(other));
    assert_eq!(left.as_deref(), Some("no-name"));
    assert!(machine.in_cargos_file() && machine.in_dockers_file());
}

#[test]
fn what_is_kept_worse_is_moved_only_if_somebody_means_it() {
    let machine = Machine::with_keyring();
    for to in ["file", "cargo-credentials", "docker-config", "kernel-keyring"] {
        let _ = machine.migrate("os", to).run().exits_with(1).says("--yes").never_says("Moved");
    }
    assert_eq!(entries(&machine), [false, false, true, true]);
    // The twin: with the word of a person, and without one to a store that is as good.
    let _ = machine.migrate("os", "file").args(["--yes"]).run().succeeds();
    assert_eq!(machine.files(), 2);
    let _ = machine.migrate("file", "os").run().succeeds();
    assert_eq!(entries(&machine), [false, false, true, true]);
}

#[test]
fn a_store_that_does_not_tell_of_its_entries_is_no_source() {
    let machine = Machine::new();
    let told = machine.migrate("kernel-keyring", "os").run().exits_with(1);
    let _ = told.says("`kernel-keyring` cannot be moved from").says("digest of their registry");
    let _ = machine.migrate("os", "os").run().exits_with(1).says("are there already");
    let _ = machine.migrate("nowhere", "os").run().exits_with(2).says("cargo-credentials");
}

/// Entries of a file that belong to one host, and two accounts of one server in the keyring.
#[test]
fn where_several_entries_mean_one_server_none_is_lost() {
    let machine = Machine::new();
    machine.keep_password(SERVER, "alice", PASSWORD);
    machine.keep_password(&format!("https://{SERVER}"), "bob", "other-password");
    machine.keep_password("two.example", "alice", "one");
    machine.keep_password("two.example", "bob", "two");
    let told = machine.migrate("os", "file").args(["--yes"]).run().exits_with(1);
    let _ = told.says("two.example").says("several entries").says("already holds another");
    assert_eq!(machine.files(), 1);
    assert_eq!(machine.password_in_keyring(), None);
    let left = machine.desktop.search(&["docker_cli", "1"]);
    let left = format!("{}{}", left.stdout, left.stderr);
    assert!(left.contains("https://a.example") && left.contains("two.example"), "{left}");
    assert_eq!(left.matches("username = ").count(), 3, "{left}");
}
