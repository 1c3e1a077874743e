//! A git index, by the user's own `git`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use lockgate_adapters::NativePrograms;
use lockgate_core::ProcessGrant;
use lockgate_index::{FETCH_DEADLINE, Git};
use lockgate_policy::Forbidden;
use lockgate_system::{Launchable, Launcher, Variable, limit_written_files};
use zeroize::Zeroizing;

use super::Asked;
use super::git_path::program_folders;
use super::git_reach::PROXY;
use super::said::Said;
use crate::bridge::searched;
use crate::child::in_child;
use crate::failed::Failed;
use crate::programs::own;

/// Largest file that git may make, in bytes. The last commit of the largest index has some hundred
/// MiB; the bound keeps a hostile one from filling the disk.
const MAX_FETCHED: u64 = 1 << 30;

/// What git finds in its environment beside its fixed few: where the user's own settings and keys are.
/// None of git's own variables, by which it could be told to start programs, and none that names a
/// proxy: which one is used is decided here.
const HANDED_ON: [&str; 7] = [
    "HOME",
    "USER",
    "LOGNAME",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "DBUS_SESSION_BUS_ADDRESS",
];
/// What is connected to directly, for a proxy that git's own configuration names.
const DIRECTLY: [&str; 2] = ["no_proxy", "NO_PROXY"];
const LANGUAGE: &str = "C.UTF-8";

const NO_GIT: &str = "no folder of PATH has the program `git`, of those that nobody else can write and \
     that are not the project's, so that the index is not read and the page for its tokens is not known";

impl Asked<'_> {
    /// The folders of the user's PATH in which git, and what it starts, is looked for.
    fn program_folders(&self) -> OsString {
        let home = self.broker.context().machine.home();
        let path = own("PATH").unwrap_or_default();
        let folders = std::env::current_dir().map(|here| program_folders(&path, &here, home));
        std::env::join_paths(folders.unwrap_or_default()).unwrap_or_default()
    }

    /// Whether it may be started for this.
    fn allow_git(&self, program: &str) -> Result<(), Forbidden> {
        let ceiling = &self.broker.context().machine.ceiling;
        ceiling.allows_program(program, self.question.registry)?;
        ceiling.allows_address(self.location.url(), self.question.registry)
    }

    /// Runs git in this process's own children. Call it in a child.
    fn with_git(
        &self,
        program: &str,
        folders: &OsStr,
        work: impl FnOnce(&Git<'_>) -> Result<Said, Failed>,
    ) -> Result<Said, Failed> {
        let failed = |error: std::io::Error| {
            Failed(vec!["the process that starts `git` cannot be made".into(), error.to_string()])
        };
        limit_written_files(MAX_FETCHED).map_err(failed)?;
        let grant = ProcessGrant {
            program: program.to_owned(),
            arguments: None,
            environment: Vec::new(),
            digest: None,
            terminal: false,
            new_privileges: false,
            receives: Vec::new(),
        };
        let scratch = self.broker.context().machine.folders.state.join("programs");
        let launcher =
            Launcher::fork(vec![self.launchable(program, folders)], scratch).map_err(failed)?;
        let process = NativePrograms::new(Arc::new(launcher), vec![grant.clone()]);
        work(&Git { process: &process, grant: &grant })
    }

    /// `NotStarted` if there is no git.
    pub(super) fn by_git(
        &self,
        work: impl FnOnce(&Git<'_>) -> Result<Said, Failed>,
    ) -> Result<Said, Failed> {
        let folders = self.program_folders();
        let Some(program) = searched("git", &folders) else {
            return Ok(Said::NotStarted { why: NO_GIT.to_owned() });
        };
        self.begin_git(&program, self.allow_git(&program))?;
        in_child(|| self.with_git(&program, &folders, work))
    }

    fn launchable(&self, program: &str, folders: &OsStr) -> Launchable {
        let mut fixed: Vec<Variable> = HANDED_ON.iter().map(|name| variable(name)).collect();
        if !self.is_reached_as_administrator_says() {
            fixed.extend(DIRECTLY.iter().map(|name| variable(name)));
        }
        fixed.push(Variable { name: PROXY.to_owned(), value: self.proxy_with_password() });
        fixed.push(valued("PATH", folders.as_bytes()));
        fixed.push(valued("LANG", LANGUAGE.as_bytes()));
        Launchable {
            program: Path::new(program).to_owned(),
            digest: None,
            terminal: false,
            new_privileges: false,
            deadline: FETCH_DEADLINE,
            fixed,
            granted: Vec::new(),
            arguments: Box::new(|_| true),
        }
    }
}

fn variable(name: &str) -> Variable {
    let value = own(name).map(|value| Zeroizing::new(value.as_bytes().to_vec()));
    Variable { name: name.to_owned(), value }
}

fn valued(name: &str, value: &[u8]) -> Variable {
    Variable { name: name.to_owned(), value: Some(Zeroizing::new(value.to_vec())) }
}
