//! docker itself.

use lockgate_tests::docker::docker;
use lockgate_tests::docker_registry::{IDENTITY_TOKEN, Tokens, Wants};
use lockgate_tests::{Desktop, Output};

use crate::{Machine, STORE, image};

impl Machine {
    /// docker, which this test has asked for before.
    fn docker(&self, words: &[&str], input: &str) -> Output {
        let docker = docker().unwrap().display().to_string();
        self.run(&docker).args(words).stdin(input).run()
    }

    fn docker_login(&self) -> Output {
        let server = self.server();
        self.docker(&["login", "-u", "alice", "--password-stdin", &server], "s3cret\n")
    }

    /// docker reads the image's description, for which it wants the password.
    fn docker_inspect(&self) -> Output {
        let image = format!("{}/{}", self.server(), image::NAME);
        self.docker(&["manifest", "inspect", "--insecure", &image], "")
    }
}

#[test]
fn docker_logs_in_reads_and_logs_out_with_lockgate_as_its_store() {
    if docker().is_none() {
        return;
    }
    let machine = Machine::new();
    image::push(&machine);
    machine.write_config(STORE);
    let _ = machine.docker_inspect().exits_with(1).says("no basic auth credentials");
    let _ = machine.docker_login().succeeds().shows("Login Succeeded");
    machine.lockgate_has_the_password();
    machine.no_client_has_the_password();
    assert!(machine.read_config().contains(&format!("\"{}\": {{}}", machine.server())));
    let _ = machine.docker_inspect().succeeds().shows("\"schemaVersion\": 2");
    let _ = machine.docker(&["logout", &machine.server()], "").succeeds();
    machine.lockgate_has_nothing();
    let _ = machine.docker_inspect().exits_with(1).says("no basic auth credentials");
}

#[test]
fn docker_reads_with_what_a_login_of_lockgate_has_stored() {
    if docker().is_none() {
        return;
    }
    for config in [STORE, ""] {
        let machine = Machine::new();
        image::push(&machine);
        if !config.is_empty() {
            machine.write_config(config);
        }
        let login = ["docker", "login", "-u", "alice", "--password-stdin", &machine.server()];
        let login = machine.home.lockgate(login).env("PATH", "/nothing").stdin("s3cret\n");
        let _ = login.run().succeeds().shows("Login Succeeded");
        let _ = machine.docker_inspect().succeeds().shows("\"schemaVersion\": 2");
    }
}

#[test]
fn docker_keeps_what_stands_for_the_account_with_lockgate() {
    if docker().is_none() {
        return;
    }
    let machine = Machine::with(Wants::Token(Tokens::Identity));
    machine.write_config(STORE);
    let _ = machine.docker_login().succeeds().shows("Login Succeeded");
    let answer = machine.helper("get", &machine.server()).succeeds().json();
    let kept = (&answer["Username"], &answer["Secret"]);
    assert_eq!(kept, (&"<token>".into(), &IDENTITY_TOKEN.into()));
    machine.no_client_has_the_password();
}

/// The desktop's keyring is what docker uses when nothing is said; Lockgate shares it.
#[test]
fn what_docker_keeps_by_its_own_choice_lockgate_finds_and_the_other_way_round() {
    lockgate_tests::programs::require("docker-credential-secretservice");
    let (machine, desktop) = (Machine::new(), Desktop::new());
    let Some(docker) = docker() else { return };
    machine.home.write_lockgate_config("[docker]\nproviders = [\"lockgate:os-store\"]\n");
    let folder = machine.home.root().join("native");
    std::fs::create_dir(&folder).unwrap();
    let native = "docker-credential-secretservice";
    std::os::unix::fs::symlink(format!("/usr/bin/{native}"), folder.join(native)).unwrap();
    let run = |words: &[&str], input: &str| {
        let run = desktop.within(machine.run(&docker.display().to_string()));
        let _ = run.env("PATH", &folder).args(words).stdin(input).run().succeeds();
    };
    run(&["login", "-u", "alice", "--password-stdin", &machine.server()], "s3cret\n");
    assert!(machine.read_config().contains("\"credsStore\": \"secretservice\""));
    let ours = |action: &str| {
        let program = machine.home.programs().join("docker-credential-lockgate");
        let run = desktop.within(machine.home.run(program));
        run.args([action]).stdin(machine.server()).run()
    };
    assert_eq!(ours("get").succeeds().json()["Secret"], "s3cret");
    let _ = ours("erase").succeeds();
    let theirs = desktop.within(machine.home.run(format!("/usr/bin/{native}")));
    let theirs = theirs.args(["get"]).stdin(machine.server()).run();
    let _ = theirs.exits_with(1).prints("credentials not found in native keychain\n");
}
