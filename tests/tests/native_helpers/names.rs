//! Under which names of a server a helper is asked.

use crate::{Machine, NOT_FOUND, answer};

/// Keeps each server's entry in a file, and writes down what it is asked about.
const SHELF: &str = r#"
server=$(cat)
echo "$1 $server" >> ~/asked
file=~/shelf/$(printf %s "$server" | tr / _)
case "$1" in
get) [ -f "$file" ] && cat "$file" || { echo 'credentials not found in native keychain'; exit 1; } ;;
erase) [ -f "$file" ] && rm "$file" || { echo 'no such file'; exit 1; } ;;
esac
"#;

fn machine(entries: &[&str]) -> Machine {
    shelf(SHELF, entries)
}

fn shelf(script: &str, entries: &[&str]) -> Machine {
    let machine = Machine::with_helper(script);
    std::fs::create_dir(machine.home.user().join("shelf")).unwrap();
    for server in entries {
        let file = machine.home.user().join("shelf").join(server.replace('/', "_"));
        std::fs::write(file, answer(server, "alice", &format!("of {server}"))).unwrap();
    }
    machine
}

/// One that says nothing if there is nothing to erase, as the keyring's.
fn quiet() -> String {
    SHELF.replace("[ -f \"$file\" ] && rm \"$file\"", "rm -f \"$file\"")
}

#[test]
fn the_exact_server_comes_first_and_then_its_other_spellings() {
    let machine = machine(&["ghcr.io", "https://ghcr.io", "https://quay.io", "docker.io"]);
    for (asked, found) in [
        ("ghcr.io", "ghcr.io"),
        ("https://ghcr.io", "https://ghcr.io"),
        ("https://ghcr.io/", "ghcr.io"),
        ("quay.io", "https://quay.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("index.docker.io", "docker.io"),
    ] {
        // The answer is about what was asked.
        let expected = answer(asked, "alice", &format!("of {found}"));
        let _ = machine.get(asked).succeeds().prints(&expected);
    }
}

#[test]
fn another_port_another_scheme_and_another_key_of_docker_hub_are_other_servers() {
    let machine = machine(&["h:5000", "https://plain", "https://index.docker.io/v1/"]);
    for other in
        ["h", "h:5001", "http://h:5000", "http://plain", "https://index.docker.io/v1/access-token"]
    {
        let _ = machine.get(other).exits_with(1).prints(NOT_FOUND);
    }
    let _ = machine.get("h:5000").succeeds();
}

#[test]
fn an_entry_is_erased_under_each_of_its_names() {
    let machine = machine(&["ghcr.io", "https://ghcr.io", "other"]);
    let _ = machine.erase("ghcr.io").succeeds();
    let _ = machine.get("ghcr.io").exits_with(1).prints(NOT_FOUND);
    let _ = machine.get("https://ghcr.io").exits_with(1).prints(NOT_FOUND);
    let _ = machine.get("other").succeeds();
}

/// That a helper has nothing under one name is no failure, and not told as one.
#[test]
fn the_reason_is_that_of_the_name_it_failed_over() {
    let machine = Machine::with_helper(
        r#"[ "$(cat)" = ghcr.io ] && { echo 'credentials not found in native keychain'; exit 1; }
echo garbage"#,
    );
    let output = machine.get("ghcr.io").exits_with(1).never_says("status 1");
    assert!(output.stdout.contains("no object of JSON"), "{output}");
}

#[test]
fn an_erase_is_one_start_for_each_name_of_the_server() {
    let machine = shelf(&quiet(), &["https://ghcr.io"]);
    let _ = machine.erase("ghcr.io").succeeds();
    let names = ["ghcr.io", "https://ghcr.io", "https://ghcr.io/", "ghcr.io/"];
    assert_eq!(machine.seen("asked"), names.map(|name| format!("erase {name}\n")).concat());
}

/// docker starts four for three of them.
#[test]
fn a_logout_starts_a_helper_for_each_name_and_not_for_each_pair_of_them() {
    let machine = shelf(&quiet(), &["ghcr.io", "https://ghcr.io"]);
    machine.home.write_lockgate_config("");
    std::fs::create_dir(machine.home.user().join(".docker")).unwrap();
    let config = machine.home.user().join(".docker/config.json");
    std::fs::write(config, r#"{"credsStore":"odd"}"#).unwrap();
    let path = format!("{}:/usr/bin:/bin", machine.path("tools").display());
    let _ =
        machine.home.lockgate(["docker", "logout", "ghcr.io"]).env("PATH", path).run().succeeds();
    let asked = machine.seen("asked");
    let asked: Vec<_> = asked.lines().collect();
    assert_eq!(
        asked,
        [
            "erase ghcr.io",
            "erase https://ghcr.io",
            "erase https://ghcr.io/",
            "erase ghcr.io/",
            "erase http://ghcr.io",
        ]
    );
}
