//! cargo's own providers that Lockgate has not got, that are another system's, or that have no store.

use lockgate_tests::Access;

use crate::{Machine, TOKEN};

/// A machine whose list ends with `last`, which is asked first, and a token in the plain file.
fn machine(last: &str) -> Machine {
    let machine = Machine::new(Access::Private);
    machine.home.write_config(format!(
        "[registries.corp]\nindex = \"{}\"\n[registry]\n\
         global-credential-providers = [\"cargo:token\", \"{last}\"]\n",
        machine.server.index_url()
    ));
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    machine
}

#[test]
fn another_systems_store_is_passed_over() {
    for name in ["cargo:wincred", "cargo:macos-keychain"] {
        let machine = machine(name);
        assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN), "{name}");
        let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
        machine.configure(&[name]);
        let none = "no credential providers could handle the request";
        let _ = machine.cargo_reads().exits_with(101).says(none);
        let _ = machine.lockgate_reads().exits_with(101).says(none);
    }
}

#[test]
fn a_secret_service_that_is_not_there_never_becomes_the_plain_file() {
    let machine = machine("cargo:libsecret");
    let said = "there is no session bus";
    let _ = machine.lockgate_reads().exits_with(101).says(said).nowhere_has(TOKEN);
    let login = ["cargo", "login", "--registry", "corp"];
    let _ = machine.home.lockgate(login).stdin("new\n").run().exits_with(101).says(said);
    assert!(!machine.home.read_credentials().contains("new"));
    let _ = machine.cargo_reads().exits_with(101);
}

#[test]
fn paseto_is_refused_as_by_stable_cargo() {
    let machine = machine("cargo:paseto");
    let said = "error: cargo:paseto requires -Zasymmetric-token";
    let _ = machine.cargo_reads().exits_with(101).says(said);
    let _ = machine.lockgate_reads().exits_with(101).says(said);
}

#[test]
fn a_name_that_nobody_knows_is_an_error() {
    let machine = machine("cargo:1password");
    let _ = machine.cargo_reads().exits_with(101).says("failed to spawn credential process");
    let _ = machine.lockgate_reads().exits_with(101).says("there is no provider `cargo:1password`");
}
