//! The project's own commands: `cargo xtask COMMAND`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "output is what it is for")]

mod advisories;
mod bench;
mod command;
mod demo;
mod fuzz;
mod mutants;
mod other_systems;
mod report;
mod runtime_tree;
mod setup;
mod test;
mod test_names;

use std::process::ExitCode;

use command::Failure;

const USAGE: &str = "\
The project's own commands.

Usage: cargo xtask COMMAND

Commands:
  demo [--install]   show the real cargo working through Lockgate, and what a hostile provider gets
  test [--install]   run everything that CI runs
  bench              run the benches
  fuzz [TARGET] [--seconds N]
                     look for inputs that break a parser, 60 s for each target
  fuzz TARGET --replay FILE
                     run one target on a file that was found
  mutants [OPTION]...
                     change the policy in one place after the other, and see whether its tests notice

  --install          install the system packages that are missing";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["demo"] => demo::run(false),
        ["demo", "--install"] => demo::run(true),
        ["test"] => test::run(false),
        ["test", "--install"] => test::run(true),
        ["bench"] => bench::run(),
        ["fuzz", words @ ..] => fuzz::run(words),
        ["mutants", words @ ..] => mutants::run(words),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    exit_code(&outcome)
}

fn exit_code(outcome: &Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
