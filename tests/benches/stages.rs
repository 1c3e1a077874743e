//! What each stage of a sandboxed `get` costs inside one process, as a multiple of the same work
//! done by the adapters alone.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints what it measured and ends at the first failure"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use lockgate_audit::{Context, Event, Outcome, Trail};
use lockgate_core::{
    AdapterError, Adapters, Capabilities, Ecosystem, Operation, Purpose, Registry, Request, Secret,
    SecretStore, StoredSecret,
};
use lockgate_engine::Engine;
use lockgate_policy::{Facts, capabilities};
use lockgate_providers::{Provider, built_in};
use lockgate_sandbox::{Call, call};
use lockgate_system::{Confinement, confine, serve_in_child};

/// Rounds that are measured.
const ROUNDS: usize = 500;
/// Rounds that only warm the caches.
const WARM_UP: usize = 20;

/// A store that does no input or output, so that only the way to it is measured.
struct InMemory;

impl SecretStore for InMemory {
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError> {
        Ok(Some(StoredSecret { identity: None, secret: Secret::from("bench") }))
    }

    fn save(&self, _: Option<&Secret>, _: &Secret) -> Result<(), AdapterError> {
        Ok(())
    }

    fn remove(&self) -> Result<bool, AdapterError> {
        Ok(false)
    }
}

fn request() -> Request {
    let registry = Registry::new(Ecosystem::Cargo, "sparse+https://corp.example/i/").unwrap();
    Request { registry, operation: Operation::Get(Purpose::Read), arguments: Vec::new() }
}

fn provider() -> Provider {
    built_in("cargo:token").unwrap().unwrap()
}

fn granted(provider: &Provider, request: &Request) -> Capabilities {
    let facts = Facts { registry: &request.registry, token_variable: None, home: None };
    capabilities(&provider.manifest, &provider.grant, &facts).unwrap()
}

fn adapters() -> Adapters {
    let mut adapters = Adapters {
        environment: Some(Box::new(lockgate_adapters::ProcessEnvironment)),
        ..Adapters::default()
    };
    adapters.stores.insert("cargo-credentials".to_owned(), Box::new(InMemory));
    adapters
}

struct Stage {
    name: &'static str,
    times: Vec<Duration>,
}

fn main() {
    // First: they need a process without other threads, and a call leaves one for a while.
    let (folder, walls) = (tempfile::tempdir().unwrap(), walls());
    let names = ["audit", "process of its own", "second wall"];
    let mut around_it = measured(names, || around(folder.path(), &walls));
    let names = ["adapters alone", "engine", "policy", "load", "link, start, call"];
    report("in one process", &mut measured(names, once));
    report("around it", &mut around_it);
}

fn measured<const STAGES: usize>(
    names: [&'static str; STAGES],
    round: impl Fn() -> [Duration; STAGES],
) -> [Stage; STAGES] {
    let mut stages = names.map(|name| Stage { name, times: Vec::new() });
    for count in 0..WARM_UP + ROUNDS {
        for (stage, time) in stages.iter_mut().zip(round()) {
            if count >= WARM_UP {
                stage.times.push(time);
            }
        }
    }
    stages
}

/// What the wall of a `get` from cargo's credentials file lets through.
fn walls() -> Confinement {
    let folder = std::env::temp_dir();
    Confinement {
        list: vec![folder.clone()],
        read: vec![folder.join("logins")],
        write: vec![folder.join("audit"), folder.join("credentials.toml")],
        ..Confinement::default()
    }
}

/// What stands around a call: the lines of the audit, as a new process writes them, the process, and
/// its wall.
fn around(folder: &Path, walls: &Confinement) -> [Duration; 3] {
    let audit = timed(|| record(folder)).0;
    let process = timed(|| serve_in_child(|| 0).unwrap()).0;
    let walled =
        timed(|| serve_in_child(|| u8::from(confine(walls).walls().is_empty())).unwrap()).0;
    [audit, process, walled.saturating_sub(process)]
}

/// A variable, a store, the provider's answer and the request's.
fn record(folder: &Path) {
    let request = request();
    let trail = Trail::open(folder);
    let context = Context::new(1, None, &request.registry, &request.operation);
    let used = |capability, subject| Event::Use { capability, subject, allowed: true, rule: "" };
    let answered = Event::Answer {
        outcome: Outcome::Answered,
        rule: "",
        lifetime: None,
        origins: None,
        duration: Duration::ZERO,
    };
    for event in [
        used("environment", "{registry.token}"),
        used("stores", "cargo-credentials"),
        answered,
        answered,
    ] {
        trail.record(&context, &event).unwrap();
    }
}

/// Each stage once, all anew, as a process of its own would.
fn once() -> [Duration; 5] {
    let alone = timed(|| black_box(adapters().stores["cargo-credentials"].load().unwrap())).0;
    let (engine_time, engine) = timed(|| Engine::new().unwrap());
    let request = request();
    let (policy_time, (provider, capabilities)) = timed(|| {
        let provider = provider();
        let capabilities = granted(&provider, &request);
        (provider, capabilities)
    });
    let (load_time, component) = timed(|| engine.load(&provider.compiled).unwrap());
    let prepared = Call { request, capabilities, adapters: adapters() };
    let (call_time, outcome) = timed(|| call(&engine, &component, prepared));
    outcome.result.unwrap();
    [alone, engine_time, policy_time, load_time, call_time]
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn report(title: &str, stages: &mut [Stage]) {
    println!("{title:<20}{:>12}{:>12}{:>14}", "median", "p95", "of the whole");
    for stage in stages.iter_mut() {
        stage.times.sort_unstable();
    }
    let at = |stage: &Stage, percent: usize| stage.times[stage.times.len() * percent / 100];
    let whole: f64 = stages.iter().map(|stage| at(stage, 50).as_secs_f64()).sum();
    for stage in stages.iter() {
        let share = 100.0 * at(stage, 50).as_secs_f64() / whole;
        let [median, p95] = [50, 95].map(|part| format!("{:.3} ms", milliseconds(at(stage, part))));
        println!("{:<20}{median:>12}{p95:>12}{share:>12.0} %", stage.name);
    }
    println!("{:<20}{:>12}", "all of it", format!("{:.3} ms", whole * 1000.0));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
