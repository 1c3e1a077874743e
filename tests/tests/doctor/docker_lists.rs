//! The lists of providers for docker's servers.

use std::fs;

use super::docker::with;
use super::{healthy, look};

const ASKED: &str = "{\"credsStore\":\"lockgate\"}";

#[test]
fn every_list_is_looked_at_and_not_only_those_of_servers_that_docker_names() {
    let home = with(ASKED);
    for (text, subject, says) in [
        (
            "[docker.servers.\"x.example\"]\nproviders = [\"nope\"]\n",
            "server x.example",
            "no provider `nope`",
        ),
        (
            "[docker.servers.\"*.x.example\"]\nproviders = [\"nope\"]\n",
            "[docker.servers.\"*.x.example\"]",
            "no provider `nope`",
        ),
        (
            "[docker]\nproviders = [\"nope\"]\n[docker.servers.\"docker.io\"]\nproviders = [\"lockgate:file\"]\n",
            "[docker]",
            "no provider `nope`",
        ),
    ] {
        home.write_lockgate_config(text);
        look(&home).problem("docker", subject, says, "lockgate provider install");
        // The twin.
        home.write_lockgate_config(&text.replace("nope", "lockgate:file"));
        look(&home).healthy();
    }
}

#[test]
fn a_provider_that_serves_no_server_of_dockers_is_a_problem() {
    let home = with(ASKED);
    for (table, subject) in [
        ("[docker]", "[docker]"),
        ("[docker.servers.\"x.example\"]", "[docker.servers.\"x.example\"]"),
        ("[docker.servers.\"*.x.example\"]", "[docker.servers.\"*.x.example\"]"),
    ] {
        let text = format!("{table}\nproviders = [\"cargo:token\", \"lockgate:file\"]\n");
        home.write_lockgate_config(&text);
        let says = "`cargo:token` (";
        look(&home).problem("docker", subject, says, "take it out of that list");
        home.write_lockgate_config(&text.replace("\"cargo:token\", ", ""));
        look(&home).healthy();
    }
}

#[test]
fn podman_counts_as_one_who_asks() {
    let home = healthy();
    home.write_lockgate_config("[docker.servers.\"x.example\"]\nproviders = [\"nope\"]\n");
    // The twin: nobody asks.
    look(&home).healthy();
    let folder = home.user().join(".config/containers/registries.conf.d");
    fs::create_dir_all(&folder).unwrap();
    let list = "credential-helpers = [\"lockgate\", \"containers-auth.json\"]\n";
    fs::write(folder.join("lockgate.conf"), list).unwrap();
    look(&home).problem("docker", "server x.example", "no provider `nope`", "install");
}

#[test]
fn servers_that_are_not_looked_at_are_counted() {
    let line = |number: usize| format!("\"h{number}.example\":\"lockgate\"");
    let lines = |count: usize| (0..count).map(line).collect::<Vec<_>>().join(",");
    let home = with(&format!("{{\"credHelpers\":{{{}}}}}", lines(23)));
    let found = look(&home);
    let more = found.about("docker", "servers");
    assert_eq!(
        (&more["state"], &more["detail"]),
        (&"note".into(), &"and 3 more, not looked at".into())
    );
    let home = with(&format!("{{\"credHelpers\":{{{}}}}}", lines(20)));
    assert!(look(&home).findings.iter().all(|one| one["subject"] != "servers"));
}
