//! Manifest, grant and ceiling meet.

mod http;
mod process;

use std::path::Path;

use lockgate_core::{Capabilities, EnvironmentGrant, FileGrant, Registry};

use crate::ceiling::{Caps, Ceiling, Court, Forbidden};
use crate::decision::{Cause, Decision};
use crate::grant::Grant;
use crate::identity::Identity;
use crate::manifest::Manifest;
use crate::meet::{Entry, Rule, meet};
use crate::registries::RegistryPattern;
use crate::rules::{EnvironmentRule, FileRule, Rules, TOKEN_HOLE};

pub(crate) const NO_HOME: Cause = Cause::Unusable("is granted, but no home folder is known");

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

impl Decided {
    /// The decision because of which something was not there at the moment of use: `capability`
    /// and `subject` are those of the host's own record of the refusal. None if no line was about
    /// it. Of several the administrator's comes first, since granting would not help.
    pub fn why(&self, capability: &str, subject: &str) -> Option<&Decision> {
        let found = || {
            let of_kind = self.decisions.iter().filter(|one| one.capability == capability);
            of_kind.filter(|decision| decision.refuses(subject))
        };
        found().find(|decision| decision.by_administrator()).or_else(|| found().next())
    }
}

/// The provider is not to be called for a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    /// It does not say that it is for such registries.
    #[error("the provider's manifest does not ask for this registry")]
    NotAsked,
    /// The user did not grant it this one.
    #[error("the provider is not granted for this registry")]
    NotGranted,
    /// The administrator refuses the provider, or refuses it this registry.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
}

/// What a call about one registry may use where no administrator restricts it: what the manifest
/// asks for and the grant gives.
///
/// # Errors
/// If one of them is not for the registry.
pub fn capabilities(
    manifest: &Manifest,
    grant: &Grant,
    facts: &Facts<'_>,
) -> Result<Capabilities, NotServed> {
    let (ceiling, nobody) = (Ceiling::default(), Identity::default());
    decide(manifest, grant, &ceiling, &nobody, facts).map(|decided| decided.capabilities)
}

/// What a call about one registry may use: what the manifest asks for, the grant gives and the
/// ceiling leaves; and for each which lines gave or refused it.
///
/// # Errors
/// If the ceiling does not admit the provider, or one of the three is not for the registry.
pub fn decide(
    manifest: &Manifest,
    grant: &Grant,
    ceiling: &Ceiling,
    identity: &Identity<'_>,
    facts: &Facts<'_>,
) -> Result<Decided, NotServed> {
    ceiling.admits(identity)?;
    ceiling.check_forced(identity, facts.registry)?;
    let court = &Court { caps: ceiling.caps_for(identity), facts };
    let (asks, gives) = (&manifest.asks, &grant.rules);
    let mut decisions = vec![served(asks, gives, court)?];
    let trace = &mut decisions;
    let limits: Vec<_> = court.caps.iter().map(|cap| &cap.allow.limits).collect();
    let capabilities = Capabilities {
        stores: meet(&asks.stores, &gives.stores, court, trace)
            .into_iter()
            .map(|rule| rule.0)
            .collect(),
        http: http::addresses(asks, gives, court, trace),
        denied_http: http::denied(asks, gives, court, trace),
        process: process::programs(asks, gives, identity, court, trace),
        environment: meet(&asks.environment, &gives.environment, court, trace)
            .into_iter()
            .map(|rule| fill_variable(rule, facts))
            .collect(),
        files: fill_paths(meet(&asks.files, &gives.files, court, trace), facts, trace),
        plain: meet(&asks.plain, &gives.plain, court, trace)
            .into_iter()
            .map(|rule| rule.0)
            .collect(),
        prompt: all_three(
            "prompt",
            [&asks.prompt, &gives.prompt],
            court,
            |caps| &caps.prompt,
            trace,
        ),
        reveal: all_three(
            "reveal",
            [&asks.reveal, &gives.reveal],
            court,
            |caps| &caps.reveal,
            trace,
        ),
        optional: manifest.optional.clone(),
        limits: asks.limits.meet(&gives.limits, &limits, trace),
    };
    Ok(Decided { capabilities, decisions })
}

fn served(asks: &Rules, gives: &Rules, court: &Court<'_>) -> Result<Decision, NotServed> {
    let find = |patterns: &[Entry<RegistryPattern>]| {
        patterns.iter().find(|entry| entry.value.matches(court.facts.registry)).cloned()
    };
    let asked = find(&asks.registries).ok_or(NotServed::NotAsked)?;
    let granted = find(&gives.registries).ok_or(NotServed::NotGranted)?;
    let mut places = vec![asked.place, granted.place];
    places.extend(court.judge_registry(court.facts.registry)?);
    Ok(Decision::allowed_by("registries", granted.value.to_string(), places))
}

fn fill_variable(rule: EnvironmentRule, facts: &Facts<'_>) -> EnvironmentGrant {
    let variable = match rule.name == TOKEN_HOLE {
        true => facts.token_variable.map(str::to_owned),
        false => Some(rule.name.clone()),
    };
    EnvironmentGrant { name: rule.name, variable, plain: rule.plain }
}

fn fill_paths(rules: Vec<FileRule>, facts: &Facts<'_>, trace: &mut [Decision]) -> Vec<FileGrant> {
    let mut files = Vec::new();
    for rule in rules {
        match rule.resolve(facts.home) {
            Some(path) => files.push(FileGrant { name: rule.0, path }),
            None => turn_down(trace, &rule, &NO_HOME),
        }
    }
    files
}

/// Makes a refusal of the decision that allowed a rule.
pub(crate) fn turn_down<R: Rule>(trace: &mut [Decision], rule: &R, cause: &Cause) {
    let subject = rule.subject();
    let decisions = trace.iter_mut().filter(|decision| {
        decision.capability == R::KEY && decision.allowed() && decision.subject == subject
    });
    decisions.for_each(|decision| decision.refuse(rule, cause.clone()));
}

fn all_three(
    capability: &'static str,
    [asked, granted]: [&Option<Entry<bool>>; 2],
    court: &Court<'_>,
    pick: fn(&Caps) -> &Option<Entry<bool>>,
    trace: &mut Vec<Decision>,
) -> bool {
    let is_set = |flag: &Option<Entry<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    let refusal = match (is_set(asked), is_set(granted)) {
        (false, false) => return false,
        (false, true) => Some(Cause::NotAsked),
        (true, is_granted) => match court.judge_flag(pick) {
            Err(forbidden) => Some(Cause::Forbidden(forbidden)),
            Ok(()) => (!is_granted).then_some(Cause::NotGranted),
        },
    };
    let flags = [asked, granted].into_iter().flatten();
    let places = flags.map(|flag| flag.place.clone()).collect();
    let decision = Decision::about_flag(capability, places, refusal);
    let allowed = decision.allowed();
    trace.push(decision);
    allowed
}
