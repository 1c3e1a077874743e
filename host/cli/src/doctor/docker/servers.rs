//! Whether the providers that Lockgate has for docker's servers could answer.

use std::collections::BTreeSet;

use lockgate_broker::{Choice, explain};
use lockgate_core::{DOCKER_HUB, Ecosystem, Operation, Purpose, Registry};
use lockgate_policy::NotServed;
use lockgate_registry::ListedProvider;
use lockgate_registry::docker::{DockerConfig, login_server};

use crate::doctor::Finding;
use crate::doctor::registries::trouble;
use crate::setup::{SUFFIX, Surroundings};

/// Most servers that are looked at of those that only docker's files name: each asks whether a keyring
/// answers.
const MOST: usize = 20;

/// A server of nobody's, which stands for those without a list of their own.
const ANY: &str = "registry.invalid";

/// Docker Hub, which stands for all servers that nothing is said of, every list of Lockgate's own
/// configuration, and the servers that docker's configuration names.
pub(super) fn servers(here: &Surroundings, config: Option<&DockerConfig>) -> Vec<Finding> {
    let own = &here.machine().own;
    let mut seen = BTreeSet::new();
    let listed = own.docker_servers().map(|(name, _)| name).filter(|name| !name.contains('*'));
    let first = std::iter::once(DOCKER_HUB).chain(listed).map(|name| login_server(Some(name)));
    let mut servers: Vec<_> = first.filter(|server| seen.insert(server.clone())).collect();
    let named = config.into_iter().flat_map(asked_of_us);
    let named: Vec<_> = named.filter(|server| seen.insert(server.clone())).collect();
    servers.extend(named.iter().take(MOST).cloned());
    let mut findings: Vec<_> = servers.iter().filter_map(|server| one(here, server)).collect();
    if named.len() > MOST {
        let more = named.len() - MOST;
        findings.push(Finding::note("servers", format!("and {more} more, not looked at")));
    }
    findings.extend(List::all(here).filter_map(|list| list.trouble(here)));
    findings
}

/// The servers that docker asks Lockgate for, as far as its file names any.
fn asked_of_us(config: &DockerConfig) -> impl Iterator<Item = String> {
    let ours = config.helpers().filter(|(_, suffix)| *suffix == SUFFIX).map(|(server, _)| server);
    let all = Some(config).filter(|config| config.store() == Some(SUFFIX)).into_iter();
    let marked = all.flat_map(|config| config.entries().map(|(key, _)| key));
    ours.chain(marked).map(|key| login_server(Some(key)))
}

fn one(here: &Surroundings, server: &str) -> Option<Finding> {
    let registry = Registry::new(Ecosystem::Oci, server).ok()?;
    let operation = Operation::Get(Purpose::Read);
    let choices = here.context.docker_choices(&registry, &operation).choices;
    let names: Vec<_> = choices.iter().map(|choice| format!("`{}`", choice.shown())).collect();
    let detail = format!("Lockgate asks {}", names.join(", then "));
    let subject = format!("server {server}");
    Some(match trouble(&here.context, &registry, &choices) {
        None => Finding::good(subject, detail),
        Some(trouble) => {
            Finding { subject, detail: format!("{detail}\n{}", trouble.detail), ..trouble }
        }
    })
}

/// A list of Lockgate's own configuration.
struct List<'a> {
    subject: String,
    /// One of its servers.
    example: String,
    providers: &'a [ListedProvider],
    /// Whether it is for this one alone.
    is_for_one: bool,
    /// Whether what else may be wrong with it is told of a server.
    is_told: bool,
}

impl<'a> List<'a> {
    fn all(here: &'a Surroundings) -> impl Iterator<Item = Self> {
        let own = &here.machine().own;
        let hub = Registry::new(Ecosystem::Oci, DOCKER_HUB).ok();
        let others = own.docker_providers();
        let of_others = Self {
            subject: "[docker]".to_owned(),
            example: ANY.to_owned(),
            providers: others,
            is_for_one: false,
            is_told: hub.is_some_and(|hub| own.providers_for(&hub) == Some(others)),
        };
        let of_servers = own.docker_servers().map(|(name, providers)| {
            let is_for_one = !name.contains('*');
            Self {
                subject: format!("[docker.servers.\"{name}\"]"),
                example: name.replace('*', "x"),
                providers,
                is_for_one,
                is_told: is_for_one,
            }
        });
        std::iter::once(of_others).chain(of_servers)
    }

    /// The first of it that could serve none of its servers. What is not granted for one of them may be
    /// granted for others.
    fn trouble(&self, here: &Surroundings) -> Option<Finding> {
        let registry = Registry::new(Ecosystem::Oci, self.example.as_str()).ok()?;
        if here.machine().ceiling.providers_for(&registry).is_some() {
            return None;
        }
        let trouble = self.providers.iter().find_map(|listed| self.of_one(here, &registry, listed));
        trouble.map(|trouble| Finding { subject: self.subject.clone(), ..trouble })
    }

    fn of_one(
        &self,
        here: &Surroundings,
        registry: &Registry,
        listed: &ListedProvider,
    ) -> Option<Finding> {
        let choice = Choice::of_line(&listed.name)?.trusted();
        // An installed one may be for some other of the servers.
        let is_for_all = choice.provider.contains(':');
        match explain(&here.context, registry, &choice) {
            Ok(Err(NotServed::NotAsked)) if self.is_for_one || is_for_all => {
                let detail = format!(
                    "`{}` ({}) does not serve docker's servers, and is never asked",
                    choice.shown(),
                    listed.place
                );
                Some(Finding::problem("", detail, "take it out of that list"))
            }
            Err(_) | Ok(Err(NotServed::Forbidden(_))) if !self.is_told => {
                trouble(&here.context, registry, &[choice])
            }
            _ => None,
        }
    }
}
