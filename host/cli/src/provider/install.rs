//! `lockgate provider install`: from a file to a provider that may run.

use std::path::{Path, PathBuf};

use lockgate_adapters::StateFolder;
use lockgate_broker::Machine;
use lockgate_core::{escape, shell_word};
use lockgate_policy::{Grant, Identity, Manifest, Request};
use lockgate_providers::{InstallOptions, Installed, ProviderName, Store, verify_signature};

use super::arguments::Install;
use super::before::{Before, Newcomer};
use super::compile::compile;
use super::consent::{consent, left_out, requests_table, to_choose};
use super::file::{Candidate, read_text};
use super::inspect::Shown;
use super::useless::Question;
use super::{SHELL, forget_answers};
use crate::error::CommandError;
use crate::shell::{output, to_json, to_stderr};

/// Most bytes of a signature: a few short lines.
const MAX_SIGNATURE: usize = 4 << 10;

pub(super) fn install(install: &Install) -> Result<(), CommandError> {
    let machine = crate::machine()?;
    let store = machine.providers();
    let candidate = Candidate::read(&install.file)?;
    let signer = signer(install, &candidate)?;
    let name = name(install, &candidate)?;
    let digest = candidate.digest().hex();
    let identity = identity(&name, &digest, &candidate, signer.as_deref());
    machine.ceiling.admits(&identity).map_err(|error| CommandError::from_error(&error))?;
    let before = Before::find(&store, &name)?;
    let newcomer = Newcomer { name: &name, candidate: &candidate, signer: signer.as_deref() };
    show(&newcomer, &before);
    let continues = before.continued(&store, &newcomer, install.update)?;
    let grant = consent(install, &candidate.manifest)?;
    let question = Question { machine: &machine, identity, manifest: &candidate.manifest };
    let warnings = question.useless(&grant)?;
    let options = InstallOptions {
        name: name.clone(),
        source: candidate.source.clone(),
        signer: signer.clone(),
        grant: grant.to_toml(),
        continues,
    };
    let compile = |component: &[u8]| compile(name.as_str(), component);
    let installed = store.install(&candidate.component, options, &compile)?;
    forget_former(&machine, &store, &name);
    forget_answers(&machine);
    warnings.iter().for_each(|warning| SHELL.warning(warning));
    warn(&grant, &candidate.manifest, &name);
    told(install, &store, installed)
}

/// What was kept for another provider of that name is not for this one.
fn forget_former(machine: &Machine, store: &Store, name: &ProviderName) {
    let state = &machine.folders.state;
    let forgotten = store.forget_former(name, |lineage| {
        if StateFolder::remove_lineage(state, lineage)
            .map_err(|error| CommandError::from_error(&error))?
        {
            SHELL.status("Removed", &format!("what an earlier `{name}` kept"));
        }
        Ok::<(), CommandError>(())
    });
    if let Err(error) = forgotten {
        SHELL.warning(&format!(
            "what an earlier `{name}` kept is still there ({}); the next installation of `{name}` and \
             its removal try again to remove it",
            error.messages().join(": ")
        ));
    }
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
    let verified =
        verify_signature(candidate.component.bytes(), key, &signature).map_err(|error| {
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

fn identity<'a>(
    name: &'a ProviderName,
    digest: &'a str,
    candidate: &'a Candidate,
    signer: Option<&'a str>,
) -> Identity<'a> {
    Identity {
        name: name.as_str(),
        digest,
        built_in: false,
        bridge: false,
        source: Some(&candidate.source),
        signer,
    }
}

/// Everything that the person should know before deciding, where the question is asked.
fn show(newcomer: &Newcomer<'_>, before: &Before) {
    let Newcomer { name, candidate, signer } = newcomer;
    let mut text = Shown::of_candidate(candidate, Some(name), *signer).as_text();
    text.push_str(&before.text(newcomer));
    text.push('\n');
    text.push_str(&requests_table(&candidate.manifest.requests()));
    to_stderr(&text);
}

/// What the provider cannot do without and does not have.
fn warn(grant: &Grant, manifest: &Manifest, name: &ProviderName) {
    let lines = grant.rules().lines();
    let is_granted = |capability: &str| lines.iter().any(|line| line.capability == capability);
    if !is_granted("registries") {
        SHELL.warning(&format!(
            "`{name}` is granted no registry, and so it is never called; give it one with \
             `lockgate provider grant {name} registries=PATTERN`"
        ));
    }
    for argument in to_choose(manifest, grant) {
        SHELL.note(&format!(
            "`{name}` needs a choice of yours, such as `lockgate provider grant {name} {argument}`"
        ));
    }
    let mut told = Vec::new();
    for Request { capability, grant_argument, .. } in left_out(manifest, grant) {
        if !told.contains(&capability) {
            told.push(capability);
            SHELL.warning(&format!(
                "`{name}` says that it cannot do without `{capability}`, which it is not granted; \
                 `lockgate provider grant {name} {}` grants it",
                shell_word(&grant_argument)
            ));
        }
    }
}

fn told(install: &Install, store: &Store, installed: Installed) -> Result<(), CommandError> {
    if install.json {
        let shown = Shown::of_installed(store, installed)?;
        output(to_json(&shown.as_json()).as_bytes())?;
        return Ok(());
    }
    SHELL.status("Installed", &format!("{} ({})", installed.name(), installed.digest()));
    Ok(())
}
