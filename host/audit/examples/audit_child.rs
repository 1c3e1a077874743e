//! What the tests let happen in a process of its own: since many do it at once, or under another umask
//! or limit. It succeeds when everything in it held.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a part of the tests, which fail by panicking"
)]

use std::path::Path;
use std::time::Instant;

use lockgate_audit::{Context, Event, Trail};
use lockgate_core::{Ecosystem, Operation, Registry};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["record", folder, subject, count] => record(folder, subject, count.parse().unwrap()),
        ["until-full", folder] => until_full(folder),
        ["measure", folder] => measure(folder),
        _ => panic!("the tests and their child disagree about {arguments:?}"),
    }
}

fn context() -> Context {
    let url = "sparse+https://cargo.corp.example/index/";
    let registry = Registry::new(Ecosystem::Cargo, url).unwrap();
    let program = Path::new("/usr/bin/cargo");
    let digest = "sha256:".to_owned() + &"0".repeat(64);
    Context::new(std::process::id(), Some(program), &registry, &Operation::Logout)
        .for_provider("corp-sso", Some(&digest))
}

fn used(subject: &str) -> Event<'_> {
    let rule = "grant.toml:12";
    Event::Use { capability: "environment", subject, allowed: true, rule }
}

fn record(folder: &str, subject: &str, count: u32) {
    let trail = Trail::open(Path::new(folder));
    for _ in 0..count {
        trail.record(&context(), &used(subject)).unwrap();
    }
}

/// Records until that fails, and prints why.
fn until_full(folder: &str) {
    let trail = Trail::open(Path::new(folder));
    let error = loop {
        if let Err(error) = trail.record(&context(), &used("X")) {
            break error;
        }
    };
    let mut error: Option<&dyn std::error::Error> = Some(&error);
    while let Some(cause) = error {
        println!("{cause}");
        error = cause.source();
    }
}

/// Prints how long it takes, in microseconds: the first line, which opens the files, and the median of
/// many others.
fn measure(folder: &str) {
    let trail = Trail::open(Path::new(folder));
    let context = context();
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let start = Instant::now();
            trail.record(&context, &used("CORP_TOKEN")).unwrap();
            start.elapsed()
        })
        .collect();
    let first = times.remove(0);
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("first {} µs, then {} µs", first.as_micros(), median.as_micros());
}
