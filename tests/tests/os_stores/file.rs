//! `lockgate:file`: for machines without any keyring.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::home::mode;
use lockgate_tests::{Access, Home, Server};

use crate::TOKEN;

const FILE: &str = "lockgate:file";

fn machine() -> (Home, Server) {
    let server = Server::start(Access::Private);
    server.accept(&[TOKEN]);
    let home = Home::new();
    home.configure(&server, &["cargo-credential-lockgate", FILE]);
    (home, server)
}

fn entries(home: &Home) -> Vec<PathBuf> {
    let folder = home.lockgate_home().join("state/credentials");
    let Ok(found) = folder.read_dir() else { return Vec::new() };
    let paths = found.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
}

#[test]
fn a_token_is_kept_served_to_the_real_cargo_and_forgotten() {
    let (home, server) = machine();
    let cargo = |words: &[&str]| home.cargo(words).args(["--registry", "corp"]);
    let _ = cargo(&["login"]).stdin(format!("{TOKEN}\n")).run().succeeds();
    let kept = entries(&home);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(mode(&kept[0]), 0o600);
    assert!(home.read_credentials().is_empty());

    server.forget_requests();
    let _ = cargo(&["owner", "--list", "tool"]).run();
    assert!(server.authorizations().iter().any(|sent| sent == TOKEN), "cargo got no token");
    let reading = ["cargo", "token", "--registry", "corp", "--reveal"];
    let _ = home.lockgate(reading).run().succeeds().prints(&format!("{TOKEN}\n"));

    let _ = cargo(&["logout"]).run().succeeds();
    assert_eq!(entries(&home), Vec::<PathBuf>::new());
    let _ = home.lockgate(reading).run().exits_with(101).says("no token found for `corp`");
}

/// The same file, put under the name of another registry's entry, gives that one nothing.
#[test]
fn a_file_of_another_registry_is_no_token_for_this_one() {
    let (home, _server) = machine();
    let words = ["cargo", "login", "--registry", "corp"];
    let _ = home.lockgate(words).stdin(format!("{TOKEN}\n")).run().succeeds();
    let path = entries(&home).remove(0);
    let content = fs::read_to_string(&path).unwrap();
    let reading = ["cargo", "token", "--registry", "corp", "--reveal"];
    // The twin: as it is, it is found.
    let _ = home.lockgate(reading).run().succeeds().shows(TOKEN);
    fs::write(&path, content.replace("sparse+http", "sparse+https")).unwrap();
    let _ = home.lockgate(reading).run().exits_with(101).says("kept for another registry");
}
