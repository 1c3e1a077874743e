//! The administrator's policy.

use lockgate_broker::{Choice, Machine};
use lockgate_core::shell_word;
use lockgate_policy::{CallerRule, Requirement};
use lockgate_providers::built_in;
use lockgate_system::{has_terminal, policy_file};

use super::remedy::remedy;
use super::{Finding, Section};

/// The ceiling in force.
pub(super) fn administrator(machine: &Machine) -> Section {
    let path = policy_file().display().to_string();
    if !policy_file().exists() {
        let none = Finding::good("policy", format!("none at {path}; nothing is restricted"));
        return Section { name: "administrator", findings: vec![none] };
    }
    let ceiling = &machine.ceiling;
    let mut findings = vec![Finding::good("policy", format!("{path} is in force"))];
    for (requirement, name) in [
        (Requirement::Audit, "requires an audit"),
        (Requirement::Hardening, "requires every hardening"),
        (Requirement::PinnedIndexes, "requires pinned indexes"),
    ] {
        if let Some(place) = ceiling.requires(requirement) {
            findings.push(Finding::note(name, place.to_string()));
        }
    }
    findings.extend(caller(machine));
    for (lines, place) in ceiling.forced_providers() {
        let choices = lines.iter().filter_map(|line| Choice::of_line(line));
        findings.extend(choices.filter_map(|choice| missing(machine, &choice, &place.to_string())));
    }
    Section { name: "administrator", findings }
}

fn caller(machine: &Machine) -> Option<Finding> {
    match machine.ceiling.caller() {
        CallerRule::Terminal | CallerRule::Confirm if !has_terminal() => Some(Finding::problem(
            "caller",
            "credentials are given only where there is a terminal, and here is none",
            "run the client in a terminal, or ask your administrator",
        )),
        _ => None,
    }
}

/// A provider that the policy gives a registry, and that is not there: every request fails.
fn missing(machine: &Machine, choice: &Choice, place: &str) -> Option<Finding> {
    let name = &choice.provider;
    if built_in(name).is_some() {
        return None;
    }
    let install = format!("lockgate provider install FILE --as {}", shell_word(name));
    match machine.providers().find(name) {
        Ok(Some(_)) => None,
        Ok(None) => Some(Finding::problem(
            name,
            format!("the policy gives it to registries ({place}), and it is not installed"),
            install,
        )),
        Err(error) => Some(Finding::failure(name, &error, remedy(&error, &install))),
    }
}
