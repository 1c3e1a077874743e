//! Which clients ask Lockgate, and what else decides about their credentials.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_broker::{Context, ContextError};
use lockgate_core::{Ecosystem, Registry, shell_word};

use super::registries::registries;
use super::remedy::remedy;
use super::{Finding, Section};
use crate::CARGO_PLUGIN_NAME;
use crate::cargo::is_ours;
use crate::setup::on_path;

const CARGO: &str = "cargo";

/// Writable by the group or by others.
const BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// cargo, and everything that decides which provider it asks.
pub(super) fn cargo(context: &Context) -> Section {
    let named = named_by_path(context);
    let mut findings = Vec::new();
    if named.is_empty()
        || named.iter().any(|path| !path.exists())
        || on_path(CARGO_PLUGIN_NAME).is_some()
    {
        findings.push(program_on_the_path());
    }
    findings.extend(named.iter().filter_map(|path| not_this_program(path)));
    findings.extend(registries(context));
    for (file, trusted) in context.cargo.files() {
        findings.extend(writable_by_others(file, trusted));
    }
    findings.extend(context.cargo.ignored().iter().map(|ignored| {
        Finding::note("project", ignored.to_string())
            .with_remedy("if you want it, put it into the config.toml of cargo's home directory")
    }));
    let warnings = context.cargo.warnings().iter();
    findings.extend(warnings.map(|warning| Finding::note("cargo warns", warning.to_string())));
    Section { name: CARGO, findings }
}

/// What cargo's own commands fail with too. It does not keep the rest from being looked at.
pub(super) fn unreadable(error: &ContextError) -> Section {
    let otherwise = "correct what is named above, or work in another folder";
    let found = Finding::failure("configuration", error, remedy(error, otherwise));
    Section { name: CARGO, findings: vec![program_on_the_path(), found] }
}

/// Our programs that cargo's configuration names by a path.
fn named_by_path(context: &Context) -> BTreeSet<PathBuf> {
    let list = context.cargo.global_list().unwrap_or_default();
    let own = context.cargo.registries().into_iter().filter_map(|entry| {
        let registry = Registry::new(Ecosystem::Cargo, entry.url.ok()?).ok()?;
        context.cargo.providers(&registry.named(Some(entry.name))).ok()
    });
    let all = list.into_iter().chain(own.flat_map(|list| list.providers));
    let programs = all.filter_map(|provider| provider.words.into_iter().next());
    programs
        .filter(|program| program.starts_with('/') && is_ours(program))
        .map(PathBuf::from)
        .collect()
}

/// A path of cargo's configuration that does not lead to this program.
fn not_this_program(path: &Path) -> Option<Finding> {
    let shown = path.display().to_string();
    let this = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    match path.canonicalize() {
        Ok(found) if Some(&found) == this.as_ref() => None,
        Ok(_) => Some(Finding::problem(
            shown.clone(),
            format!("{shown} is another program than this one, and cargo asks it"),
            "lockgate setup cargo",
        )),
        Err(_) => Some(Finding::problem(
            shown.clone(),
            format!("{shown} is not there, and cargo would start it"),
            "lockgate setup cargo",
        )),
    }
}

/// cargo finds a provider by its name on PATH, whatever lies there.
fn program_on_the_path() -> Finding {
    match on_path(CARGO_PLUGIN_NAME) {
        None => {
            Finding::note(CARGO_PLUGIN_NAME, "is not on PATH").with_remedy("lockgate setup cargo")
        }
        Some(found) => {
            let this = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
            match found.canonicalize().ok() == this {
                true => Finding::good(CARGO_PLUGIN_NAME, found.display().to_string()),
                false => Finding::problem(
                    CARGO_PLUGIN_NAME,
                    format!("{} is another program than this one", found.display()),
                    "see which one you trust, and remove the other from PATH",
                ),
            }
        }
    }
}

/// A file that cargo reads and somebody else can write, or replace through its folder.
fn writable_by_others(file: &Path, trusted: bool) -> Option<Finding> {
    let folder = file.parent()?;
    let above = folder.parent()?;
    let open = [file, folder, above].into_iter().find(|path| {
        path.metadata().is_ok_and(|found| {
            found.mode() & BY_OTHERS != 0 && (!found.is_dir() || found.mode() & STICKY == 0)
        })
    });
    let planted = above.metadata().is_ok_and(|found| found.mode() & STICKY != 0) && !trusted;
    let shown = file.display().to_string();
    match (open, planted) {
        (Some(open), _) => Some(Finding::problem(
            shown,
            format!("cargo reads it, and others can write {}", open.display()),
            format!("chmod go-w {}", shell_word(&open.display().to_string())),
        )),
        (None, true) => Some(Finding::problem(
            shown,
            format!("cargo reads it, and anybody could have put it into {}", above.display()),
            format!("look at it, and remove it or work outside of {}", above.display()),
        )),
        (None, false) => None,
    }
}
