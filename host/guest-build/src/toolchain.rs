//! The compiler that the nested cargo will run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::environment::Variables;
use crate::{GuestBuildError, TARGET};

/// The compiler, and the folders whose names it would otherwise leave in what it compiles.
pub(crate) struct Toolchain {
    rustc: OsString,
    commit: String,
    sysroot: PathBuf,
    cargo_home: Option<PathBuf>,
}

impl Toolchain {
    pub(crate) fn probe(variables: &Variables, workspace: &Path) -> Result<Self, GuestBuildError> {
        let rustc = variables.program("RUSTC", "rustc");
        let ask = |arguments: &[&str]| ask(variables, &rustc, workspace, arguments);
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?);
        let libraries = ask(&["--print", "target-libdir", "--target", TARGET])?;
        if !Path::new(&libraries).is_dir() {
            return Err(GuestBuildError::MissingTarget);
        }
        let version = ask(&["-vV"])?;
        let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
        let commit = commit.unwrap_or("unknown").to_owned();
        Ok(Self { rustc, commit, sysroot, cargo_home: variables.cargo_home() })
    }

    pub(crate) fn rustc(&self) -> &OsStr {
        &self.rustc
    }

    /// Flags, separated as `CARGO_ENCODED_RUSTFLAGS` wants it, that hide folders.
    pub(crate) fn flags(&self, workspace: &Path) -> OsString {
        // Where the standard library's source is installed, rustc names it by its folder there
        // instead of by this.
        let library = self.sysroot.join("lib/rustlib/src/rust");
        let published = format!("/rustc/{}", self.commit);
        let mut flags = OsString::new();
        let mut hide = |folder: &Path, name: &str| {
            if !flags.is_empty() {
                flags.push("\x1f");
            }
            flags.push("--remap-path-prefix=");
            flags.push(folder);
            flags.push("=");
            flags.push(name);
        };
        // The last prefix that fits is taken, so the narrower ones come later.
        if let Some(folder) = &self.cargo_home {
            hide(folder, "/cargo");
        }
        hide(&self.sysroot, "/sysroot");
        hide(&library, &published);
        hide(workspace, "/guests");
        flags
    }
}

fn ask(
    variables: &Variables,
    rustc: &OsStr,
    folder: &Path,
    arguments: &[&str],
) -> Result<String, GuestBuildError> {
    let mut command = variables.command(rustc, folder);
    let output = command
        .args(arguments)
        .output()
        .map_err(|source| GuestBuildError::start(&command, source))?;
    let answer = String::from_utf8(output.stdout).ok().filter(|_| output.status.success());
    match answer {
        Some(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        _ => Err(GuestBuildError::Compiler { program: rustc.to_string_lossy().into_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Toolchain;

    #[test]
    fn every_folder_of_this_machine_gets_another_name() {
        let toolchain = Toolchain {
            rustc: "rustc".into(),
            commit: "abc".into(),
            sysroot: "/home/a/.rustup/x".into(),
            cargo_home: Some("/home/a/.cargo".into()),
        };
        let flags = toolchain.flags(Path::new("/home/a/my guests"));
        let flags: Vec<_> = flags.to_str().unwrap().split('\x1f').collect();
        assert_eq!(
            flags,
            [
                "--remap-path-prefix=/home/a/.cargo=/cargo",
                "--remap-path-prefix=/home/a/.rustup/x=/sysroot",
                "--remap-path-prefix=/home/a/.rustup/x/lib/rustlib/src/rust=/rustc/abc",
                "--remap-path-prefix=/home/a/my guests=/guests",
            ]
        );
    }
}
