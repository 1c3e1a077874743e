//! What else decides whom cargo asks.

use std::fs;

use lockgate_tests::Policy;

use crate::{INDEX, Machine, exists};

#[test]
fn variables_and_providers_of_single_registries_are_told_with_their_place() {
    let machine = Machine::new();
    machine.home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = 'cargo:token'\n"
    ));
    let told = machine.setup(&["--dry-run"]).run().succeeds();
    let place =
        format!("cargo asks `cargo:token` ({}:3) for corp", machine.home.config().display());
    let _ = told.says(&place).says("--registry").never_says("variable `CARGO");
    let variable = "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS";
    let told = machine.setup(&["--dry-run"]).env(variable, "cargo:libsecret").run().succeeds();
    let _ =
        told.says(&format!("`cargo:libsecret` (environment variable `{variable}`) for crates-io"));
}

#[test]
fn a_variable_for_the_one_registry_is_told() {
    let machine = Machine::new();
    machine.home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let dry = machine.setup(&["--registry", "corp", "--dry-run"]);
    let _ = dry.run().succeeds().never_says("is set in");
    let variable = "CARGO_REGISTRIES_CORP_CREDENTIAL_PROVIDER";
    let told = dry.env(variable, "cargo:token").run().succeeds();
    let _ = told.says(&format!("is set in environment variable `{variable}`"));
}

#[test]
fn a_list_in_an_included_file_is_told_and_nothing_is_written_beside_it() {
    let machine = Machine::new();
    let included = machine.home.cargo_home().join("more.toml");
    fs::write(
        &included,
        "[net]\nretry = 2\n\n[registry]\nglobal-credential-providers = ['cargo:token']\n",
    )
    .unwrap();
    let config = "include = ['more.toml']\n";
    machine.home.write_config(config);
    let refused = machine.setup(&["--yes"]).run().exits_with(1);
    let _ = refused.says(&format!("is set in {}:5", included.display()));
    assert_eq!(machine.config(), config);
    assert!(!exists(&machine.name()));
    // The twin: with a list of its own the file is changed, and the other one is told.
    machine.home.write_config(format!(
        "{config}[registry]\nglobal-credential-providers = ['cargo:token']\n"
    ));
    let _ = machine.set_up().says(&format!("{}:5", included.display()));
    assert!(machine.config().contains(&machine.entry("cargo:token")));
}

#[test]
fn what_cargo_heeds_of_a_project_is_told() {
    let machine = Machine::new();
    let file = machine
        .home
        .write_project_config("[registry]\nglobal-credential-providers = ['/evil/program']\n");
    let told = machine.setup(&["--dry-run"]).run().succeeds();
    let _ = told.says(&format!("in {}:2, which Lockgate would not", file.display()));
    fs::remove_file(file).unwrap();
    let _ = machine.setup(&["--dry-run"]).run().succeeds().never_says("in this folder");
}

#[test]
fn what_the_administrator_forbids_is_told_with_its_line() {
    let machine = Machine::new();
    for (text, line) in [
        ("[providers]\nblock = [\"built-in\"]\n", 4),
        ("[allow]\nstores = []\n", 4),
        ("[registries.\"cargo:*\"]\nproviders = [\"cargo:token\"]\n", 4),
    ] {
        let text = format!("message = \"Ask security.\"\n\n{text}");
        let Some(policy) = Policy::new(&text) else { return };
        let told = policy.over(machine.setup(&["--dry-run"])).run().succeeds();
        let _ = told.says(&format!("/etc/lockgate/policy.toml:{line}"));
    }
    let _ = machine.setup(&["--dry-run"]).run().succeeds().never_says("policy");
}

#[test]
fn doctor_names_this_command_and_is_content_afterwards() {
    let machine = Machine::new();
    machine.home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let _ = machine.lockgate(&["doctor"]).run().shows("do: lockgate setup cargo");
    let _ = machine.set_up();
    let content = machine.lockgate(&["doctor"]).run();
    assert!(!content.stdout.contains("setup cargo"), "{content}");
    fs::remove_file(machine.name()).unwrap();
    let gone = machine.lockgate(&["doctor"]).run();
    let _ = gone.shows(&format!("{} is not there", machine.name().display()));
}
