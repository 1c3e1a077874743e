//! Which clients ask Lockgate, and what else decides about their credentials.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_broker::Context;
use lockgate_core::{Ecosystem, Registry};
use lockgate_registry::cargo::RegistryEntry;

use super::{Finding, Section};
use crate::CARGO_PLUGIN_NAME;
use crate::cargo::is_ours;
use crate::shell::Shell;

/// Writable by the group or by others.
const BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// cargo, and everything that decides which provider it asks.
pub(super) fn cargo(_: Shell, context: &Context) -> Section {
    let mut findings = vec![program_on_the_path()];
    findings.extend(context.cargo.registries().iter().map(|entry| registry(context, entry)));
    for (file, trusted) in context.cargo.files() {
        findings.extend(writable_by_others(file, trusted));
    }
    findings.extend(context.cargo.ignored().iter().map(|ignored| {
        Finding::note("project", ignored.to_string())
            .with_remedy("if you want it, put it into the config.toml of cargo's home directory")
    }));
    let warnings = context.cargo.warnings().iter();
    findings.extend(warnings.map(|warning| Finding::note("cargo warns", warning.to_string())));
    Section { name: "cargo", findings }
}

/// cargo finds a provider by its name on PATH, whatever lies there.
fn program_on_the_path() -> Finding {
    match on_path(CARGO_PLUGIN_NAME) {
        None => Finding::note(CARGO_PLUGIN_NAME, "is not on PATH").with_remedy(format!(
            "ln -s \"$(command -v lockgate)\" ~/.cargo/bin/{CARGO_PLUGIN_NAME}"
        )),
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

#[allow(clippy::disallowed_methods, reason = "this reports on the environment")]
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn registry(context: &Context, entry: &RegistryEntry) -> Finding {
    let subject = format!("registry {}", entry.name);
    let remedy = format!("correct it at {}", entry.defined);
    let url = match &entry.url {
        Ok(url) => url,
        Err(problem) => return Finding::problem(subject, problem.clone(), remedy),
    };
    let registry = match Registry::new(Ecosystem::Cargo, url.clone()) {
        Ok(registry) => registry.named(Some(entry.name.clone())),
        Err(error) => return Finding::problem(subject, error.to_string(), remedy),
    };
    let list = match context.cargo.providers(&registry) {
        Ok(list) => list,
        Err(error) => return Finding::problem(subject, error.to_string(), remedy),
    };
    let asked: Vec<String> = list
        .providers
        .iter()
        .map(|provider| {
            let place = provider.defined.as_ref().map(|place| format!(" ({place})"));
            format!("`{}`{}", provider.words.join(" "), place.unwrap_or_default())
        })
        .collect();
    let detail = format!("cargo asks {}", asked.join(", then "));
    let ours = |words: &[String]| words.first().is_some_and(|program| is_ours(program));
    match list.providers.iter().any(|provider| ours(&provider.words)) {
        true => Finding::good(subject, detail),
        false => Finding::note(subject, format!("{detail}, and not Lockgate")).with_remedy(
            "set registry.global-credential-providers in the config.toml of cargo's home directory",
        ),
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
            format!("chmod go-w {}", open.display()),
        )),
        (None, true) => Some(Finding::problem(
            shown,
            format!("cargo reads it, and anybody could have put it into {}", above.display()),
            format!("look at it, and remove it or work outside of {}", above.display()),
        )),
        (None, false) => None,
    }
}
