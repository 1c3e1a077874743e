//! The providers that there are, and whether they are what was installed.

use lockgate_broker::Machine;
use lockgate_core::shell_word;
use lockgate_policy::Identity;
use lockgate_providers::{
    Installed, ProviderName, Store, StoreError, built_in_names, examine_in_child,
};

use super::remedy::remedy;
use super::{Finding, Section};

pub(super) fn providers(machine: &Machine) -> Section {
    let built_in: Vec<_> = built_in_names().collect();
    let mut findings = vec![Finding::good("built in", built_in.join(", "))];
    let store = machine.providers();
    match store.list() {
        Ok(installed) => findings.extend(
            installed.iter().map(|listed| one(machine, &store, &listed.name, &listed.found)),
        ),
        Err(error) => {
            let otherwise = format!("look at {}", machine.folders.providers.display());
            findings.push(Finding::failure("installed", &error, remedy(&error, &otherwise)));
        }
    }
    Section { name: "providers", findings }
}

fn one(
    machine: &Machine,
    store: &Store,
    name: &ProviderName,
    installed: &Result<Installed, StoreError>,
) -> Finding {
    let subject = name.as_str();
    let installed = match installed {
        Ok(installed) => installed,
        Err(error) => return Finding::failure(subject, error, what_to_do(error, subject)),
    };
    let digest = installed.digest().hex();
    let identity = Identity {
        name: subject,
        digest: &digest,
        built_in: false,
        bridge: false,
        source: Some(installed.source()),
        signer: installed.signer(),
    };
    if let Err(forbidden) = machine.ceiling.admits(&identity) {
        return Finding::failure(subject, &forbidden, "ask your administrator, or remove it");
    }
    let problems = match store.verify(subject, &examine_in_child) {
        Ok(found) => found.problems,
        Err(error) => vec![error],
    };
    match worst(&problems) {
        None => Finding::good(subject, format!("{}, as it was installed", installed.digest())),
        Some(worst) => {
            let said: Vec<_> = problems.iter().map(|one| super::finding::said(one)).collect();
            Finding::problem(subject, said.join("\n"), what_to_do(worst, subject))
        }
    }
}

/// The problem whose remedy mends the others too: an installation also compiles.
fn worst(problems: &[StoreError]) -> Option<&StoreError> {
    let is_stale = |error: &&StoreError| matches!(error, StoreError::Stale { .. });
    problems.iter().find(|error| !is_stale(error)).or_else(|| problems.first())
}

fn what_to_do(error: &StoreError, name: &str) -> String {
    let name = shell_word(name);
    match error {
        StoreError::Stale { .. } => format!("lockgate provider rebuild {name}"),
        _ => remedy(error, &format!("lockgate provider install FILE --as {name}")),
    }
}
