//! Whether the clients find what was moved.

use crate::{INDEX, Machine, SERVER};

const BY_CARGO: &str = "cargo does not ask `lockgate:os-store` for `corp`";
const BY_DOCKER: &str = "docker does not ask Lockgate; `lockgate setup docker` has it asked";
const BY_LOCKGATE: &str = "Lockgate does not ask `lockgate:file` for docker's `a.example`";

impl Machine {
    fn ask_cargos(&self, provider: &str) {
        self.home.write_config(format!(
            "[registries.corp]\nindex = \"{INDEX}\"\n\
             credential-provider = [\"cargo-credential-lockgate\", \"{provider}\"]\n"
        ));
    }

    fn ask_dockers(&self, provider: &str) {
        self.home.write_lockgate_config(&format!("[docker]\nproviders = [\"{provider}\"]\n"));
    }
}

#[test]
fn who_would_not_find_what_was_moved_is_told_also_in_a_dry_run() {
    let machine = Machine::with_plain_files();
    let cargos = machine.migrate("cargo-credentials", "os");
    let dockers = machine.migrate("docker-config", "file");
    for run in [cargos.clone().args(["--dry-run"]), cargos] {
        let _ = run
            .run()
            .succeeds()
            .says(BY_CARGO)
            .says("--provider cargo:token --provider lockgate:os-store");
    }
    for run in [dockers.clone().args(["--dry-run"]), dockers] {
        let _ = run.run().succeeds().says(BY_DOCKER);
    }
    // Back to where cargo and docker look by themselves.
    for (from, to) in [("os", "cargo-credentials"), ("file", "docker-config")] {
        let run = machine.migrate(from, to).args(["--yes"]).run().succeeds();
        let _ = run.says("Moved").never_says("does not ask");
    }
}

/// The twin of the one above.
#[test]
fn nothing_is_told_where_the_other_store_is_asked() {
    let machine = Machine::with_plain_files();
    for provider in ["cargo:libsecret", "lockgate:os-store"] {
        machine.ask_cargos(provider);
        let run = machine.migrate("cargo-credentials", "os").args(["--dry-run"]).run().succeeds();
        let _ = run.shows("would move to").is_silent();
    }
    machine.ask_dockers("lockgate:os-store");
    machine.write_docker_config(&format!(
        "{{\"auths\": {{\"{SERVER}\": {{\"auth\": \"{}\"}}}}, \"credsStore\": \"lockgate\"}}",
        crate::AUTH
    ));
    let told = machine.migrate("docker-config", "file").args(["--dry-run"]).run().succeeds();
    let _ = told.says(BY_LOCKGATE).says("under `[docker]` in");
    machine.ask_dockers("lockgate:file");
    let run = machine.migrate("docker-config", "file").run().succeeds();
    let _ = run.says("Moved").never_says("does not ask");
    let get = machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let _ = get.args(["get"]).stdin(SERVER).run().succeeds().shows(crate::PASSWORD);
}
