//! A home of its own for the programs under test.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Run, Server, programs};

/// The user and group `nobody`, which some tests become when they run as root.
const NOBODY: u32 = 65534;

/// Folders for one test: a home, `$CARGO_HOME`, `$LOCKGATE_HOME`, a project, and a folder of
/// programs in which Lockgate has its three names. All of it goes when this is dropped.
pub struct Home {
    folder: TempDir,
    unprivileged: bool,
}

impl Home {
    /// A home of the user who runs the tests.
    pub fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), unprivileged: false };
        for folder in [home.cargo_home(), home.lockgate_home(), home.project(), home.temporary()] {
            fs::create_dir_all(&folder).unwrap();
            set_mode(&folder, 0o700);
        }
        fs::create_dir_all(home.programs()).unwrap();
        for name in ["lockgate", "cargo-credential-lockgate", "docker-credential-lockgate"] {
            symlink(programs::lockgate(), home.programs().join(name)).unwrap();
        }
        home
    }

    /// A home of a user whom file permissions bind: `nobody`, if the tests run as root. Files that
    /// the test writes later belong to that user once [`Home::hand_over`] was called.
    pub fn unprivileged() -> Self {
        let mut home = Self::new();
        if fs::metadata(home.root()).unwrap().uid() != 0 {
            return home;
        }
        programs::require("setpriv");
        home.unprivileged = true;
        // The build may lie in a folder that only root can enter.
        let copy = home.programs().join("lockgate.copy");
        fs::copy(programs::lockgate(), &copy).unwrap();
        for name in ["lockgate", "cargo-credential-lockgate", "docker-credential-lockgate"] {
            fs::remove_file(home.programs().join(name)).unwrap();
            symlink(&copy, home.programs().join(name)).unwrap();
        }
        home.hand_over();
        home
    }

    /// Makes everything in this home, but the programs, the user's own.
    pub fn hand_over(&self) {
        if self.unprivileged {
            chown(self.root(), Some(NOBODY), Some(NOBODY)).unwrap();
            for folder in [self.user(), self.lockgate_home(), self.project(), self.temporary()] {
                chown_all(&folder);
            }
        }
    }

    /// The folder that holds all the others.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// `$HOME`.
    pub fn user(&self) -> PathBuf {
        self.root().join("user")
    }

    /// `$CARGO_HOME`, the default one in `$HOME`.
    pub fn cargo_home(&self) -> PathBuf {
        self.user().join(".cargo")
    }

    /// `$LOCKGATE_HOME`.
    pub fn lockgate_home(&self) -> PathBuf {
        self.root().join("lockgate")
    }

    /// Where commands run unless a test says otherwise.
    pub fn project(&self) -> PathBuf {
        self.root().join("project")
    }

    /// The folder with Lockgate's names, first in `PATH`.
    pub fn programs(&self) -> PathBuf {
        self.root().join("bin")
    }

    /// `$TMPDIR`.
    pub fn temporary(&self) -> PathBuf {
        self.root().join("tmp")
    }

    /// cargo's file of tokens.
    pub fn credentials(&self) -> PathBuf {
        self.cargo_home().join("credentials.toml")
    }

    /// The content of cargo's file of tokens; empty if there is none.
    pub fn read_credentials(&self) -> String {
        fs::read_to_string(self.credentials()).unwrap_or_default()
    }

    /// Writes cargo's file of tokens, readable by its owner alone.
    pub fn write_credentials(&self, content: impl AsRef<[u8]>) {
        fs::write(self.credentials(), content).unwrap();
        set_mode(&self.credentials(), 0o600);
        self.hand_over();
    }

    /// cargo's own configuration file.
    pub fn config(&self) -> PathBuf {
        self.cargo_home().join("config.toml")
    }

    /// Writes `$CARGO_HOME/config.toml`.
    pub fn write_config(&self, content: impl AsRef<[u8]>) {
        fs::write(self.config(), content).unwrap();
        self.hand_over();
    }

    /// Writes `$CARGO_HOME/config.toml` so that `corp` is `server` and its provider is
    /// `provider`, a list of words.
    pub fn configure(&self, server: &Server, provider: &[&str]) {
        self.write_config(format!(
            "[registries.corp]\nindex = \"{}\"\ncredential-provider = {provider:?}\n",
            server.index_url()
        ));
    }

    /// The words by which cargo's configuration names Lockgate's `cargo:token`.
    pub fn our_token_provider(&self) -> [String; 2] {
        let program = self.programs().join("cargo-credential-lockgate");
        [program.display().to_string(), "cargo:token".to_owned()]
    }

    /// [`Home::configure`] with Lockgate's `cargo:token`.
    pub fn configure_ours(&self, server: &Server) {
        let [program, word] = self.our_token_provider();
        self.configure(server, &[&program, &word]);
    }

    /// Writes Lockgate's own `config.toml`.
    pub fn write_lockgate_config(&self, content: &str) {
        let file = self.lockgate_home().join("config.toml");
        fs::write(&file, content).unwrap();
        set_mode(&file, 0o600);
        self.hand_over();
    }

    /// Makes the project a library package, with `dependencies` as the lines of that table.
    pub fn write_package(&self, name: &str, dependencies: &str) {
        fs::create_dir_all(self.project().join("src")).unwrap();
        fs::write(self.project().join("src/lib.rs"), "").unwrap();
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
             description = \"A test\"\nlicense = \"MIT\"\n\n[dependencies]\n{dependencies}\n"
        );
        fs::write(self.project().join("Cargo.toml"), manifest).unwrap();
    }

    /// Writes the project's `.cargo/config.toml` and says where that is.
    pub fn write_project_config(&self, content: &str) -> PathBuf {
        let folder = self.project().join(".cargo");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("config.toml"), content).unwrap();
        self.hand_over();
        folder.join("config.toml")
    }

    /// A run of the real cargo.
    pub fn cargo(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.run(programs::cargo()).args(arguments)
    }

    /// A run of `lockgate`.
    pub fn lockgate(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        self.run(self.programs().join("lockgate")).args(arguments)
    }

    /// A run of `cargo-credential-lockgate` as cargo starts it.
    pub fn plugin(&self) -> Run {
        self.run(self.programs().join("cargo-credential-lockgate")).args(["--cargo-plugin"])
    }

    /// A run of any program in this home's environment, as this home's user.
    pub fn run(&self, program: impl Into<PathBuf>) -> Run {
        let path = format!(
            "{}:{}:/usr/bin:/bin",
            self.programs().display(),
            programs::toolchain().display()
        );
        let run = Run::new(program, self.project())
            .env("PATH", path)
            .env("HOME", self.user())
            .env("CARGO_HOME", self.cargo_home())
            .env("LOCKGATE_HOME", self.lockgate_home())
            .env("TMPDIR", self.temporary())
            .env("LANG", "C.UTF-8")
            .env("USER", "tester");
        if !self.unprivileged {
            return run;
        }
        let id = NOBODY.to_string();
        run.under(["setpriv", "--reuid", &id, "--regid", &id, "--clear-groups", "--"])
    }

    /// Every file below this home, with what is in it; links are not followed.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect_files(self.root(), &mut files);
        files
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets the permission bits of a file or folder.
pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The permission bits of a file or folder.
pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chown_all(path: &Path) {
    let Ok(metadata) = fs::symlink_metadata(path) else { return };
    if metadata.is_symlink() {
        return;
    }
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            chown_all(&entry.unwrap().path());
        }
    }
}

fn collect_files(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect_files(&entry.path(), files);
        } else if kind.is_file() {
            files.push((entry.path(), fs::read(entry.path()).unwrap()));
        }
    }
}
