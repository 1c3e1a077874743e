//! The providers that there are, and whether they are what was installed.

use lockgate_broker::Context;
use lockgate_policy::Identity;
use lockgate_providers::{Installed, ProviderName, Store, StoreError, built_in_names};

use super::{Finding, Section};

pub(super) fn providers(context: &Context) -> Section {
    let built_in: Vec<_> = built_in_names().collect();
    let mut findings = vec![Finding::good("built in", built_in.join(", "))];
    let store = context.providers();
    match store.list() {
        Ok(installed) => findings.extend(
            installed.iter().map(|listed| one(context, &store, &listed.name, &listed.found)),
        ),
        Err(error) => {
            let remedy = format!("look at {}", context.folders.providers.display());
            findings.push(Finding::problem("installed", error.to_string(), remedy));
        }
    }
    Section { name: "providers", findings }
}

fn one(
    context: &Context,
    store: &Store,
    name: &ProviderName,
    installed: &Result<Installed, StoreError>,
) -> Finding {
    let subject = name.as_str();
    let installed = match installed {
        Ok(installed) => installed,
        Err(error) => {
            return Finding::problem(subject, error.to_string(), "install the provider again");
        }
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
    if let Err(forbidden) = context.ceiling.admits(&identity) {
        return Finding::problem(subject, forbidden.to_string(), "ask your administrator");
    }
    match store.verify(subject) {
        Ok(found) if found.problems.is_empty() => {
            Finding::good(subject, format!("{}, as it was installed", installed.digest()))
        }
        Ok(found) => {
            let problems: Vec<_> = found.problems.iter().map(ToString::to_string).collect();
            Finding::problem(
                subject,
                problems.join("\n"),
                format!("lockgate provider verify {subject}"),
            )
        }
        Err(error) => Finding::problem(subject, error.to_string(), "install the provider again"),
    }
}
