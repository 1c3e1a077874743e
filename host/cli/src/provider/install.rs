//! `lockgate provider install`: from a file to a provider that may run.

use std::path::{Path, PathBuf};

use lockgate_core::escape;
use lockgate_policy::{Ceiling, Difference, Grant, Identity};
use lockgate_providers::{InstallOptions, Installed, ProviderName, Store, verify_signature};

use super::SHELL;
use super::arguments::Install;
use super::compile::compile;
use super::consent::{consent, requests_table, to_choose};
use super::file::{Candidate, read_text};
use super::inspect::Shown;
use crate::error::CommandError;
use crate::shell::{output, to_stderr};

/// Most bytes of a signature: a few short lines.
const MAX_SIGNATURE: usize = 4 << 10;

pub(super) fn install(install: &Install) -> Result<(), CommandError> {
    let context = crate::cargo::context()?;
    let store = context.providers();
    let candidate = Candidate::read(&install.file)?;
    let signer = signer(install, &candidate)?;
    let name = name(install, &candidate)?;
    check_ceiling(&context.ceiling, &name, &candidate, signer.as_deref())?;
    let before = store.find(name.as_str()).unwrap_or_default();
    show(install, &candidate, &name, signer.as_deref(), before.as_ref())?;
    let grant = consent(install, &candidate.manifest)?;
    warn(&grant, &name);
    for argument in to_choose(&candidate.manifest, &grant) {
        SHELL.note(&format!(
            "`{name}` needs a choice of yours, such as `lockgate provider grant {name} {argument}`"
        ));
    }
    let options = InstallOptions {
        name: name.clone(),
        source: candidate.source,
        signer,
        grant: grant.to_toml(),
    };
    let installed =
        store.install(&candidate.bytes, options, &|component| compile(name.as_str(), component))?;
    told(install, &store, installed)
}

fn name(install: &Install, candidate: &Candidate) -> Result<ProviderName, CommandError> {
    let name = install.name.as_ref().unwrap_or(&candidate.manifest.name);
    ProviderName::new(name).map_err(|error| match install.name {
        Some(_) => CommandError::from_error(&error),
        None => CommandError::new(format!("{error}; give it a name with `--as NAME`")),
    })
}

/// The public key by which the component is signed, if one is demanded.
fn signer(install: &Install, candidate: &Candidate) -> Result<Option<String>, CommandError> {
    let beside = beside(&install.file);
    let Some(key) = &install.public_key else {
        if beside.exists() {
            let shown = escape(&beside.display().to_string());
            SHELL.note(&format!("`{shown}` is not looked at; to verify it, give `--public-key`"));
        }
        return Ok(None);
    };
    let path = install.signature.as_ref().unwrap_or(&beside);
    let signature = read_text(path, MAX_SIGNATURE)?;
    let verified = verify_signature(&candidate.bytes, key, &signature).map_err(|error| {
        let causes = CommandError::from_error(&error).messages();
        let shown = escape(&install.file.display().to_string());
        CommandError::because(format!("`{shown}` is not signed as demanded"), causes)
    })?;
    Ok(Some(verified))
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".minisig");
    PathBuf::from(name)
}

fn check_ceiling(
    ceiling: &Ceiling,
    name: &ProviderName,
    candidate: &Candidate,
    signer: Option<&str>,
) -> Result<(), CommandError> {
    let digest = candidate.digest().hex();
    let identity = Identity {
        name: name.as_str(),
        digest: &digest,
        built_in: false,
        bridge: false,
        source: Some(&candidate.source),
        signer,
    };
    ceiling.admits(&identity).map_err(|error| CommandError::from_error(&error))
}

/// Everything that the person should know before deciding.
fn show(
    install: &Install,
    candidate: &Candidate,
    name: &ProviderName,
    signer: Option<&str>,
    before: Option<&Installed>,
) -> Result<(), CommandError> {
    let mut text = Shown::of_candidate(candidate, Some(name), signer).as_text();
    if let Some(before) = before {
        text.push_str(&replaced(candidate, signer, before));
    }
    text.push('\n');
    text.push_str(&requests_table(&candidate.manifest.requests()));
    match install.json {
        true => to_stderr(&text),
        false => output(text.as_bytes())?,
    }
    Ok(())
}

/// What it replaces, and what is different.
fn replaced(candidate: &Candidate, signer: Option<&str>, before: &Installed) -> String {
    let Ok(manifest) = before.manifest() else {
        return "\nIt replaces one that is damaged.\n".to_owned();
    };
    let mut text =
        format!("\nIt replaces version {} ({}).\n", escape(&manifest.version), before.digest());
    if let Some(known) = before.signer()
        && signer != Some(known)
    {
        text.push_str(&format!("That one was signed by {}; this one is not.\n", escape(known)));
    }
    for line in Difference::between(&manifest.asks, &candidate.manifest.asks).added {
        text.push_str(&format!("New: {} {}\n", line.capability, escape(&line.subject)));
    }
    text
}

fn warn(grant: &Grant, name: &ProviderName) {
    if !grant.rules().lines().iter().any(|line| line.capability == "registries") {
        SHELL.warning(&format!(
            "`{name}` is granted no registry, and so it is never called; give it one with \
             `lockgate provider grant {name} registries=PATTERN`"
        ));
    }
}

fn told(install: &Install, store: &Store, installed: Installed) -> Result<(), CommandError> {
    if install.json {
        let shown = Shown::of_installed(store, installed)?;
        output(format!("{:#}\n", shown.as_json()).as_bytes())?;
        return Ok(());
    }
    SHELL.status("Installed", &format!("{} ({})", installed.name(), installed.digest()));
    Ok(())
}
