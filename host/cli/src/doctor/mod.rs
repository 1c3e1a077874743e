//! `lockgate doctor`: what is there, what works, and what to do about the rest.

mod clients;
mod finding;
mod machine;
mod providers;

use std::process::ExitCode;

use serde_json::json;

use crate::error::CommandError;
use crate::shell::{self, Shell};
use finding::{Finding, Section, State};

/// Looks at everything and prints it; exit status 1 if there is a problem.
pub(crate) fn run(json: bool) -> ExitCode {
    let shell = Shell { quiet: false, verbose: false };
    shell.exit_code(doctor(shell, json))
}

/// Whether there is no problem.
fn doctor(shell: Shell, json: bool) -> Result<bool, CommandError> {
    let mut sections = vec![];
    match crate::cargo::context() {
        Ok(context) => {
            sections.push(machine::configuration(&context));
            sections.push(machine::administrator(&context));
            sections.push(providers::providers(&context));
            sections.push(machine::stores(&context));
            sections.push(clients::cargo(shell, &context));
            sections.push(machine::audit(&context));
        }
        Err(error) => sections.push(machine::unusable(&error)),
    }
    // The last: it confines this process.
    sections.push(machine::hardening());
    let healthy = sections.iter().all(Section::is_healthy);
    let text = match json {
        true => as_json(&sections, healthy),
        false => as_text(&sections),
    };
    shell::output(text.as_bytes())?;
    Ok(healthy)
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
    format!("{:#}\n", json!({ "healthy": healthy, "findings": findings }))
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
