//! `lockgate provider inspect`: everything that is known of a provider.

use std::path::Path;

use lockgate_core::escape;
use lockgate_policy::{Grant, Line, Manifest};
use lockgate_providers::component::Examined;
use lockgate_providers::{
    Installed, ProviderName, Store, built_in, examine_in_child, find_built_in,
};
use serde_json::{Value, json};

use super::consent::requests_table;
use super::file::Candidate;
use super::units::{size, time};
use crate::error::CommandError;
use crate::shell::{output, to_json};
use crate::table::table;

/// What is known of a provider.
pub(super) struct Shown {
    name: String,
    manifest: Manifest,
    digest: String,
    size: Option<u64>,
    /// Version of the interface, and imports; of a built-in one nobody asks.
    component: Option<Examined>,
    source: String,
    signer: Option<String>,
    state: State,
}

/// What became of it.
enum State {
    BuiltIn(Grant),
    Installed { grant: Grant, lineage: String, installed_at: u64, compiled: String },
    NotInstalled,
}

pub(super) fn inspect(subject: &str, json: bool) -> Result<(), CommandError> {
    let shown = find(subject)?;
    let text = match json {
        true => to_json(&shown.as_json()),
        false => {
            let requests = requests_table(&shown.manifest.requests());
            format!("{}\nIt asks for\n\n{requests}{}", shown.as_text(), shown.rest())
        }
    };
    Ok(output(text.as_bytes())?)
}

/// What looks like a path is a file; else a name counts before a file of that name.
fn find(subject: &str) -> Result<Shown, CommandError> {
    let path = Path::new(subject);
    let file = || Ok(Shown::of_candidate(&Candidate::read(path)?, None, None));
    if built_in(subject).is_some()
        && let Some(provider) = find_built_in(&super::store()?, subject)?
    {
        return Ok(Shown {
            name: provider.name,
            digest: provider.digest.to_string(),
            manifest: provider.manifest,
            size: None,
            component: None,
            source: "built in".to_owned(),
            signer: None,
            state: State::BuiltIn(provider.grant),
        });
    }
    if subject.contains(std::path::MAIN_SEPARATOR) {
        return file();
    }
    let store = super::store()?;
    match store.find(subject)? {
        Some(installed) => of_name(&store, installed),
        None if path.exists() => file(),
        None => Err(CommandError::new(format!(
            "there is neither a provider nor a file `{}`; `lockgate provider list` shows the \
             providers",
            escape(subject)
        ))),
    }
}

/// What is shown is of one moment: if the provider was changed meanwhile, it is looked at again.
fn of_name(store: &Store, installed: Installed) -> Result<Shown, CommandError> {
    let name = installed.name().clone();
    let (digest, grant) = (installed.digest(), installed.grant_text().ok());
    let shown = Shown::of_installed(store, installed);
    match store.find(name.as_str()) {
        Ok(Some(now)) if now.digest() != digest || now.grant_text().ok() != grant => {
            Shown::of_installed(store, now)
        }
        _ => shown,
    }
}

impl Shown {
    /// A file; `name` is the one under which it will be installed.
    pub(super) fn of_candidate(
        candidate: &Candidate,
        name: Option<&ProviderName>,
        signer: Option<&str>,
    ) -> Self {
        let manifest = candidate.manifest.clone();
        Self {
            name: name.map_or_else(|| manifest.name.clone(), ToString::to_string),
            manifest,
            digest: candidate.digest().to_string(),
            size: Some(candidate.component.bytes().len() as u64),
            component: Some(candidate.component.examined().clone()),
            source: candidate.source.clone(),
            signer: signer.map(str::to_owned),
            state: State::NotInstalled,
        }
    }

    pub(super) fn of_installed(store: &Store, installed: Installed) -> Result<Self, CommandError> {
        let component = examine_in_child(&installed.component()?)
            .map_err(|error| CommandError::from_error(&error))?;
        let compiled = match store.load(&installed) {
            Ok(provider) => format!("yes, {}", size(provider.compiled.len() as u64)),
            Err(error) => format!("no: {error}"),
        };
        Ok(Self {
            name: installed.name().to_string(),
            manifest: installed.manifest()?,
            digest: installed.digest().to_string(),
            size: Some(installed.size()),
            component: Some(component),
            source: installed.source().to_owned(),
            signer: installed.signer().map(str::to_owned),
            state: State::Installed {
                grant: installed.grant()?,
                lineage: installed.lineage().to_owned(),
                installed_at: installed.installed_at(),
                compiled,
            },
        })
    }

