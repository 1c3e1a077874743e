//! `docker-credential-lockgate`: its protocol beside the native helpers, the clients that start it, many
//! at once, and ends at any moment.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "docker_helper/clients.rs"]
mod clients;
#[path = "docker_helper/crashes.rs"]
mod crashes;
#[path = "docker_helper/many.rs"]
mod many;
#[path = "docker_helper/protocol.rs"]
mod protocol;
#[path = "docker_helper/providers.rs"]
mod providers;
#[path = "docker_helper/scenarios.rs"]
mod scenarios;

use lockgate_tests::{Desktop, Home, Output, Run, programs};
