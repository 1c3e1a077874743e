//! What the machine and its administrator provide: folders, policy, stores, audit, hardening.

use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use lockgate_broker::{Context, ContextError};
use lockgate_policy::{CallerRule, Requirement};
use lockgate_system::{Confinement, WallState, confine, has_terminal, policy_file};

use super::{Finding, Section};

/// Nothing else can be looked at.
pub(super) fn unusable(error: &ContextError) -> Section {
    let detail = error.messages().join("\n");
    let remedy = "correct what is named above, and run `lockgate doctor` again";
    let found = Finding::problem("configuration cannot be used", detail, remedy);
    Section { name: "configuration", findings: vec![found] }
}

/// Lockgate's own files.
pub(super) fn configuration(context: &Context) -> Section {
    let config = &context.folders.config_file;
    let config = match config.exists() {
        true => Finding::good("config.toml", config.display().to_string()),
        false => Finding::note("config.toml", format!("none at {}", config.display())),
    };
    let mut findings = vec![config];
    for (name, folder) in [
        ("providers", &context.folders.providers),
        ("state", &context.folders.state),
        ("cache", &context.folders.cache),
    ] {
        findings.push(folder_of_ours(name, folder));
    }
    Section { name: "configuration", findings }
}

fn folder_of_ours(name: &str, folder: &Path) -> Finding {
    let shown = folder.display();
    match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::good(name, format!("{shown}, made when it is needed"))
        }
        Err(error) => Finding::problem(name, format!("{shown}: {error}"), "make it readable"),
        Ok(found) if found.mode() & 0o022 != 0 => Finding::problem(
            name,
            format!("{shown} can be written by others"),
            format!("chmod 700 {shown}"),
        ),
        Ok(_) => Finding::good(name, shown.to_string()),
    }
}

/// The ceiling in force.
pub(super) fn administrator(context: &Context) -> Section {
    let path = policy_file().display().to_string();
    if !policy_file().exists() {
        let none = Finding::good("policy", format!("none at {path}; nothing is restricted"));
        return Section { name: "administrator", findings: vec![none] };
    }
    let ceiling = &context.ceiling;
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
    match ceiling.caller() {
        CallerRule::Terminal | CallerRule::Confirm if !has_terminal() => {
            findings.push(Finding::problem(
                "caller",
                "credentials are given only where there is a terminal, and here is none",
                "run the client in a terminal, or ask your administrator",
            ));
        }
        _ => {}
    }
    Section { name: "administrator", findings }
}

/// cargo's own file of tokens, the one store that there is yet.
pub(super) fn stores(context: &Context) -> Section {
    let file = context.cargo_home.join("credentials.toml");
    let shown = file.display();
    let found = match file.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Finding::good("cargo-credentials", format!("{shown}, made at the first login"))
        }
        Err(error) => Finding::problem(
            "cargo-credentials",
            format!("{shown}: {error}"),
            "make it readable for you, and for nobody else",
        ),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Finding::problem(
            "cargo-credentials",
            format!("others can read the tokens in {shown}"),
            format!("chmod 600 {shown}"),
        ),
        Ok(_) => Finding::good("cargo-credentials", shown.to_string()),
    };
    Section { name: "stores", findings: vec![found] }
}

/// Whether requests are recorded.
pub(super) fn audit(context: &Context) -> Section {
    let folder = context.audit_folder();
    let found = match lockgate_audit::verify(&folder) {
        Ok(report) if report.problems.is_empty() => {
            Finding::good("audit", format!("{}, {} lines", folder.display(), report.lines))
        }
        Ok(report) => Finding::problem(
            "audit",
            format!("{} has {} problems", folder.display(), report.problems.len()),
            "lockgate audit verify",
        ),
        Err(error) => Finding::problem(
            "audit",
            format!("{}: {error}", folder.display()),
            "see that the folder is yours and 0700",
        ),
    };
    Section { name: "audit", findings: vec![found] }
}

/// Both what was done at the start and the second wall, put up here to see whether it stands.
pub(super) fn hardening() -> Section {
    let mut findings: Vec<Finding> = crate::hardening()
        .iter()
        .map(|step| match &step.result {
            Ok(()) => Finding::good(step.name, "holds"),
            Err(error) => Finding::problem(step.name, error.to_string(), REMEDY),
        })
        .collect();
    for wall in confine(&Confinement::default()).walls() {
        let name = format!("no {}", wall.name);
        findings.push(match &wall.state {
            WallState::Stands => Finding::good(name, "holds"),
            WallState::Gap(why) | WallState::Absent(why) => {
                Finding::note(name, *why).with_remedy(REMEDY)
            }
            WallState::Failed(error) => Finding::problem(name, error.to_string(), REMEDY),
        });
    }
    Section { name: "hardening", findings }
}

/// Each measure is a second line of defence: nothing depends on it.
const REMEDY: &str = "a newer kernel, or a container that allows it, adds this line of defence";
