//! Clients that start the helper: docker, and one that only reads docker's configuration. Their logins
//! one by one are in `docker_clients`.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::docker::docker;
use lockgate_tests::docker_helper::Helper;
use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, USER};
use serde_json::{Value, json};

use crate::{Home, Output, Run, programs};

/// Logins that happen at once.
const AT_ONCE: usize = 64;

/// A home whose `config.json` says this.
fn configured(config: &Value) -> Home {
    let home = Home::new();
    fs::create_dir(home.user().join(".docker")).unwrap();
    fs::write(config_of(&home), config.to_string()).unwrap();
    home
}

fn config_of(home: &Home) -> PathBuf {
    home.user().join(".docker/config.json")
}

fn read_json(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
}

/// docker without a daemon, which then logs in by itself.
fn run_docker(program: &Path, home: &Home, words: &[&str]) -> Run {
    let nobody = format!("unix://{}", home.root().join("nobody.sock").display());
    home.run(program).env("DOCKER_HOST", nobody).args(words)
}

fn docker_login(program: &Path, home: &Home, server: &str) -> Output {
    let words = ["login", "--username", USER, "--password-stdin", server];
    run_docker(program, home, &words).stdin(PASSWORD).run()
}

#[test]
fn docker_shows_why_nothing_was_kept() {
    let Some(program) = docker() else { return };
    let registry = FakeRegistry::start(Manner::BASIC);
    let home = configured(&json!({ "credsStore": "lockgate" }));
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:nobody\"]\n");
    let failed = docker_login(program, &home, &registry.server()).exits_with(1);
    let _ = failed
        .says("Error saving credentials: error storing credentials - err: exit status 1, out: `")
        .says("there is no provider `lockgate:nobody`")
        .nowhere_has(PASSWORD);
}

/// Docker Hub's key, under which several things are kept, is erased with everything around it.
#[test]
fn docker_logs_out_of_docker_hub() {
    let Some(program) = docker() else { return };
    let home = configured(&json!({ "credsStore": "lockgate" }));
    let helper = Helper::ours(&home);
    let hub = "https://index.docker.io/v1/";
    helper.keeps(hub, "u", "s");
    helper.keeps("a.example", "u", "s");
    let _ = run_docker(program, &home, &["logout"]).run().succeeds();
    assert_eq!(helper.finds(hub), None);
    assert_eq!(helper.finds("docker.io"), None);
    assert!(helper.finds("a.example").is_some());
}

/// What dozens of small clients do.
const CLIENT: &str = r#"
import json, os, subprocess, sys

def credential(server):
    with open(os.path.expanduser("~/.docker/config.json")) as file:
        config = json.load(file)
    store = config.get("credHelpers", {}).get(server, config.get("credsStore"))
    helper = subprocess.run(["docker-credential-" + store, "get"], input=server.encode(), capture_output=True)
    if helper.returncode != 0:
        return helper.stdout.decode().strip()
    found = json.loads(helper.stdout)
    return found["Username"] + ":" + found["Secret"]

print(credential(sys.argv[1]))
"#;

#[test]
fn a_client_that_only_reads_dockers_configuration_finds_the_credential() {
    programs::require("python3");
    let home = configured(&json!({ "credsStore": "lockgate" }));
    Helper::ours(&home).keeps("a.example", "<token>", "ünïcode & <more>");
    let asked = |server: &str| home.run("/usr/bin/python3").args(["-c", CLIENT, server]).run();
    let _ = asked("a.example").succeeds().prints("<token>:ünïcode & <more>\n");
    let _ = asked("b.example").succeeds().prints("credentials not found in native keychain\n");
}

/// Logs in to so many registries at once.
fn log_in_at_once(login: impl Fn(&str) -> Output + Sync) {
    let registries: Vec<_> = (0..AT_ONCE).map(|_| FakeRegistry::start(Manner::BASIC)).collect();
    std::thread::scope(|scope| {
        for registry in &registries {
            let login = &login;
            scope.spawn(move || login(&registry.server()).succeeds());
        }
    });
}

/// The logins in docker's own file.
fn in_file(home: &Home) -> usize {
    let written = read_json(&config_of(home));
    let entries = written["auths"].as_object().unwrap().values();
    entries.filter(|entry| entry["auth"].is_string()).count()
}

/// docker reads its whole file, and writes it back without a lock: of 64 it kept 2 or 3.
#[test]
fn docker_loses_logins_at_once_and_keeps_each_with_our_helper() {
    let Some(program) = docker() else { return };
    let home = configured(&json!({ "auths": { "a.example": {} } }));
    log_in_at_once(|server| docker_login(program, &home, server));
    let alone = in_file(&home);
    let home = configured(&json!({ "credsStore": "lockgate" }));
    log_in_at_once(|server| docker_login(program, &home, server));
    let with_ours = Helper::ours(&home).lists().as_object().unwrap().len();
    println!("of {AT_ONCE} logins at once docker keeps {alone}, and with our helper {with_ours}");
    assert_eq!(with_ours, AT_ONCE);
}

/// In the very file in which docker loses them.
#[test]
fn our_logins_at_once_are_all_kept_in_dockers_own_file() {
    let home = configured(&json!({ "auths": { "a.example": {} }, "x-kept": [1] }));
    let words = ["docker", "login", "--username", USER, "--password-stdin"];
    log_in_at_once(|server| home.lockgate(words).args([server]).stdin(PASSWORD).run());
    assert_eq!(in_file(&home), AT_ONCE);
    assert_eq!(read_json(&config_of(&home))["x-kept"], json!([1]));
}
