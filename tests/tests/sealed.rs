//! Sealed secrets never enter a provider's memory: a random canary goes through the built-in
//! providers, and the whole memory of the guest is searched for it, for any part of it and for what
//! encodings make of it, each time that control passes between guest and host.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "sealed/canary.rs"]
mod canary;
#[path = "sealed/docker_helper.rs"]
mod docker_helper;
#[path = "sealed/memory.rs"]
mod memory;
#[path = "sealed/pass.rs"]
mod pass;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lockgate_core::{Ecosystem, LoginInput, Operation, Purpose, Registry, Request, Secret};
use lockgate_providers::{Provider, built_in};
use lockgate_sandbox::call_probed;
use lockgate_tests::guests::{Guest, Machine, Prepared, Seen, TOKEN_VARIABLE, prepare};

use canary::{Needles, random};

/// Longer than any search takes.
const PATIENCE: Duration = Duration::from_secs(600);

/// Guests of several tests at once would be found in each other's place.
static ALONE: Mutex<()> = Mutex::new(());

/// What the search saw in one call.
#[derive(Default)]
struct Watched {
    transitions: usize,
    /// The forms in which the canary was found.
    canary: BTreeSet<&'static str>,
    /// Whether the registry's URL was found, which every guest is told: so it was looked at the right
    /// memory.
    marker: bool,
}

/// What a call came to, and what the search saw.
struct Run {
    seen: Seen,
    watched: Watched,
}

impl Run {
    fn of(prepared: Prepared, canary: &str, marker: &str) -> Self {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let Prepared { engine, compiled, mut call } = prepared;
        // The search is on the clock of the call.
        (call.capabilities.limits.cpu, call.capabilities.limits.wall) = (PATIENCE, PATIENCE);
        let component = engine.load(&compiled).unwrap();
        let needles = Needles::of(canary);
        let marker = marker.to_owned();
        let watched = Arc::new(Mutex::new(Watched::default()));
        let probed = Arc::clone(&watched);
        let outcome = call_probed(&engine, &component, call, move || {
            let mut watched = probed.lock().unwrap();
            watched.transitions += 1;
            for memory in memory::of_guests() {
                watched.canary.extend(needles.find(&memory));
                watched.marker = watched.marker || canary::contains(&memory, marker.as_bytes());
            }
        });
        let watched = std::mem::take(&mut *watched.lock().unwrap());
        Self { seen: Seen(outcome), watched }
    }

    /// Fails unless the guest's memory was searched and held nothing.
    fn assert_sealed(&self) {
        assert!(self.watched.transitions >= 4, "{}", self.watched.transitions);
        assert!(self.watched.marker, "the guest's memory was not found");
        assert_eq!(self.watched.canary, BTreeSet::new());
    }
}

/// The built-in providers that keep a token in a store, each with the clients whose tokens it keeps.
const KEEPING: [(&str, Ecosystem); 11] = [
    ("cargo:token", Ecosystem::Cargo),
    ("cargo:libsecret", Ecosystem::Cargo),
    ("lockgate:docker-config", Ecosystem::Oci),
    ("lockgate:encrypted-file", Ecosystem::Cargo),
    ("lockgate:encrypted-file", Ecosystem::Oci),
    ("lockgate:file", Ecosystem::Cargo),
    ("lockgate:file", Ecosystem::Oci),
    ("lockgate:kernel-keyring", Ecosystem::Cargo),
    ("lockgate:kernel-keyring", Ecosystem::Oci),
    ("lockgate:os-store", Ecosystem::Cargo),
    ("lockgate:os-store", Ecosystem::Oci),
];

fn cargo_token(operation: Operation, machine: &Machine, canary: &str) -> Run {
    run(("cargo:token", Ecosystem::Cargo), operation, machine, canary)
}

