//! Lockgate's own files and folders.

use std::path::Path;

use lockgate_broker::{ContextError, Machine};
use lockgate_system::Folder;

use super::remedy::remedy;
use super::{Finding, Section};

/// Nothing else can be looked at.
pub(super) fn unusable(error: &ContextError) -> Section {
    let otherwise = "correct what is named above, and run `lockgate doctor` again";
    let found = Finding::failure("configuration cannot be used", error, remedy(error, otherwise));
    Section { name: "configuration", findings: vec![found] }
}

/// What each request needs of Lockgate's own.
pub(super) fn configuration(machine: &Machine) -> Section {
    let config = &machine.folders.config_file;
    let config = match config.exists() {
        true => Finding::good("config.toml", config.display().to_string()),
        false => Finding::note("config.toml", format!("none at {}", config.display())),
    };
    let mut findings = vec![config];
    for (name, folder) in [
        ("providers", &machine.folders.providers),
        ("state", &machine.folders.state),
        ("cache", &machine.folders.cache),
    ] {
        findings.push(folder_of_ours(name, folder));
    }
    Section { name: "configuration", findings }
}

fn folder_of_ours(name: &str, folder: &Path) -> Finding {
    let shown = folder.display();
    match Folder::open_private(folder) {
        Ok(None) => Finding::good(name, format!("{shown}, made when it is needed")),
        Ok(Some(_)) => Finding::good(name, shown.to_string()),
        Err(error) => {
            let otherwise = "move away what is there; a folder is made when it is needed";
            Finding::failure(name, &error, remedy(&error, otherwise))
        }
    }
}
