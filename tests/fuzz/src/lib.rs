//! What holds for every input of the parsers that read what others wrote.
//!
//! Each target is one function, which panics where a property is broken, and says whether the input
//! was taken. `fuzz/` looks for inputs that break one (`cargo xtask fuzz`); `tests/replay.rs` runs
//! the seeds of `fuzz/corpus/` and some thousand inputs like them on every build.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is how a broken property is told, and nothing but tests is built on this"
)]

mod argument;
mod bus_message;
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "shared with the crate that it belongs to"
)]
#[path = "../../../host/adapters/src/stores/secret_service/wire/mod.rs"]
mod bus_wire;
mod cargo_config;
mod cargo_request;
mod component;
#[allow(dead_code, unreachable_pub, reason = "shared with the crate that it belongs to")]
#[path = "../../../host/providers/src/digest.rs"]
mod digest;
mod docker_config;
mod docker_handshake;
mod docker_request;
mod effective;
mod grammar;
mod http;
mod origin;
mod prompt;
pub mod shown;

pub use argument::argument_template;
pub use bus_message::bus_message;
pub use cargo_config::cargo_config;
pub use cargo_request::cargo_request;
pub use component::component;
pub use docker_config::{docker_auth_variable, docker_config};
pub use docker_handshake::docker_handshake;
pub use docker_request::docker_request;
pub use grammar::{ceiling, grant, manifest};
pub use http::http_target;
pub use origin::origins;
pub use prompt::prompt_text;

/// A parser under test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its file in `fuzz/fuzz_targets/` and of its folder in `fuzz/corpus/`.
    pub name: &'static str,
    /// Panics where a property is broken, and says whether the input was taken.
    pub run: fn(&[u8]) -> bool,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "argument_template", run: argument_template },
    Target { name: "bus_message", run: bus_message },
    Target { name: "cargo_config", run: cargo_config },
    Target { name: "cargo_request", run: cargo_request },
    Target { name: "ceiling", run: ceiling },
    Target { name: "component", run: component },
    Target { name: "docker_auth_variable", run: docker_auth_variable },
    Target { name: "docker_config", run: docker_config },
    Target { name: "docker_handshake", run: docker_handshake },
    Target { name: "docker_request", run: docker_request },
    Target { name: "grant", run: grant },
    Target { name: "http_target", run: http_target },
    Target { name: "manifest", run: manifest },
    Target { name: "origins", run: origins },
    Target { name: "prompt_text", run: prompt_text },
];

/// A word that stands where secrets stand in the seeds, and that no error may quote.
pub(crate) const CANARY: &str = "hunter2canary";

/// The input as text; none if it is not UTF-8, which every reader refuses before it parses.
pub(crate) fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// The first line and what follows it.
pub(crate) fn first_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}
