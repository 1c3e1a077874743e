//! Lockgate's one program. By its name, or by its first argument (`--cargo-plugin`,
//! `--docker-helper`), it is the front door of a client; otherwise it is a command line.

mod arguments;
mod audit;
mod cargo;
mod cargo_plugin;
mod docker;
mod docker_helper;
mod doctor;
mod error;
mod lock;
mod migrate;
mod policy;
mod provider;
mod setup;
mod shell;
mod table;

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

use lockgate_broker::{ContextError, Machine};
use lockgate_system::Hardening;
use zeroizing_alloc::ZeroAlloc;

/// Zeroes all memory that is given back, and with it the copies of secrets that libraries make.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// The argument with which cargo starts a credential provider.
const CARGO_PLUGIN: &str = "--cargo-plugin";
/// The name under which cargo users know the plugin.
const CARGO_PLUGIN_NAME: &str = "cargo-credential-lockgate";
/// The argument before an action of docker's, where the program has its own name.
const DOCKER_HELPER: &str = "--docker-helper";

/// What the process did to harden itself.
static HARDENING: OnceLock<Vec<Hardening>> = OnceLock::new();

fn hardening() -> &'static [Hardening] {
    HARDENING.get().map_or(&[], Vec::as_slice)
}

/// What holds for the user on this machine, wherever the command runs. Who called is looked at first:
/// a process that is made for one request would find this program itself.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn machine() -> Result<Machine, ContextError> {
    lockgate_system::caller();
    Machine::load(&std::env::vars_os().collect(), hardening())
}

fn main() -> ExitCode {
    // Each measure is a second line of defence; what could not be done is for `doctor` to tell, and
    // no reason to keep people from their credentials, unless the administrator says so.
    HARDENING.get_or_init(lockgate_system::harden);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    lockgate_system::use_one_heap();
    quiet_panics();
    let arguments: Vec<_> = std::env::args_os().collect();
    match arguments.as_slice() {
        [_, only] if only == lockgate_providers::COMPILE_ARGUMENT => provider::compile_stdin(),
        [_, only] if only == lockgate_providers::EXAMINE_ARGUMENT => provider::examine_stdin(),
        [name, words @ ..] if is_called(name, docker_helper::PROGRAM) => docker_helper::run(words),
        [_, first, words @ ..] if first == DOCKER_HELPER => docker_helper::run(words),
        [_, only] if only == CARGO_PLUGIN => cargo_plugin::run(),
        [name, ..] if is_called(name, CARGO_PLUGIN_NAME) => cargo_plugin::explain(CARGO_PLUGIN),
        _ => arguments::run(arguments),
    }
}

/// A panic tells where it was and nothing else: its message could quote what it was about.
fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // If nobody reads it there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "lockgate: a mistake in the program at {place}");
    }));
}

fn is_called(program: &OsStr, name: &str) -> bool {
    Path::new(program).file_stem().is_some_and(|stem| stem == name)
}
