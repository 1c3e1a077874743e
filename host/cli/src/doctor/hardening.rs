//! Both walls: what was done at the start, and the second wall, put up here to see whether it stands.

use lockgate_broker::Machine;
use lockgate_system::{Confinement, WallState, confine};

use super::{Finding, Section};

/// Each measure is a second line of defence: nothing depends on it.
const REMEDY: &str = "a newer kernel, or a container that allows it, adds this line of defence";

/// Confines this process, for good. Without a `machine` nothing is known to be required.
pub(super) fn hardening(machine: Option<&Machine>) -> Section {
    let steps = crate::hardening().iter();
    let mut findings: Vec<Finding> = steps
        .map(|step| match &step.result {
            Ok(()) => Finding::good(step.name, "holds"),
            Err(error) => Finding::failure(step.name, error, REMEDY),
        })
        .collect();
    let confined = confine(&Confinement::default());
    for wall in confined.walls() {
        let name = format!("no {}", wall.name);
        findings.push(match &wall.state {
            WallState::Stands => Finding::good(name, "holds"),
            WallState::Gap(why) | WallState::Absent(why) => {
                Finding::note(name, *why).with_remedy(REMEDY)
            }
            WallState::Failed(error) => Finding::failure(name, error, REMEDY),
        });
    }
    if let Some(Err(forbidden)) = machine.map(|machine| machine.check_hardening(&confined)) {
        let remedy = "do what is said above, or ask your administrator";
        findings.push(Finding::failure("required", &forbidden, remedy));
    }
    Section { name: "hardening", findings }
}
