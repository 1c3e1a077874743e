//! What else decides whom cargo asks: variables, other files, a project, the administrator.

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_broker::Context;
use lockgate_core::{Ecosystem, Registry, escape};
use lockgate_registry::cargo::{Definition, IgnoredReason, Layer};

use crate::cargo::is_ours;

/// What would win over, or come beside, the list that setup writes into `file`.
pub(super) fn warnings(context: &Context, file: &Path) -> Vec<String> {
    let mut warnings = others(context, file);
    warnings.extend(projects(context));
    warnings.extend(forced(context));
    warnings
}

/// The same of the one provider of a registry.
pub(super) fn warnings_for(context: &Context, file: &Path, registry: &Registry) -> Vec<String> {
    let list = context.cargo.global_list().unwrap_or_default();
    let is_global =
        |defined: &Definition| list.iter().any(|one| one.defined.as_ref() == Some(defined));
    let own = context.cargo.providers(registry).map(|list| list.providers).unwrap_or_default();
    let others = own.into_iter().filter_map(|provider| provider.defined).filter(|defined| {
        let is_here = matches!(defined, Definition::File { path, .. } if is_same(path, file));
        !is_here && !is_global(defined)
    });
    let said = others.map(|defined| {
        format!(
            "the registry's provider is set in {defined} too, which counts more or is put beside it"
        )
    });
    said.chain(projects(context)).collect()
}

/// An entry of the global list that stands in a file which the user's own includes.
pub(super) fn included(context: &Context, file: &Path) -> Option<Definition> {
    let list = context.cargo.global_list().unwrap_or_default();
    list.into_iter().filter_map(|entry| entry.defined).find(|defined| {
        matches!(defined, Definition::File { path, layer: Layer::Home, .. } if !is_same(path, file))
    })
}

/// Providers that are named elsewhere, and do not start us.
fn others(context: &Context, file: &Path) -> Vec<String> {
    let listed = listed_in(context, file);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in context.cargo.registries() {
        let registry = entry.url.ok().and_then(|url| Registry::new(Ecosystem::Cargo, url).ok());
        let Some(registry) = registry else { continue };
        let registry = registry.named(Some(entry.name.clone()));
        let Ok(list) = context.cargo.providers(&registry) else { continue };
        for provider in list.providers {
            let Some(defined) = provider.defined else { continue };
            let ours = provider.words.first().is_some_and(|program| is_ours(program));
            if ours || listed.contains(&defined) {
                continue;
            }
            let shown = escape(&provider.words.join(" "));
            found.entry(format!("`{shown}` ({defined})")).or_default().push(entry.name.clone());
        }
    }
    let said = |(provider, names): (String, Vec<String>)| {
        let names: Vec<_> = names.iter().map(|name| escape(name)).collect();
        format!(
            "cargo asks {provider} for {}, which setup does not change here; a registry's own \
             provider is changed with `--registry`, and a variable has to be unset",
            names.join(", ")
        )
    };
    found.into_iter().map(said).collect()
}

/// Where the entries of the file's own list are, which setup looks after. Found once: there may be
/// thousands of registries.
fn listed_in(context: &Context, file: &Path) -> Vec<Definition> {
    let list = context.cargo.global_list().unwrap_or_default();
    let defined = list.into_iter().filter_map(|entry| entry.defined);
    defined
        .filter(|defined| matches!(defined, Definition::File { path, .. } if is_same(path, file)))
        .collect()
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || (one.canonicalize().ok().is_some_and(|path| other.canonicalize().ok() == Some(path)))
}

/// What cargo heeds of a project in whose folder this runs.
fn projects(context: &Context) -> Vec<String> {
    let names_a_provider = |reason: &IgnoredReason| {
        matches!(
            reason,
            IgnoredReason::GlobalProviders
                | IgnoredReason::OtherProvider
                | IgnoredReason::WeakerStore
                | IgnoredReason::Alias
        )
    };
    let ignored = context.cargo.ignored().into_iter();
    let said = ignored.filter(|setting| names_a_provider(&setting.reason)).map(|setting| {
        format!(
            "in this folder cargo heeds `{}` in {}, which Lockgate would not; it may ask another \
             provider before Lockgate",
            escape(&setting.key),
            setting.defined
        )
    });
    said.collect()
}

/// Registries whose providers the administrator chooses.
fn forced(context: &Context) -> Vec<String> {
    let mut said = Vec::new();
    for entry in context.cargo.registries() {
        let registry = entry.url.ok().and_then(|url| Registry::new(Ecosystem::Cargo, url).ok());
        let ceiling = &context.machine.ceiling;
        if let Some((_, place)) = registry.and_then(|registry| ceiling.providers_for(&registry)) {
            said.push(format!(
                "the administrator's policy ({place}) says which providers Lockgate asks for `{}`",
                escape(&entry.name)
            ));
        }
    }
    said
}
