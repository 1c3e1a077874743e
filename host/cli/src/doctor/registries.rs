//! Whether the providers that each registry has could answer.

use lockgate_broker::{Choice, Context, ProviderError, explain};
use lockgate_core::{Ecosystem, Registry, shell_word};
use lockgate_policy::NotServed;
use lockgate_registry::cargo::{ProviderList, RegistryEntry};

use super::Finding;
use super::remedy::remedy;
use crate::cargo::of_ours;

/// Every registry that cargo's configuration names.
pub(super) fn registries(context: &Context) -> Vec<Finding> {
    context.cargo.registries().iter().map(|entry| one(context, entry)).collect()
}

fn one(context: &Context, entry: &RegistryEntry) -> Finding {
    let subject = format!("registry {}", entry.name);
    let correct = format!("correct it at {}", entry.defined);
    let url = match &entry.url {
        Ok(url) => url,
        Err(problem) => return Finding::problem(subject, problem.clone(), correct),
    };
    let registry = match Registry::new(Ecosystem::Cargo, url.clone()) {
        Ok(registry) => registry.named(Some(entry.name.clone())),
        Err(error) => return Finding::failure(subject, &error, correct),
    };
    let list = match context.cargo.providers(&registry) {
        Ok(list) => list,
        Err(error) => return Finding::failure(subject, &error, correct),
    };
    let detail = format!("cargo asks {}", asked(&list));
    let ours = list.providers.iter().filter_map(|one| of_ours(context, &registry, &one.words));
    let ours: Vec<Choice> = ours.flatten().collect();
    if ours.is_empty() {
        return Finding::note(subject, format!("{detail}, and not Lockgate"))
            .with_remedy("lockgate setup cargo");
    }
    let choices = context.machine.asked(&registry, &ours);
    match trouble(context, &registry, &choices) {
        None => Finding::good(subject, detail),
        Some(trouble) => {
            Finding { subject, detail: format!("{detail}\n{}", trouble.detail), ..trouble }
        }
    }
}

fn asked(list: &ProviderList) -> String {
    let asked = list.providers.iter().map(|provider| {
        let place = provider.defined.as_ref().map(|place| format!(" ({place})"));
        format!("`{}`{}", provider.words.join(" "), place.unwrap_or_default())
    });
    asked.collect::<Vec<_>>().join(", then ")
}

/// What keeps requests for this registry from an answer, as the broker would find it.
pub(super) fn trouble(
    context: &Context,
    registry: &Registry,
    choices: &[Choice],
) -> Option<Finding> {
    let mut skipped = Vec::new();
    for choice in choices {
        let provider = &choice.provider;
        match explain(context, registry, choice) {
            Err(error) => {
                let remedy = what_to_do(&error, provider);
                return Some(Finding::failure("", &error, remedy));
            }
            Ok(Err(NotServed::Forbidden(forbidden))) => {
                let remedy = "use another provider, or ask your administrator";
                return Some(Finding::failure("", &forbidden, remedy));
            }
            Ok(Err(reason)) => skipped.push((provider, reason)),
            Ok(Ok(_)) => {}
        }
    }
    match skipped.len() == choices.len() {
        true => Some(nobody(registry, &skipped)),
        false => None,
    }
}

/// None of the registry's providers is asked. Of crates.io anybody may read.
fn nobody(registry: &Registry, skipped: &[(&String, NotServed)]) -> Finding {
    let said = skipped.iter().map(|(provider, reason)| format!("`{provider}`: {reason}"));
    let said: Vec<_> = said.collect();
    let detail = format!("no provider serves it: {}", said.join("; "));
    let granted = skipped.iter().find(|(_, reason)| *reason == NotServed::NotGranted);
    let remedy = match granted {
        Some((provider, _)) => {
            let value = format!("registries={}:{}", registry.ecosystem(), registry.url());
            let (provider, value) = (shell_word(provider), shell_word(&value));
            format!("lockgate provider grant {provider} {value}")
        }
        None => "name a provider that is made for it".to_owned(),
    };
    match registry.is_crates_io() {
        true => Finding::note("", detail).with_remedy(remedy),
        false => Finding::problem("", detail, remedy),
    }
}

fn what_to_do(error: &ProviderError, provider: &str) -> String {
    let install = format!("lockgate provider install FILE --as {}", shell_word(provider));
    match error {
        ProviderError::Unknown { .. } => format!("{install}, or correct the name"),
        ProviderError::Binding(_) => remedy(error, "correct what is named above"),
        _ => remedy(error, &install),
    }
}