fn run(
    (provider, ecosystem): (&str, Ecosystem),
    operation: Operation,
    machine: &Machine,
    canary: &str,
) -> Run {
    let marker = random();
    let Provider { manifest, grant, compiled, .. } = built_in(provider).unwrap().unwrap();
    let request = match ecosystem {
        Ecosystem::Oci => docker_request(operation, &marker),
        _ => request(operation, &marker, &[]),
    };
    let prepared = prepare(&manifest, &grant, &compiled, request, machine);
    Run::of(prepared, canary, &marker)
}

fn docker_request(operation: Operation, marker: &str) -> Request {
    let registry = Registry::new(Ecosystem::Oci, format!("corp.example/{marker}")).unwrap();
    Request { registry, operation, arguments: Vec::new() }
}

fn request(operation: Operation, marker: &str, words: &[&str]) -> Request {
    let url = format!("sparse+https://corp.example/{marker}/");
    Request {
        registry: Registry::new(Ecosystem::Cargo, url).unwrap().named(Some("corp".to_owned())),
        operation,
        arguments: words.iter().map(|&word| word.to_owned()).collect(),
    }
}

fn login(secret: Option<Secret>) -> Operation {
    Operation::Login(LoginInput { secret, ..LoginInput::default() })
}

#[test]
fn a_token_from_the_environment_is_never_in_the_guest() {
    let canary = random();
    let machine = Machine::new().variable(TOKEN_VARIABLE, &canary);
    let run = cargo_token(Operation::Get(Purpose::Read), &machine, &canary);
    assert_eq!(run.seen.answer(), canary);
    run.assert_sealed();
}

#[test]
fn a_token_from_the_store_is_never_in_the_guest() {
    for provider in KEEPING {
        let canary = random();
        let machine = Machine::new().keeping(&canary);
        let run = run(provider, Operation::Get(Purpose::Read), &machine, &canary);
        assert_eq!(run.seen.answer(), canary, "{provider:?}");
        run.assert_sealed();
    }
}

#[test]
fn a_token_given_at_login_is_never_in_the_guest() {
    for provider in KEEPING {
        let (canary, machine) = (random(), Machine::new());
        let run = run(provider, login(Some(Secret::from(canary.as_str()))), &machine, &canary);
        assert_eq!(run.seen.answer(), "logged in", "{provider:?}");
        assert_eq!(machine.kept(), Some(canary));
        run.assert_sealed();
    }
}

#[test]
fn a_token_typed_at_the_prompt_is_never_in_the_guest() {
    for provider in KEEPING {
        let canary = random();
        let machine = Machine::new().typing(&canary);
        let run = run(provider, login(None), &machine, &canary);
        assert_eq!(run.seen.answer(), "logged in", "{provider:?}");
        assert_eq!(machine.kept(), Some(canary));
        run.assert_sealed();
    }
}

#[test]
fn a_token_that_is_removed_is_never_in_the_guest() {
    for provider in KEEPING {
        let canary = random();
        let machine = Machine::new().keeping(&canary);
        let run = run(provider, Operation::Logout, &machine, &canary);
        assert_eq!(run.seen.answer(), "logged out", "{provider:?}");
        assert_eq!(machine.kept(), None);
        run.assert_sealed();
    }
}

#[test]
fn with_the_reveal_grant_the_same_search_finds_it() {
    const GRANT: &str = "registries = [\"cargo:*\"]\nstores = [\"cargo-credentials\"]\n\
                         http = [\"https://elsewhere.example\"]\nreveal = true";
    let (canary, marker) = (random(), random());
    let machine = Machine::new().keeping(&canary);
    let request = request(Operation::Get(Purpose::Read), &marker, &["reverse"]);
    let prepared = Guest::named("revealer").prepare(GRANT, request, &machine);
    let run = Run::of(prepared, &canary, &marker);
    let reversed: String = canary.chars().rev().collect();
    assert_eq!(run.seen.answer(), reversed);
    assert!(run.watched.marker);
    assert!(run.watched.canary.contains("as it is"), "{:?}", run.watched.canary);
    assert!(run.watched.canary.contains("reversed"), "{:?}", run.watched.canary);
}
