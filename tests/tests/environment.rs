//! Hostile, broken and unusual environments: variables, descriptors, terminals, limits.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "environment/homes.rs"]
mod homes;
#[path = "environment/interrupts.rs"]
mod interrupts;
#[path = "environment/limits.rs"]
mod limits;
#[path = "environment/network.rs"]
mod network;
#[path = "environment/odd_input.rs"]
mod odd_input;
#[path = "environment/proxies.rs"]
mod proxies;
#[path = "environment/terminals.rs"]
mod terminals;

use lockgate_tests::{Home, Output};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-90c7";

fn prepared(home: Home) -> Home {
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

const REVEAL: [&str; 5] = ["cargo", "token", "--registry", "corp", "--reveal"];

/// It ended by itself, in one of the ways in which it ends, and not by a mistake in it.
#[track_caller]
fn ends_in_order(output: Output) -> Output {
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 1 | 2 | 101)), "{output}");
    assert!(!output.stderr.contains("a mistake in the program"), "{output}");
    let silent = output.stderr.is_empty() && output.stdout.is_empty();
    assert!(code == Some(0) || !silent, "it says nothing\n{output}");
    output.nowhere_has("panicked")
}
