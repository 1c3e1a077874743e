//! The seeds of every target, and inputs like them: a fixed number, the same on every run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "replay/mutate.rs"]
mod mutate;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lockgate_fuzz_targets::{TARGETS, Target};

use mutate::Mutator;

/// Inputs that are made of each seed.
const MUTANTS: usize = 50;
/// Longest time for one input. They take some microseconds; what takes this long on a busy machine
/// would hold up a client.
const DEADLINE: Duration = Duration::from_secs(5);

struct Seed {
    path: PathBuf,
    bytes: Vec<u8>,
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(folder: &Path) -> BTreeSet<String> {
    let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries(folder).into_iter().map(stem).collect()
}

fn seeds(target: &Target) -> Vec<Seed> {
    let read = |path: PathBuf| Seed { bytes: fs::read(&path).unwrap(), path };
    entries(&fuzz().join("corpus").join(target.name)).into_iter().map(read).collect()
}

/// Runs the target, and tells the input if a property is broken.
fn run(target: &Target, input: &[u8], of: &Path) -> bool {
    let start = Instant::now();
    let outcome = catch_unwind(|| (target.run)(input));
    let shown = || format!("{} with {:?}, made of {}", target.name, Shown(input), of.display());
    assert!(start.elapsed() < DEADLINE, "it took {:?}: {}", start.elapsed(), shown());
    outcome.unwrap_or_else(|_| panic!("a property is broken: {}", shown()))
}

/// Bytes as text, with the rest escaped.
struct Shown<'a>(&'a [u8]);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "b\"{}\"", self.0.escape_ascii())
    }
}

#[test]
fn every_target_has_a_fuzzer_and_seeds() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), targets);
    assert_eq!(names(&fuzz().join("corpus")), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        let path = format!("fuzz_targets/{name}.rs");
        let source = fs::read_to_string(fuzz().join(&path)).unwrap();
        assert!(source.contains(&format!("lockgate_fuzz_targets::{name}(")), "{source}");
        assert!(manifest.contains(&path), "{path}");
    }
}

#[test]
fn every_seed_is_taken_or_refused_as_its_name_says() {
    let mut wrong = Vec::new();
    for target in TARGETS {
        let mut verdicts = BTreeSet::new();
        for seed in seeds(target) {
            let taken = run(target, &seed.bytes, &seed.path);
            let name = seed.path.file_name().unwrap().to_str().unwrap();
            match (name.split_once('-').unwrap_or_default().0, taken) {
                ("good", true) | ("bad", false) => {}
                _ => wrong.push(format!("{}/{name} is taken: {taken}", target.name)),
            }
            verdicts.insert(taken);
        }
        assert_eq!(verdicts.len(), 2, "{} has seeds of both kinds", target.name);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_like_the_seeds_breaks_no_property() {
    for target in TARGETS {
        let seeds = seeds(target);
        let parts: Vec<&[u8]> = seeds.iter().map(|seed| seed.bytes.as_slice()).collect();
        for (number, seed) in seeds.iter().enumerate() {
            let mut mutator = Mutator::new(number as u64, &parts);
            for _ in 0..MUTANTS {
                run(target, &mutator.mutant(&seed.bytes), &seed.path);
            }
        }
    }
}
