//! What a nested cargo may know of the environment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where programs, toolchains and temporary files are, and how the network is reached. Everything
/// else stays outside: flags, wrappers and profiles of the build around this one would change the
/// guests, and its job server and target folder would make the two wait for each other.
const KEPT: [&str; 41] = [
    "PATH",
    "HOME",
    "USER",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "TMPDIR",
    "LANG",
    // The network.
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
    "CARGO_NET_OFFLINE",
    "CARGO_NET_GIT_FETCH_WITH_CLI",
    // The linker of macOS, for procedural macros.
    "DEVELOPER_DIR",
    "SDKROOT",
    // Windows, and its linker.
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "PROGRAMFILES(X86)",
    "PROCESSOR_ARCHITECTURE",
    "INCLUDE",
    "LIB",
    "LIBPATH",
    "VCINSTALLDIR",
    "VSINSTALLDIR",
    "WINDOWSSDKDIR",
];

/// The environment of the build around this one.
pub(crate) struct Variables(Vec<(OsString, OsString)>);

impl Variables {
    pub(crate) fn new(all: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(all.into_iter().collect())
    }

    fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    /// The program that a variable of cargo's names, else the one of that name in `PATH`.
    pub(crate) fn program(&self, variable: &str, name: &str) -> OsString {
        self.get(variable).filter(|value| !value.is_empty()).unwrap_or(name.as_ref()).to_owned()
    }

    /// cargo's own folder.
    pub(crate) fn cargo_home(&self) -> Option<PathBuf> {
        let home = || self.get("HOME").or_else(|| self.get("USERPROFILE"));
        match self.get("CARGO_HOME").filter(|value| !value.is_empty()) {
            Some(folder) => Some(folder.into()),
            None => home().map(|folder| Path::new(folder).join(".cargo")),
        }
    }

    /// A command that sees of the environment what a guest's build may depend on.
    pub(crate) fn command(&self, program: &OsStr, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.kept()).current_dir(folder);
        command
    }

    fn kept(&self) -> impl Iterator<Item = (&OsString, &OsString)> {
        self.0.iter().filter(|(name, _)| is_kept(name)).map(|(name, value)| (name, value))
    }
}

/// Names are compared as Windows does, and so that `https_proxy` is a proxy too.
fn is_kept(name: &OsStr) -> bool {
    KEPT.iter().any(|kept| name.eq_ignore_ascii_case(kept))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::path::Path;

    use super::Variables;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        Variables::new(pairs.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn nothing_that_changes_a_guest_or_holds_a_lock_passes() {
        let outer = variables(&[
            ("PATH", "/bin"),
            ("https_proxy", "http://proxy"),
            ("RUSTFLAGS", "-Copt-level=0"),
            ("CARGO_ENCODED_RUSTFLAGS", "-g"),
            ("CARGO_BUILD_TARGET", "wasm32-unknown-unknown"),
            ("CARGO_TARGET_DIR", "/outer"),
            ("CARGO_PROFILE_RELEASE_LTO", "off"),
            ("CARGO_MAKEFLAGS", "--jobserver-fds=3,4"),
            ("MAKEFLAGS", "--jobserver-fds=3,4"),
            ("RUSTC_WRAPPER", "sccache"),
            ("RUSTC_BOOTSTRAP", "1"),
            ("CARGO_REGISTRY_TOKEN", "secret"),
            ("LD_PRELOAD", "x.so"),
        ]);
        let command = outer.command(OsStr::new("cargo"), Path::new("/"));
        let passed: Vec<_> = command.get_envs().map(|(name, _)| name).collect();
        assert_eq!(passed, ["PATH", "https_proxy"]);
    }

    #[test]
    fn the_same_cargo_and_its_folder_are_found() {
        let outer = variables(&[("CARGO", "/t/bin/cargo"), ("RUSTC", ""), ("HOME", "/home/a")]);
        assert_eq!(outer.program("CARGO", "cargo"), "/t/bin/cargo");
        assert_eq!(outer.program("RUSTC", "rustc"), "rustc");
        assert_eq!(outer.cargo_home().as_deref(), Some(Path::new("/home/a/.cargo")));
        let outer = variables(&[("CARGO_HOME", "/c"), ("HOME", "/home/a")]);
        assert_eq!(outer.cargo_home().as_deref(), Some(Path::new("/c")));
    }
}
