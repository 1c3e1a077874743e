//! What `cargo xtask demo` runs: the real cargo, working through Lockgate, and a hostile provider that
//! cannot.
#![allow(clippy::print_stdout, reason = "output is what it is for")]

#[cfg(unix)]
mod cargo;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod show;

#[cfg(unix)]
fn main() {
    cargo::working_through_lockgate();
    hostile::under_its_grant();
}

#[cfg(not(unix))]
fn main() {
    println!("The demo needs a Unix system.");
}
