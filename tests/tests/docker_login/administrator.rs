//! What the administrator's policy says about logins.

use std::fs;
use std::path::Path;

use lockgate_tests::Policy;
use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD};
use serde_json::Value;

use crate::machine::Machine;

#[test]
fn a_registry_that_is_denied_is_not_asked_and_another_is() {
    let Some(policy) = Policy::new("[deny]\nhttp = [\"*\"]\n") else { return };
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let login = machine.login(&registry.server());
    let _ =
        policy.over(login.clone()).run().exits_with(1).says("policy.toml:2").nowhere_has(PASSWORD);
    assert_eq!(registry.asked(), [""; 0]);
    policy.write("[deny]\nhttp = [\"https://other.example\"]\n");
    let _ = policy.over(login).run().succeeds();
}

#[test]
fn where_only_a_person_may_ask_nobody_else_has_a_registry_asked() {
    let Some(policy) = Policy::new("caller = \"terminal\"\n") else { return };
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let login = machine.login(&registry.server()).under(["setsid", "--wait"]);
    let _ = policy.over(login.clone()).run().exits_with(1).says("policy.toml:1");
    assert_eq!(registry.asked(), [""; 0]);
    policy.write("caller = \"any\"\n");
    let _ = policy.over(login).run().succeeds();
}

#[test]
fn where_nothing_may_be_revealed_nothing_is() {
    let Some(policy) = Policy::new("reveal-option = false\n") else { return };
    let machine = Machine::new();
    let get = machine.docker(&["get", "other.example", "--reveal"]);
    let _ = policy.over(get.clone()).run().exits_with(1).prints("").says("policy.toml:1");
    policy.write("");
    let _ = policy.over(get).run().succeeds().prints("b\n");
}

/// Each request is served in a process that Lockgate made, which is not who called.
#[test]
fn the_program_that_called_is_judged_and_recorded_and_never_lockgate_itself() {
    let listing = |program: &Path| format!("caller = [\"{}\"]\n", program.display());
    let machine = Machine::new();
    let ours = machine.home.programs().join("docker-credential-lockgate");
    let lockgate = listing(&fs::canonicalize(&ours).unwrap());
    let Some(policy) = Policy::new(&lockgate) else { return };
    let registry = FakeRegistry::start(Manner::BASIC);
    let before = machine.config();
    let on = |words: &[&str]| policy.over(machine.docker(words)).run();
    let (get, list) = (["get", "other.example", "--reveal"], ["list"]);
    for words in [&get[..], &list] {
        let _ = on(words).exits_with(1).prints("").says("policy.toml:1");
    }
    let _ = policy.over(machine.login(&registry.server())).run().exits_with(1);
    let _ = on(&["logout", "other.example"]).says("could not erase").says("policy.toml:1");
    assert_eq!((registry.asked().len(), machine.config()), (0, before));
    // The twin: the program that does call, which is this one.
    let this = std::env::current_exe().unwrap();
    policy.write(&listing(&this));
    let _ = on(&get).succeeds().prints("b\n");
    let _ = on(&list).succeeds().shows("other.example");
    let _ = policy.over(machine.login(&registry.server())).run().succeeds();
    let _ = on(&["logout", "other.example"]).succeeds().is_silent();
    assert!(!machine.config().contains("other.example"), "{}", machine.config());
    let records = records(&machine);
    assert!(!records.is_empty());
    for record in records {
        assert_eq!(record["caller"]["program"], this.display().to_string(), "{record}");
    }
}

/// What is in the audit.
fn records(machine: &Machine) -> Vec<Value> {
    let trail = machine.home.lockgate_home().join("state/audit/audit.jsonl");
    let text = fs::read_to_string(trail).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_logout_from_dockers_own_file_is_the_administrators_business_too_and_in_the_audit() {
    let Some(policy) = Policy::new("[deny]\nstores = [\"docker-config\"]\n") else { return };
    let machine = Machine::new();
    let before = machine.config();
    let logout = || policy.over(machine.docker(&["logout", "other.example"])).run().succeeds();
    let _ = logout().says("could not erase").says("policy.toml:2");
    assert_eq!(machine.config(), before);
    policy.write("");
    let _ = logout().is_silent();
    assert!(!machine.config().contains("other.example"), "{}", machine.config());
    let of_file = |record: &Value| {
        record["operation"] == "logout" && record.to_string().contains("lockgate:docker-config")
    };
    let records = records(&machine);
    assert!(records.iter().filter(|record| of_file(record)).count() >= 2, "{records:#?}");
}

/// Regresses: no server of docker's could be explained.
#[test]
fn the_policy_is_explained_for_servers_of_docker_too() {
    let machine = Machine::new();
    let explain = |words: &[&str]| {
        machine.home.lockgate(["policy", "explain", "--registry"]).args(words).run().succeeds()
    };
    machine.home.write_lockgate_config(
        "[docker.servers.\"r.example\"]\nproviders = [\"lockgate:docker-config\"]\n",
    );
    let _ = explain(&["oci:r.example"])
        .shows("server    r.example\n\nlockgate:docker-config\n")
        .shows("allowed stores");
    let hub = explain(&["oci:docker.io", "--json"]).json();
    assert_eq!(hub["index"], "https://index.docker.io/v1/");
    assert_eq!(hub["providers"][0]["provider"], "lockgate:file");
    let helper = "lockgate:docker-helper pass";
    let _ = explain(&["oci:r.example", "--provider", helper]).shows(&format!("\n{helper}\n"));
    let helper = explain(&["oci:r.example", "--provider", helper, "--json"]).json();
    assert_eq!(helper["providers"][0]["arguments"][0], "pass");
    // The twin: a provider of cargo's serves none of them.
    let _ = explain(&["oci:r.example", "--provider", "cargo:token"]).shows("not asked: ");
}
