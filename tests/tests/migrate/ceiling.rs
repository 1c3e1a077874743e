//! The administrator's policy over it.

use lockgate_core::{CRATES_IO_INDEX, DOCKER_HUB};
use lockgate_tests::Policy;

use crate::{INDEX, Machine, PASSWORD, SERVER, TOKEN};

#[test]
fn a_store_that_the_administrator_forbids_is_neither_left_nor_filled() {
    let Some(policy) = Policy::new("[deny]\nstores = [\"file\"]\n") else { return };
    let machine = Machine::with_keyring();
    let into = policy.over(machine.migrate("os", "file").args(["--yes"])).run().exits_with(1);
    let _ = into.says("policy.toml:2").says("`file` cannot be used").never_says("Moved");
    assert_eq!(machine.files(), 0);
    // The twin: without the line they are moved, and with it nobody gets them out again.
    policy.write("");
    let _ = policy.over(machine.migrate("os", "file").args(["--yes"])).run().succeeds();
    assert_eq!(machine.files(), 2);
    policy.write("[deny]\nstores = [\"file\"]\n");
    for words in [["--yes"], ["--dry-run"]] {
        let out_of = policy.over(machine.migrate("file", "os").args(words)).run().exits_with(1);
        let _ = out_of.says("policy.toml:2").nowhere_has(SERVER).nowhere_has(TOKEN);
    }
    assert_eq!((machine.files(), machine.token_in_keyring()), (2, None));
}

#[test]
fn a_registry_whose_providers_the_administrator_names_stays() {
    let text = format!("[registries.\"cargo:{INDEX}\"]\nproviders = [\"lockgate:os-store\"]\n");
    let Some(policy) = Policy::new(&text) else { return };
    let machine = Machine::with_plain_files();
    let run = policy.over(machine.migrate("cargo-credentials", "os"));
    let _ = run.run().exits_with(1).says("policy.toml:2").says("says who serves it");
    assert!(machine.in_cargos_file());
    // The twin: without it the token goes.
    policy.write("");
    let _ = policy.over(machine.migrate("cargo-credentials", "os")).run().succeeds();
    assert!(!machine.in_cargos_file());
}

/// One registry of which the administrator says who serves it says nothing of the others.
#[test]
fn a_registry_that_the_administrator_serves_keeps_no_other_one_from_moving() {
    let text = format!(
        "[registries.\"oci:{DOCKER_HUB}\"]\nproviders = [\"lockgate:os-store\"]\n\
         [registries.\"cargo:{CRATES_IO_INDEX}\"]\nproviders = [\"cargo:token\"]\n"
    );
    let Some(policy) = Policy::new(&text) else { return };
    let machine = Machine::with_plain_files();
    for from in ["cargo-credentials", "docker-config"] {
        let _ = policy.over(machine.migrate(from, "os")).run().succeeds().says("Moved");
    }
    assert!(!machine.in_cargos_file() && !machine.in_dockers_file());
}

/// Regression: where the administrator lists the registries that are allowed, nothing was moved at all.
#[test]
fn of_the_registries_that_the_administrator_allows_each_is_moved_and_another_one_stays() {
    let text = format!("[allow]\nregistries = [\"cargo:{INDEX}\", \"oci:b.example\"]\n");
    let Some(policy) = Policy::new(&text) else { return };
    let machine = Machine::with_keyring();
    let migrate = |from, to| policy.over(machine.migrate(from, to).args(["--yes"])).run();
    let told = migrate("os", "file").exits_with(1).says(&format!("Moved cargo `{INDEX}`"));
    let _ = told.says(&format!("docker `{SERVER}` was not moved")).says("policy.toml:2");
    assert_eq!((machine.files(), machine.token_in_keyring()), (1, None));
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
    // The twin: allowed, the other one goes too.
    policy.write(&text.replace("b.example", SERVER));
    let _ = migrate("os", "file").succeeds().says(&format!("Moved docker `{SERVER}`"));
    assert_eq!((machine.files(), machine.password_in_keyring()), (2, None));
    // A store that is denied, or whose provider may not run, is not looked through, whatever registries
    // are allowed.
    for (line, why) in [
        ("[providers]\nblock = [\"built-in\"]\n", "is blocked"),
        ("[deny]\nstores = [\"file\"]\n", "it is denied"),
    ] {
        policy.write(&format!("{line}{text}"));
        let told = migrate("file", "os").exits_with(1).says("policy.toml:2").says(why);
        let _ = told.nowhere_has(SERVER).nowhere_has(INDEX);
        assert_eq!(machine.files(), 2);
    }
    policy.write(&format!("{text}stores = [\"os\"]\n"));
    let told = migrate("file", "os").exits_with(1).says("policy.toml:3").says("not among what is");
    let _ = told.nowhere_has(SERVER).nowhere_has(INDEX);
}
