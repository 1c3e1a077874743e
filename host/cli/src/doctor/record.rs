//! The audit: whether requests are recorded, and whether the record is whole.

use lockgate_audit::AuditError;
use lockgate_broker::Machine;
use lockgate_policy::{AuditCollector, Requirement};

use super::remedy::remedy;
use super::{Finding, Section};

/// What is recorded, and whether it still is what was recorded.
pub(super) fn audit(machine: &Machine) -> Section {
    let mut findings = vec![recording(machine)];
    findings.extend(chain(machine));
    Section { name: "audit", findings }
}

fn recording(machine: &Machine) -> Finding {
    const SUBJECT: &str = "recording";
    match machine.check_audit() {
        Ok(()) => Finding::good(SUBJECT, where_to(machine)),
        Err(error) => {
            let mut found = Finding::failure(SUBJECT, &error, what_to_do(&error));
            if let Some(place) = machine.ceiling.requires(Requirement::Audit) {
                found.detail.push_str(&format!("\nno credential is given without it ({place})"));
            }
            found
        }
    }
}

fn where_to(machine: &Machine) -> String {
    let folder = machine.audit_folder().display().to_string();
    match machine.ceiling.audit_collector() {
        None => folder,
        Some(AuditCollector::Journald) => format!("{folder}, and systemd's journal"),
        Some(AuditCollector::Syslog) => format!("{folder}, and the system's log"),
    }
}

fn what_to_do(error: &AuditError) -> String {
    let otherwise = match error {
        AuditError::Collector { .. } => "start the service that listens there",
        _ => "move away what is in the way; the folder is made anew",
    };
    remedy(error, otherwise)
}

/// Nothing if the folder cannot be read, which was said already.
fn chain(machine: &Machine) -> Option<Finding> {
    const SUBJECT: &str = "record";
    let report = match lockgate_audit::verify(&machine.audit_folder()) {
        Ok(report) => report,
        Err(AuditError::File(_)) => return None,
        Err(error) => return Some(Finding::failure(SUBJECT, &error, what_to_do(&error))),
    };
    Some(match report.problems.as_slice() {
        [] => Finding::good(SUBJECT, format!("{} lines, and the chain holds", report.lines)),
        problems => {
            let said: Vec<_> = problems.iter().take(MOST).map(ToString::to_string).collect();
            let remedy = "see `lockgate audit verify`, then move these files away: the next request \
                          begins a new record";
            Finding::problem(SUBJECT, said.join("\n"), remedy)
        }
    })
}

/// Most places that are told here; `lockgate audit verify` tells them all.
const MOST: usize = 3;
