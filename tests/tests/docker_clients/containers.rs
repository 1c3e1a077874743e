//! skopeo, podman and buildah.

use std::fs;

use lockgate_tests::docker_registry::{IDENTITY_TOKEN, Tokens, Wants};
use lockgate_tests::not_run::not_run;
use lockgate_tests::{Output, Run, programs};

use crate::{Machine, STORE, image};

impl Machine {
    /// Makes Lockgate the keeper for the registry in the file that these programs have.
    fn write_auth_file(&self) {
        let text = format!("{{\"credHelpers\":{{\"{}\":\"lockgate\"}}}}", self.server());
        fs::write(self.home.user().join("auth.json"), text).unwrap();
    }

    fn tool(&self, program: &str, words: &[&str]) -> Run {
        programs::require(program);
        let file = self.home.user().join("auth.json");
        let path = format!("{}:/usr/bin:/bin:/usr/sbin", self.home.programs().display());
        let run = self.run(&format!("/usr/bin/{program}")).args(words);
        run.env("REGISTRY_AUTH_FILE", file).env("PATH", path)
    }

    fn login_by(&self, program: &str) -> Output {
        let words = ["login", "--tls-verify=false", "-u", "alice", "--password-stdin"];
        self.tool(program, &words).args([self.server()]).stdin("s3cret").run()
    }

    fn inspect(&self) -> Output {
        let image = format!("docker://{}/{}", self.server(), image::NAME);
        self.tool("skopeo", &["inspect", "--tls-verify=false", &image]).run()
    }
}

/// Each of them logs in, is known afterwards, and logs out.
fn keeps_its_password_with_lockgate(program: &str) {
    let machine = Machine::new();
    machine.write_auth_file();
    // podman and buildah look for a place for containers before anything else.
    let works = machine.tool(program, &["login", "--get-login", "nowhere.example"]).run();
    if !works.stderr.contains("not logged into") {
        return not_run(&format!("{program} does not work here: {}", works.stderr.trim()));
    }
    let _ = machine.login_by(program).succeeds().shows("Login Succeeded!");
    machine.lockgate_has_the_password();
    machine.no_client_has_the_password();
    let known = machine.tool(program, &["login", "--get-login", &machine.server()]).run();
    let _ = known.succeeds().prints("alice\n");
    let logout = machine.tool(program, &["logout", &machine.server()]).run();
    let _ = logout.succeeds().shows("Removed login credentials for");
    machine.lockgate_has_nothing();
}

#[test]
fn skopeo_keeps_its_password_with_lockgate() {
    keeps_its_password_with_lockgate("skopeo");
}

#[test]
fn podman_keeps_its_password_with_lockgate() {
    keeps_its_password_with_lockgate("podman");
}

#[test]
fn buildah_keeps_its_password_with_lockgate() {
    keeps_its_password_with_lockgate("buildah");
}

#[test]
fn skopeo_pushes_reads_and_copies_with_lockgates_password() {
    let machine = Machine::new();
    image::write(&machine);
    machine.write_auth_file();
    let from = format!("oci:{}", machine.home.root().join(image::FOLDER).display());
    let to = format!("docker://{}/{}", machine.server(), image::NAME);
    let push = ["copy", "--insecure-policy", "--dest-tls-verify=false", &from, &to];
    let _ = machine.tool("skopeo", &push).run().exits_with(1);
    let _ = machine.login_by("skopeo").succeeds();
    let _ = machine.tool("skopeo", &push).run().succeeds();
    let _ = machine.inspect().succeeds().shows("\"Digest\": \"sha256:");
    let back = format!("dir:{}", machine.home.root().join("copy").display());
    let pull = ["copy", "--insecure-policy", "--src-tls-verify=false", &to, &back];
    let _ = machine.tool("skopeo", &pull).run().succeeds();
    assert!(machine.home.root().join("copy/manifest.json").is_file());
    let _ = machine.tool("skopeo", &["logout", &machine.server()]).run().succeeds();
    let _ = machine.inspect().exits_with(1).says("authentication required");
}

/// Lockgate hands it out by the name that clients know, and they exchange it at the token server.
#[test]
fn skopeo_is_let_in_with_what_stands_for_the_account() {
    let machine = Machine::with(Wants::Token(Tokens::Identity));
    image::push(&machine);
    machine.write_auth_file();
    let _ = machine.inspect().exits_with(1).says("unauthorized");
    machine.write_config(STORE);
    let login = ["docker", "login", "-u", "alice", "--password-stdin", &machine.server()];
    let _ = machine.home.lockgate(login).stdin("s3cret\n").run().succeeds();
    let tokens = machine.registry.tokens().unwrap();
    let _ = tokens.asked();
    let _ = machine.inspect().succeeds().shows("\"Digest\": \"sha256:");
    let asked = tokens.asked();
    let exchanged = format!("refresh_token={IDENTITY_TOKEN}");
    assert!(asked.iter().all(|request| request.contains(&exchanged)), "{asked:?}");
    assert!(!asked.is_empty());
}

#[test]
fn skopeo_reads_what_a_login_of_lockgate_wrote_into_dockers_file() {
    let machine = Machine::new();
    image::push(&machine);
    let inspect = || machine.inspect_by_dockers_file();
    let _ = inspect().exits_with(1).says("authentication required");
    let login = ["docker", "login", "-u", "alice", "--password-stdin", &machine.server()];
    let login = machine.home.lockgate(login).env("PATH", "/nothing").stdin("s3cret\n");
    let _ = login.run().succeeds();
    let _ = inspect().succeeds().shows("\"Digest\": \"sha256:");
}

impl Machine {
    fn inspect_by_dockers_file(&self) -> Output {
        let image = format!("docker://{}/{}", self.server(), image::NAME);
        let run = self.tool("skopeo", &["inspect", "--tls-verify=false", &image]);
        run.without_env("REGISTRY_AUTH_FILE").run()
    }
}
