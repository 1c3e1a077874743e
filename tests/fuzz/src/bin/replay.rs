//! Runs one target on one file, as a fuzzer found it: `replay TARGET FILE`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "output is what it is for")]

use std::process::ExitCode;

use lockgate_fuzz_targets::TARGETS;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [name, file] = words.as_slice() else {
        eprintln!("Usage: replay TARGET FILE");
        return ExitCode::from(2);
    };
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("error: there is no target `{name}`; there are {}", names.join(", "));
        return ExitCode::from(2);
    };
    match std::fs::read(file) {
        Ok(input) => {
            let taken = if (target.run)(&input) { "taken" } else { "refused" };
            println!("{name}: {file} is {taken}, and every property holds");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {file} could not be read: {error}");
            ExitCode::FAILURE
        }
    }
}
