//! Providers that a registry has and that cannot answer for it.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::Home;

use super::{INDEX, REVEAL, configure, healthy, home_with, look};

#[test]
fn a_provider_that_does_not_exist_is_a_problem_wherever_it_is_named() {
    let said = "there is no provider `corp-sso`";
    let remedy = "lockgate provider install FILE --as corp-sso, or correct the name";
    let home = home_with(&["corp-sso"]);
    let _ = home.lockgate(REVEAL).run().exits_with(101).says(said);
    look(&home).problem("cargo", "registry corp", said, remedy);
    configure(&home, &["cargo:token"]);
    look(&home).healthy();

    // Named in Lockgate's own configuration, also as one that is asked after another.
    configure(&home, &[]);
    home.write_lockgate_config("[cargo]\nproviders = [\"corp-sso\", \"cargo:token\"]\n");
    look(&home).problem("cargo", "registry corp", said, remedy);
    home.write_lockgate_config("[cargo]\nproviders = [\"cargo:token\"]\n");
    look(&home).healthy();
}

#[test]
fn a_provider_without_a_grant_for_the_registry_comes_with_the_grant() {
    let home = home_with(&["hostile"]);
    let _ = home.install_hostile("", &["registries=cargo:sparse+https://other.example/*"]);
    let _ = home.lockgate(REVEAL).run().exits_with(101);
    let grant = format!("registries=cargo:{INDEX}");
    let found = look(&home);
    found.good("providers", "hostile");
    found.problem(
        "cargo",
        "registry corp",
        "`hostile`: the provider is not granted for this registry",
        &format!("lockgate provider grant hostile {grant}"),
    );
    let _ = home.lockgate(["provider", "grant", "hostile", &grant, "--yes"]).run().succeeds();
    look(&home).healthy();
}

/// One that is not asked for a registry keeps nothing from the next one.
#[test]
fn a_provider_that_is_passed_over_is_no_problem() {
    let home = healthy();
    let _ = home.install_hostile("", &["registries=cargo:sparse+https://other.example/*"]);
    configure(&home, &[]);
    home.write_lockgate_config("[cargo]\nproviders = [\"cargo:token\", \"hostile\"]\n");
    let _ = home.lockgate(REVEAL).run().succeeds();
    look(&home).healthy();
}

fn stored(home: &Home, end: &str) -> PathBuf {
    let folder = home.lockgate_home().join("providers/hostile");
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|file| file.to_str().unwrap().ends_with(end)).unwrap()
}

#[test]
fn damage_says_whether_to_compile_or_to_install_again() {
    let home = healthy();
    let _ = home.install_hostile("", &["registries=cargo:*"]);
    look(&home).good("providers", "hostile");

    let code = stored(&home, ".code");
    let good = fs::read(&code).unwrap();
    fs::write(&code, [&good[..], b"x"].concat()).unwrap();
    let said = code.display().to_string();
    look(&home).problem("providers", "hostile", &said, "lockgate provider rebuild hostile");
    let _ = home.lockgate(["provider", "rebuild", "hostile"]).run().succeeds();
    look(&home).healthy();

    for end in [".wasm", "record.json"] {
        let file = stored(&home, end);
        let good = fs::read(&file).unwrap();
        fs::write(&file, [&good[..], b"x"].concat()).unwrap();
        let remedy = "lockgate provider install FILE --as hostile";
        look(&home).problem("providers", "hostile", &file.display().to_string(), remedy);
        fs::write(&file, good).unwrap();
        look(&home).healthy();
    }
}
