//! The built-in provider `cargo:token-from-stdout`: the line that a program prints. It never sees
//! that line.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use lockgate_provider::process::Command;
use lockgate_provider::{Credential, Failure, GetRequest, Lifetime, Problem, Provider};

/// What stands for the registry in the program's arguments, and in nothing else.
const INDEX_URL: &str = "{index_url}";

struct TokenFromStdout;

/// A program only prints: there is no login and no logout.
impl Provider for TokenFromStdout {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        if request.registry.ecosystem != "cargo" {
            return Err(Failure::UnsupportedRegistry);
        }
        let (program, words) = request.arguments.split_first().ok_or_else(no_command)?;
        let exit = Command::new(program).arguments(filled(words, &request.registry.url)).run()?;
        let secret = match exit.output.line() {
            Ok(line) => line,
            Err(Problem::Malformed(_)) => return Err(more_than_one_line(program)),
            Err(problem) => return Err(problem.into()),
        };
        if exit.status != 0 {
            return Err(Failure::other(["process `", program, "` failed"].concat()));
        }
        Ok(Credential { identity: None, secret, lifetime: Lifetime::Session, any_purpose: true })
    }
}

fn filled(words: &[String], url: &str) -> Vec<String> {
    words.iter().map(|word| word.replace(INDEX_URL, url)).collect()
}

/// In the words of cargo, as the next one is.
fn no_command() -> Failure {
    Failure::other(
        "The first argument to `cargo:token-from-stdout` must be a command that prints a token on \
         stdout",
    )
}

fn more_than_one_line(program: &str) -> Failure {
    let message =
        ["process `", program, "` returned more than one line of output; expected a single token"];
    Failure::other(message.concat())
}

lockgate_provider::without_std!();
lockgate_provider::export!(TokenFromStdout, manifest = "../manifest.toml");

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn the_url_stands_wherever_an_argument_asks_for_it() {
        let words = ["{index_url}", "--url={index_url}#{index_url}", "{name}", ""];
        let words: Vec<String> = words.map(String::from).to_vec();
        assert_eq!(
            filled(&words, "sparse+https://a/"),
            ["sparse+https://a/", "--url=sparse+https://a/#sparse+https://a/", "{name}", ""]
        );
    }
}
