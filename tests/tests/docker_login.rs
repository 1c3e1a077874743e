//! `lockgate docker login`, `logout`, `get` and `list`: what is Lockgate's own, and what a hostile
//! registry comes to. What docker does too is held against docker itself elsewhere.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "docker_login/administrator.rs"]
mod administrator;
#[path = "docker_login/attacks.rs"]
mod attacks;
#[path = "docker_login/keeping.rs"]
mod keeping;
#[path = "docker_login/leaving.rs"]
mod leaving;
#[path = "docker_login/machine.rs"]
mod machine;
#[path = "docker_login/server.rs"]
mod server;
#[path = "docker_login/shown.rs"]
mod shown;
#[path = "docker_login/typed.rs"]
mod typed;
