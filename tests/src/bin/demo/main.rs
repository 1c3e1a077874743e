//! What `cargo xtask demo` runs: the real cargo, working through Lockgate.
#![allow(clippy::print_stdout, reason = "output is what it is for")]

#[cfg(unix)]
mod cargo;
#[cfg(unix)]
mod show;

#[cfg(unix)]
fn main() {
    cargo::working_through_lockgate();
}

#[cfg(not(unix))]
fn main() {
    println!("The demo needs a Unix system.");
}
