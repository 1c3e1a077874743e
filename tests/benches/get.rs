//! What a whole `get` costs: as a multiple of `/bin/true`, with many registries, through a native
//! plugin, with the desktop's keyring, and for docker. What is compared was measured in one run, in turns.
#![cfg_attr(
    unix,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::print_stdout,
        reason = "a bench prints what it measured and ends at the first failure"
    )
)]

#[cfg(unix)]
#[path = "get/alone.rs"]
mod alone;
#[cfg(unix)]
#[path = "get/contest.rs"]
mod contest;
#[cfg(target_os = "linux")]
#[path = "get/docker.rs"]
mod docker;
#[cfg(target_os = "linux")]
#[path = "get/keyring.rs"]
mod keyring;
#[cfg(unix)]
#[path = "get/many.rs"]
mod many;
#[cfg(unix)]
#[path = "get/native.rs"]
mod native;

/// No request is sent to it.
#[cfg(unix)]
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";

/// The measurements need a Unix process to compare with.
#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    alone::measure();
    many::measure();
    native::measure();
    #[cfg(target_os = "linux")]
    keyring::measure();
    #[cfg(target_os = "linux")]
    docker::measure();
}
