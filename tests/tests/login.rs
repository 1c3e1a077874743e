//! `lockgate cargo login` asks the registry first, as cargo does: what it says, what its provider is
//! asked, and what a hostile registry comes to.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "login/administrator.rs"]
mod administrator;
#[path = "login/differential.rs"]
mod differential;
#[path = "login/front.rs"]
mod front;
#[path = "login/git.rs"]
mod git;
#[path = "login/hostile.rs"]
mod hostile;
#[path = "login/machine.rs"]
mod machine;
#[path = "login/proxies.rs"]
mod proxies;
#[path = "login/registry.rs"]
mod registry;
#[path = "login/retries.rs"]
mod retries;
#[path = "login/rows.rs"]
mod rows;