    /// Who it is.
    pub(super) fn as_text(&self) -> String {
        let Manifest { version, description, homepage, .. } = &self.manifest;
        let mut lines = vec![
            ("Name", self.name.clone()),
            ("Version", version.clone()),
            ("Description", description.clone()),
            ("Homepage", homepage.clone().unwrap_or_else(|| "-".to_owned())),
            ("Digest", self.digest.clone()),
            ("Source", self.source.clone()),
            ("Signer", self.signer.clone().unwrap_or_else(|| "-".to_owned())),
        ];
        if self.name != self.manifest.name {
            lines.insert(1, ("Calls itself", self.manifest.name.clone()));
        }
        lines.extend(self.size.map(|bytes| ("Size", size(bytes))));
        lines.iter().map(line).collect()
    }

    /// What only those want to know who ask.
    fn rest(&self) -> String {
        let mut lines = Vec::new();
        if let Some(component) = &self.component {
            lines.push(("Interface", component.world.clone()));
            lines.push(("Imports", component.imports.join(", ")));
        }
        let mut text = String::from("\n");
        match &self.state {
            State::NotInstalled => lines.push(("Installed", "no".to_owned())),
            State::BuiltIn(grant) => text.push_str(&granted(grant)),
            State::Installed { grant, lineage, installed_at, compiled } => {
                lines.push(("Installed", time(*installed_at)));
                lines.push(("Lineage", lineage.clone()));
                lines.push(("Compiled", compiled.clone()));
                text.push_str(&granted(grant));
            }
        }
        text.extend(lines.iter().map(line));
        text
    }

    pub(super) fn as_json(&self) -> Value {
        let requests = self.manifest.requests().into_iter().map(|request| {
            json!({
                "capability": request.capability,
                "subject": request.subject,
                "reason": request.reason,
                "optional": request.optional,
                "risks": request.risks,
                "grant": request.grant_argument,
            })
        });
        let component = self.component.as_ref();
        let (grant, lineage, installed_at, compiled) = match &self.state {
            State::NotInstalled => (None, None, None, None),
            State::BuiltIn(grant) => (Some(grant), None, None, None),
            State::Installed { grant, lineage, installed_at, compiled } => {
                (Some(grant), Some(lineage), Some(installed_at), Some(compiled))
            }
        };
        json!({
            "name": self.name,
            "manifest_name": self.manifest.name,
            "version": self.manifest.version,
            "description": self.manifest.description,
            "homepage": self.manifest.homepage,
            "digest": self.digest,
            "source": self.source,
            "signer": self.signer,
            "size": self.size,
            "interface": component.map(|component| &component.world),
            "imports": component.map(|component| &component.imports),
            "requests": requests.collect::<Vec<_>>(),
            "built_in": matches!(self.state, State::BuiltIn(_)),
            "installed_at": installed_at,
            "lineage": lineage,
            "compiled": compiled,
            "grant": grant.map(|grant| grant_json(&grant.rules().lines())),
        })
    }
}

pub(super) fn grant_json(lines: &[Line]) -> Vec<Value> {
    let one = |line: &Line| json!({ "capability": line.capability, "subject": line.subject });
    lines.iter().map(one).collect()
}

fn granted(grant: &Grant) -> String {
    let lines = grant.rules().lines();
    if lines.is_empty() {
        return "It is granted nothing.\n\n".to_owned();
    }
    let rows: Vec<_> = lines
        .iter()
        .map(|line| ["".to_owned(), line.capability.to_owned(), escape(&line.subject)])
        .collect();
    format!("It is granted\n\n{}\n", table(&rows))
}

fn line((name, value): &(&str, String)) -> String {
    format!("{name:<12}  {}\n", escape(value))
}
