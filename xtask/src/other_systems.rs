//! What runs on other systems than this one: compiled for them, and for Windows run under Wine.

use std::path::Path;
use std::process::Command;

use crate::command::{self, Failure, cargo, cargo_within, program, target};
use crate::report::Outcome;

/// The system that Wine stands in for.
pub(crate) const WINDOWS: &str = "x86_64-pc-windows-gnu";
/// The one that nothing stands in for here.
pub(crate) const MACOS: &str = "aarch64-apple-darwin";

/// The crates that have code for them.
const PACKAGES: [&str; 4] = ["--package", "lockgate-platform-stores", "--package", "lockgate-core"];

/// What Wine takes for a Windows.
const PREFIX: &str = "prefix";

/// Seconds for the tests under Wine, and for compiling them: a Windows that hangs ends nothing else.
const PATIENCE: &str = "600";

/// Compiles for both, with the tests, and runs the ones for Windows.
pub(crate) fn check() -> Result<Outcome, Failure> {
    for system in [WINDOWS, MACOS] {
        let what = ["clippy", "--locked", "--all-targets", "--target", system];
        let strict = ["--", "--deny", "warnings"];
        command::run(cargo(&[what.as_slice(), &PACKAGES, &strict].concat()))?;
    }
    println!("Not run, since it takes a Mac: the tests of the keychain.");
    let folder = target().join("wine");
    prepare(&folder)?;
    let what = ["test", "--locked", "--package", "lockgate-platform-stores", "--target", WINDOWS];
    let outcome = command::run(under_wine(cargo_within(PATIENCE, &what), &folder));
    remove_windows(&folder)?;
    outcome.map(|()| Outcome::Passed)
}

/// What Wine needs as a Windows takes 700 MB.
fn remove_windows(folder: &Path) -> Result<(), Failure> {
    command::run(under_wine(program("wineserver", &["--kill"]), folder)).or_else(nothing_runs)?;
    command::run(under_wine(program("wineserver", &["--wait"]), folder))?;
    let prefix = folder.join(PREFIX);
    std::fs::remove_dir_all(&prefix)
        .map_err(|error| Failure(format!("{} cannot be removed: {error}", prefix.display())))
}

fn nothing_runs(_: Failure) -> Result<(), Failure> {
    Ok(())
}

/// Builds the one library that Wine lacks.
fn prepare(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure(format!("{} cannot be made: {error}", folder.display())))?;
    let library = folder.join("bcryptprimitives.dll");
    let source = "xtask/wine/bcryptprimitives.c";
    let output = library.to_string_lossy();
    let words = ["-shared", "-o", output.as_ref(), source, "-ladvapi32"];
    command::run(program("x86_64-w64-mingw32-gcc", &words))
}

fn under_wine(mut command: Command, folder: &Path) -> Command {
    command
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine")
        .env("WINEPREFIX", folder.join(PREFIX))
        .env("WINEPATH", folder)
        .env("WINEDEBUG", "-all")
        // A program that crashes ends, and is not kept for a debugger.
        .env("WINEDLLOVERRIDES", "winedbg.exe=d");
    command
}
