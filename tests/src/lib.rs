//! What the end-to-end tests share: a registry that the real cargo can talk to, a hermetic home for
//! the programs under test, and a driver for cargo's plugin protocol.
//!
//! The tests run the built `lockgate` program; see [`programs::lockgate`] for where they look.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests are built on this crate, and a panic is how a test fails"
)]

pub mod administrator;
pub mod desktop;
pub mod docker;
pub mod docker_helper;
pub mod docker_registry;
pub mod docs;
pub mod guests;
pub mod home;
pub mod hostile;
#[cfg(target_os = "linux")]
pub mod keyring;
pub mod memory;
pub mod not_run;
pub mod plugin;
pub mod programs;
pub mod proxy;
pub mod registry;
pub mod rules;
pub mod run;
pub mod sampler;
pub mod sign_on;
pub mod terminal;

pub use administrator::Policy;
pub use desktop::Desktop;
pub use home::Home;
pub use plugin::Plugin;
pub use proxy::Proxy;
pub use registry::{Access, Fault, Server};
pub use run::{Output, Run};
pub use sampler::Sampler;
pub use sign_on::SignOn;
pub use terminal::Terminal;
