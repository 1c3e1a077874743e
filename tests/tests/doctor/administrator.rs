//! What the administrator requires and is not there: every request fails.

use lockgate_tests::administrator::POLICY_FILE;
use lockgate_tests::{Policy, programs};

use super::{Found, INDEX, REVEAL, found, healthy, json_run};

#[track_caller]
fn under(policy: &Policy, home: &lockgate_tests::Home) -> Found {
    found(&policy.over(json_run(home)))
}

#[test]
fn a_collector_that_is_not_there_is_a_problem() {
    let required = "audit-collector = \"journald\"\nrequire = [\"audit\"]\n";
    let Some(policy) = Policy::new(required) else { return };
    let home = healthy();
    let _ = policy.over(home.lockgate(REVEAL)).run().exits_with(101).says("cannot be recorded");
    let found = under(&policy, &home);
    found.problem("audit", "recording", "does not take audit lines", "start the service");
    let said = format!("no credential is given without it ({POLICY_FILE}:2");
    found.problem("audit", "recording", &said, "");
    policy.write("require = [\"audit\"]\n");
    let _ = policy.over(home.lockgate(REVEAL)).run().succeeds();
    under(&policy, &home).healthy();
}

#[test]
fn a_provider_that_the_policy_names_and_nobody_installed_is_a_problem() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let forced = |url: &str| {
        format!(
            "[registries.\"cargo:{url}\"]\n\
             providers = [{{ name = \"corp-sso\", is = [\"sha256:{digest}\"] }}]\n"
        )
    };
    let Some(policy) = Policy::new(&forced(INDEX)) else { return };
    let home = healthy();
    let _ = policy.over(home.lockgate(REVEAL)).run().exits_with(101);
    let remedy = "lockgate provider install FILE --as corp-sso";
    let found = under(&policy, &home);
    found.problem("administrator", "corp-sso", "it is not installed", remedy);
    found.problem("cargo", "registry corp", "there is no provider `corp-sso`", remedy);

    // For registries that nothing else tells of, too.
    policy.write(&forced("sparse+https://other.example/*"));
    let found = under(&policy, &home);
    found.problem("administrator", "corp-sso", &format!("{POLICY_FILE}:2"), remedy);
    found.good("cargo", "registry corp");

    policy.write(&format!("[registries.\"cargo:{INDEX}\"]\nproviders = [\"cargo:token\"]\n"));
    let _ = policy.over(home.lockgate(REVEAL)).run().succeeds();
    under(&policy, &home).healthy();
}

#[test]
fn a_provider_that_the_policy_forbids_is_a_problem_of_its_registry() {
    let Some(policy) = Policy::new("message = \"Ask IT.\"\n[providers]\nblock = [\"built-in\"]\n")
    else {
        return;
    };
    let home = healthy();
    let found = under(&policy, &home);
    found.problem("cargo", "registry corp", "Ask IT.", "ask your administrator");
    policy.write("");
    under(&policy, &home).healthy();
}

#[test]
fn missing_walls_are_a_problem_where_they_are_required() {
    let Some(policy) = Policy::new("require = [\"hardening\"]\n") else { return };
    let home = healthy();
    under(&policy, &home).healthy();
    // An emulator has neither Landlock nor a process of one thread.
    programs::require("qemu-x86_64");
    let emulated = home.run("qemu-x86_64").args([home.programs().join("lockgate")]);
    let emulated = emulated.args(["doctor", "--json"]);
    let required = found(&policy.over(emulated.clone()));
    required.problem("hardening", "required", "every hardening has to stand", "administrator");
    required.problem("hardening", "required", &format!("{POLICY_FILE}:1"), "");
    policy.write("");
    let free = found(&policy.over(emulated));
    assert!(!free.findings.iter().any(|one| one["subject"] == "required"), "{free:?}");
}

#[test]
fn where_a_terminal_is_required_its_absence_is_a_problem() {
    let Some(policy) = Policy::new("caller = \"terminal\"\n") else { return };
    let home = healthy();
    let run = json_run(&home).under(["setsid", "--wait"]);
    let found_without = found(&policy.over(run.clone()));
    found_without.problem("administrator", "caller", "here is none", "in a terminal");
    policy.write("caller = \"any\"\n");
    found(&policy.over(run)).healthy();
}

/// The commands that read the record heed the policy as requests do.
#[test]
fn a_forbidden_home_is_not_looked_at() {
    let Some(policy) = Policy::new("lockgate-home = false\n") else { return };
    let home = healthy();
    let commands: [&[&str]; 3] = [&["audit", "show"], &["audit", "verify"], &["provider", "list"]];
    for words in commands {
        let refused = policy.over(home.lockgate(words)).run().exits_with(1);
        let _ = refused.says("LOCKGATE_HOME").says(&format!("{POLICY_FILE}:1")).prints("");
        let run = home.lockgate(words).without_env("LOCKGATE_HOME");
        let _ = policy.over(run).run().succeeds();
    }
    let found = under(&policy, &home);
    let subject = "configuration cannot be used";
    found.problem("configuration", subject, "LOCKGATE_HOME", "correct what is named");
}
