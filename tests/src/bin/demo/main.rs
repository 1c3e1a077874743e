//! What `cargo xtask demo` runs: the real cargo, working through Lockgate, a hostile provider that
//! cannot, and a stranger's provider from its installation to its end.
#![allow(clippy::print_stdout, reason = "output is what it is for")]

#[cfg(unix)]
mod cargo;
#[cfg(unix)]
mod hostile;
#[cfg(unix)]
mod show;
#[cfg(unix)]
mod stranger;

#[cfg(unix)]
fn main() {
    cargo::working_through_lockgate();
    hostile::under_its_grant();
    stranger::installed_and_forbidden();
}

#[cfg(not(unix))]
fn main() {
    println!("The demo needs a Unix system.");
}
