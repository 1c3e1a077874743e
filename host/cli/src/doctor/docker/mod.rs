//! Which of docker, podman and their kin ask Lockgate, and what else decides about their credentials.

mod file;
mod podman;
mod servers;

use lockgate_broker::Machine;

use super::remedy::remedy;
use super::{Finding, Section};
use crate::docker_helper::PROGRAM;
use crate::setup::{Surroundings, is_this_program, on_path};

const DOCKER: &str = "docker";

/// What points docker at Lockgate.
const SETUP: &str = "lockgate setup docker";

/// docker, podman, and everything that decides which helper they ask.
pub(super) fn docker(machine: &Machine) -> Section {
    let here = match Surroundings::on(machine.clone()) {
        Ok(here) => here,
        Err(error) => {
            let said = error.messages().join("\n");
            let found = Finding::problem("configuration", said, "set the variable HOME");
            return Section { name: DOCKER, findings: vec![found] };
        }
    };
    let file = file::look(&here);
    let podman = podman::look(&here);
    let is_asked = file.found.asks_us || podman.asks_us;
    let mut findings = vec![program(is_asked)];
    findings.extend(file.found.findings);
    findings.extend(podman.findings);
    if is_asked {
        findings.extend(servers::servers(&here, file.config.as_ref()));
    }
    Section { name: DOCKER, findings }
}

/// What was found out of one client's files.
struct Looked {
    findings: Vec<Finding>,
    /// Whether they have the client ask Lockgate.
    asks_us: bool,
}

/// Clients find a helper by its name on PATH, whatever lies there.
fn program(is_asked: bool) -> Finding {
    match on_path(PROGRAM) {
        Some(found) if is_this_program(&found) => {
            Finding::good(PROGRAM, found.display().to_string())
        }
        Some(found) => Finding::problem(
            PROGRAM,
            format!("{} is another program than this one", found.display()),
            "see which one you trust, and remove the other from PATH",
        ),
        None if is_asked => Finding::problem(
            PROGRAM,
            "is not on PATH, and a client is told to ask it",
            format!("{SETUP}, and put the folder that it names on PATH"),
        ),
        None => Finding::note(PROGRAM, "is not on PATH").with_remedy(SETUP),
    }
}
