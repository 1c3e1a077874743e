//! Running other programs, shown as they would be typed.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What went wrong, in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure(pub(crate) String);

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder of build outputs, where cargo itself would put them.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A command in the workspace's folder, without anybody to type an answer.
pub(crate) fn program(name: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    program(cargo_program(), arguments)
}

/// The same with this many seconds to end in.
pub(crate) fn cargo_within(seconds: &str, arguments: &[&str]) -> Command {
    let mut command = program("timeout", &[seconds]);
    command.arg(cargo_program()).args(arguments);
    command
}

fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Shows the command, runs it, and demands that it succeeds.
pub(crate) fn run(mut command: Command) -> Result<(), Failure> {
    let shown = shown(&command);
    println!("$ {shown}");
    let status = command.status().map_err(|error| not_started(&shown, &error))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("`{shown}` ended with {status}"))) }
}

/// Runs the command and returns what it printed, however it ended.
pub(crate) fn output(mut command: Command) -> Result<Output, Failure> {
    let shown = shown(&command);
    command.output().map_err(|error| not_started(&shown, &error))
}

/// Whether the command can be run and succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: Command) -> bool {
    output(command).is_ok_and(|output| output.status.success())
}

fn not_started(shown: &str, error: &std::io::Error) -> Failure {
    Failure(format!("`{shown}` could not be started: {error}"))
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Failure, program, root, run, succeeds};

    #[test]
    fn the_root_is_where_the_workspace_is() {
        assert!(root().join("rust-toolchain.toml").is_file());
    }

    #[test]
    fn a_failed_command_is_named_without_its_folder() {
        let failure = run(program("/bin/false", &["x"])).unwrap_err();
        assert_eq!(failure, Failure("`false x` ended with exit status: 1".into()));
        assert!(!succeeds(program("/no/such/program", &[])));
    }
}
