//! `lockgate doctor`: what is there, what works, and what to do about the rest.

mod administrator;
mod clients;
mod configuration;
mod docker;
mod encrypted;
mod finding;
mod hardening;
mod keyring;
mod providers;
mod record;
mod registries;
mod remedy;
mod stores;

use std::process::ExitCode;

use lockgate_broker::Machine;
use serde_json::json;

use crate::error::CommandError;
use crate::shell::{self, Shell};
use finding::{Finding, Section, State};

/// Looks at everything and prints it; exit status 1 if there is a problem.
pub(crate) fn run(json: bool) -> ExitCode {
    let shell = Shell { quiet: false, verbose: false };
    shell.exit_code(doctor(json))
}

/// Whether there is no problem.
fn doctor(json: bool) -> Result<bool, CommandError> {
    let machine = crate::machine();
    let mut sections = match &machine {
        Ok(machine) => of_machine(machine),
        Err(error) => vec![configuration::unusable(error)],
    };
    // The last: it confines this process.
    sections.push(hardening::hardening(machine.as_ref().ok()));
    let healthy = sections.iter().all(Section::is_healthy);
    let text = match json {
        true => as_json(&sections, healthy),
        false => as_text(&sections),
    };
    shell::output(text.as_bytes())?;
    Ok(healthy)
}

fn of_machine(machine: &Machine) -> Vec<Section> {
    let mut sections = vec![
        configuration::configuration(machine),
        administrator::administrator(machine),
        providers::providers(machine),
        record::audit(machine),
        keyring::keyring(),
    ];
    match crate::cargo::context_on(machine.clone()) {
        Ok(context) => {
            sections.extend([stores::stores(machine, Some(&context)), clients::cargo(&context)]);
        }
        Err(error) => {
            sections.extend([stores::stores(machine, None), clients::unreadable(&error)]);
        }
    }
    sections.push(docker::docker(machine));
    sections
}

fn as_json(sections: &[Section], healthy: bool) -> String {
    let findings: Vec<_> = sections
        .iter()
        .flat_map(|section| section.findings.iter().map(move |found| (section.name, found)))
        .map(|(section, found)| {
            json!({
                "section": section,
                "subject": found.subject,
                "state": found.state.name(),
                "detail": found.detail,
                "remedy": found.remedy,
            })
        })
        .collect();
    shell::to_json(&json!({ "healthy": healthy, "findings": findings }))
}

fn as_text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        text.push_str(&format!("{}\n", section.name));
        for found in &section.findings {
            text.push_str(&found.lines());
        }
    }
    let problems = sections.iter().flat_map(|section| &section.findings);
    let problems = problems.filter(|found| found.state == State::Problem).count();
    text.push_str(&match problems {
        0 => "\nno problems\n".to_owned(),
        1 => "\n1 problem\n".to_owned(),
        many => format!("\n{many} problems\n"),
    });
    text
}
