//! Manifest and grant meet.

use std::path::Path;

use lockgate_core::{Capabilities, EnvironmentGrant, FileGrant, HttpGrant, Registry};

use crate::error::Place;
use crate::grant::Grant;
use crate::manifest::Manifest;
use crate::meet::{Decision, Entry, NOT_ASKED, NOT_GRANTED, meet};
use crate::registries::RegistryPattern;
use crate::rules::{EnvironmentRule, FileRule, HttpRule, Rules, TOKEN_HOLE};

const NO_HOME: &str = "is granted, but no home folder is known";

/// What is known of the request in hand.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What the credential is for.
    pub registry: &'a Registry,
    /// The variable in which the client looks for this registry's token, from configuration that a
    /// project cannot write.
    pub token_variable: Option<&'a str>,
    /// The user's home folder.
    pub home: Option<&'a Path>,
}

/// What one call may use, and what decided it.
#[derive(Clone, Debug)]
pub struct Decided {
    /// What the call may use.
    pub capabilities: Capabilities,
    /// A decision for everything that was asked for or granted.
    pub decisions: Vec<Decision>,
}

/// The provider is not to be called for a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    /// It does not say that it is for such registries.
    #[error("the provider's manifest does not ask for this registry")]
    NotAsked,
    /// The user did not grant it this one.
    #[error("the provider is not granted for this registry")]
    NotGranted,
}

/// What a call about one registry may use: what the manifest asks for and the grant gives.
///
/// # Errors
/// If one of them is not for the registry.
pub fn capabilities(
    manifest: &Manifest,
    grant: &Grant,
    facts: &Facts<'_>,
) -> Result<Capabilities, NotServed> {
    decide(manifest, grant, facts).map(|decided| decided.capabilities)
}

/// [`capabilities`], and for each which lines gave or refused it.
///
/// # Errors
/// If manifest or grant is not for the registry.
pub fn decide(manifest: &Manifest, grant: &Grant, facts: &Facts<'_>) -> Result<Decided, NotServed> {
    let (asks, gives) = (&manifest.asks, &grant.rules);
    let mut decisions = vec![served(asks, gives, facts.registry)?];
    let trace = &mut decisions;
    let capabilities = Capabilities {
        stores: meet(&asks.stores, &gives.stores, trace).into_iter().map(|rule| rule.0).collect(),
        http: meet_addresses(asks, gives, trace),
        denied_http: Vec::new(),
        process: Vec::new(),
        environment: meet(&asks.environment, &gives.environment, trace)
            .into_iter()
            .map(|rule| fill_variable(rule, facts))
            .collect(),
        files: fill_paths(meet(&asks.files, &gives.files, trace), facts, trace),
        plain: meet(&asks.plain, &gives.plain, trace).into_iter().map(|rule| rule.0).collect(),
        prompt: both("prompt", &asks.prompt, &gives.prompt, trace),
        reveal: both("reveal", &asks.reveal, &gives.reveal, trace),
        optional: manifest.optional.clone(),
        limits: asks.limits.meet(&gives.limits, trace),
    };
    Ok(Decided { capabilities, decisions })
}

fn served(asks: &Rules, gives: &Rules, registry: &Registry) -> Result<Decision, NotServed> {
    let find = |patterns: &[Entry<RegistryPattern>]| {
        patterns.iter().find(|entry| entry.value.matches(registry)).cloned()
    };
    let asked = find(&asks.registries).ok_or(NotServed::NotAsked)?;
    let granted = find(&gives.registries).ok_or(NotServed::NotGranted)?;
    Ok(Decision {
        capability: "registries",
        subject: granted.value.to_string(),
        places: vec![asked.place, granted.place],
        refusal: None,
    })
}

/// The narrowest last: `Capabilities::http` takes the last of those that it cannot tell apart.
fn meet_addresses(asks: &Rules, gives: &Rules, trace: &mut Vec<Decision>) -> Vec<HttpGrant> {
    let narrowest_first = meet(&asks.http, &gives.http, trace);
    narrowest_first.into_iter().rev().map(HttpRule::into_grant).collect()
}

fn fill_variable(rule: EnvironmentRule, facts: &Facts<'_>) -> EnvironmentGrant {
    let variable = match rule.name == TOKEN_HOLE {
        true => facts.token_variable.map(str::to_owned),
        false => Some(rule.name.clone()),
    };
    EnvironmentGrant { name: rule.name, variable, plain: rule.plain }
}

fn fill_paths(rules: Vec<FileRule>, facts: &Facts<'_>, trace: &mut [Decision]) -> Vec<FileGrant> {
    let home = facts.home.filter(|home| home.is_absolute());
    let mut files = Vec::new();
    for FileRule(name) in rules {
        match FileRule(name.clone()).resolve(home) {
            Some(path) => files.push(FileGrant { name, path }),
            None => {
                let decisions = trace.iter_mut();
                decisions
                    .filter(|decision| decision.capability == "files" && decision.subject == name)
                    .for_each(|decision| decision.refusal = Some(NO_HOME));
            }
        }
    }
    files
}

fn both(
    capability: &'static str,
    asked: &Option<Entry<bool>>,
    granted: &Option<Entry<bool>>,
    trace: &mut Vec<Decision>,
) -> bool {
    let is_set = |flag: &Option<Entry<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    let refusal = match (is_set(asked), is_set(granted)) {
        (true, true) => None,
        (true, false) => Some(NOT_GRANTED),
        (false, true) => Some(NOT_ASKED),
        (false, false) => return false,
    };
    let places: Vec<Place> =
        [asked, granted].into_iter().flatten().map(|flag| flag.place.clone()).collect();
    trace.push(Decision { capability, subject: "true".to_owned(), places, refusal });
    refusal.is_none()
}
