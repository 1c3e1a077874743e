//! What installing a large component costs, as a multiple of compiling it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints what it measured and ends at the first failure"
)]

#[path = "../src/by_hand.rs"]
mod by_hand;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lockgate_tests::{Home, programs};

/// Rounds; compiling takes seconds.
const ROUNDS: usize = 3;
/// Bytes of the component, about.
const SIZE: usize = 5 << 20;
/// Bytes of one of its functions, about.
const FUNCTION: usize = 90;

const MANIFEST: &str = "name = \"large\"\nversion = \"1\"\ndescription = \"It is large.\"\n\
                        [capabilities]\nregistries = [\"cargo:*\"]\n";

fn main() {
    let home = Home::new();
    let file = home.root().join("large.wasm");
    let manifest = home.root().join("manifest.toml");
    fs::write(&file, component()).unwrap();
    fs::write(&manifest, MANIFEST).unwrap();
    let [file, manifest] = [&file, &manifest].map(|path| path.display().to_string());
    let _ = home
        .lockgate(["provider", "pack", &file, "--manifest", &manifest, "-o", &file])
        .run()
        .succeeds();
    let (mut compiled, mut installed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        compiled.push(timed(|| compile(Path::new(&file))));
        installed.push(timed(|| {
            let _ = home.lockgate(["provider", "install", &file, "--grant-all"]).run().succeeds();
        }));
        let _ = home.lockgate(["provider", "remove", "large", "--yes"]).run().succeeds();
    }
    let [compiled, installed] = [&mut compiled, &mut installed].map(|times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64()
    });
    let size = fs::metadata(&file).unwrap().len() >> 10;
    println!("installing {size} KiB: {installed:.2} s, {:.2} x compiling it", installed / compiled);
}

/// The compiler alone, in the process that an install starts.
fn compile(file: &Path) {
    let status = Command::new(programs::lockgate())
        .arg("--compile-component")
        .stdin(fs::File::open(file).unwrap())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Many functions that no two are alike, in a provider that does nothing.
fn component() -> Vec<u8> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = fs::read_to_string(here.join("wat/provider.wat")).unwrap();
    for place in ["start", "realloc", "call", "post_return"] {
        writeln!(text, "(func $at_{place})").unwrap();
    }
    for number in 0..SIZE / FUNCTION {
        let steps: String = (0..8)
            .map(|step| {
                format!(
                    "(local.set $a (i64.xor (i64.mul (local.get $a) (i64.const {})) \
                     (i64.load (i32.wrap_i64 (i64.and (local.get $a) (i64.const 4095))))))",
                    number * 8 + step + 1
                )
            })
            .collect();
        writeln!(text, "(func (param $a i64) (result i64) {steps} (local.get $a))").unwrap();
    }
    by_hand::provider(&text, &here.join("../wit")).unwrap()
}
