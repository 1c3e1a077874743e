//! Native programs as they really run: what they get, what they are kept from, how they end, and
//! which files are programs at all. Each test starts a process that forks a launcher.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]
#![allow(clippy::disallowed_methods, reason = "the tests make programs, and start them")]

mod bounds;
mod conversation;
mod ends;
mod files;
mod stage;
