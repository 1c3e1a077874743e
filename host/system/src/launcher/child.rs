//! What happens between the fork of a program and its first instruction.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use landlock::{Ruleset, RulesetAttr, RulesetCreated, Scope};
use rustix::process::{Pid, getpid, setsid};
use rustix::thread::set_no_new_privs;

use super::Launchable;
use super::program::CheckedProgram;
use crate::orphan;

/// The first descriptor behind standard input, output and error.
const FIRST_FREE: libc::c_uint = 3;

/// The last signal of Linux.
const LAST_SIGNAL: libc::c_int = 64;

/// Starts a checked program in `folder`, its standard streams pipes.
pub(crate) fn spawn(
    program: &CheckedProgram,
    launchable: &Launchable,
    arguments: &[String],
    environment: Vec<(OsString, OsString)>,
    folder: &OwnedFd,
) -> io::Result<Child> {
    let plan = Plan {
        launcher: getpid(),
        own_session: !launchable.terminal,
        new_privileges: launchable.new_privileges,
        folder: folder.as_raw_fd(),
        inherited: program.is_script().then(|| program.as_fd().as_raw_fd()),
    };
    #[expect(clippy::disallowed_methods, reason = "what is started was told before")]
    let mut command = Command::new(program.path());
    command.arg0(&launchable.program).args(arguments).env_clear().envs(environment);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[allow(unsafe_code, reason = "there is no safe call that runs something before a program")]
    // SAFETY: the launcher has one thread, so that no lock is held for ever in its copy, which may
    // do whatever the launcher itself may.
    unsafe {
        command.pre_exec(move || plan.carry_out());
    }
    command.spawn()
}

/// What a program is deprived of. Descriptors are those of the launcher, which are open in its copy.
#[derive(Clone, Copy)]
struct Plan {
    launcher: Pid,
    own_session: bool,
    new_privileges: bool,
    folder: RawFd,
    inherited: Option<RawFd>,
}

impl Plan {
    fn carry_out(self) -> io::Result<()> {
        if self.own_session {
            // No controlling terminal, and a process group of its own.
            setsid()?;
        }
        if !self.new_privileges {
            set_no_new_privs(true)?;
            keep_signals_inside();
        }
        orphan::end_with(self.launcher);
        default_signals();
        enter(self.folder)?;
        close_on_exec()?;
        self.inherited.map_or(Ok(()), keep_on_exec)
    }
}

/// Signals of the program, and its reach into other processes' memory, end at itself and what it
/// starts, where the kernel can do that. Without it the launcher's and the client's memory is closed
/// all the same, and to end them is all that a signal does.
fn keep_signals_inside() {
    let scoped = Ruleset::default().scope(Scope::Signal).and_then(Ruleset::create);
    let _ = scoped.and_then(RulesetCreated::restrict_self);
}

/// An ignored signal stays ignored in a program, which does not expect that.
fn default_signals() {
    for signal in 1..=LAST_SIGNAL {
        #[allow(unsafe_code, reason = "there is no safe call that sets a signal's disposition")]
        // SAFETY: the default disposition runs nothing of this process.
        unsafe {
            // Fails for those that cannot be changed, which have the default.
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

#[allow(unsafe_code, reason = "descriptors are known by number between fork and exec")]
fn enter(folder: RawFd) -> io::Result<()> {
    // SAFETY: it only changes the process's working directory; a wrong number is an error.
    succeeded(unsafe { libc::fchdir(folder) })
}

#[allow(unsafe_code, reason = "there is no safe call that marks all descriptors")]
fn close_on_exec() -> io::Result<()> {
    let flags = libc::CLOSE_RANGE_CLOEXEC.cast_signed();
    // SAFETY: nothing is closed before the program takes the place of this process.
    succeeded(unsafe { libc::close_range(FIRST_FREE, libc::c_uint::MAX, flags) })
}

#[allow(unsafe_code, reason = "descriptors are known by number between fork and exec")]
fn keep_on_exec(descriptor: RawFd) -> io::Result<()> {
    // SAFETY: it only changes a flag of a descriptor; a wrong number is an error.
    succeeded(unsafe { libc::fcntl(descriptor, libc::F_SETFD, 0) })
}

fn succeeded(result: libc::c_int) -> io::Result<()> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use super::spawn;
    use crate::launcher::Launchable;
    use crate::launcher::program::CheckedProgram;

    fn launchable(program: &Path) -> Launchable {
        Launchable {
            program: program.to_owned(),
            digest: None,
            terminal: false,
            new_privileges: false,
            deadline: Duration::from_secs(60),
            fixed: Vec::new(),
            granted: Vec::new(),
            arguments: Box::new(|_| true),
        }
    }

    /// Written in a process of its own: a test beside this one that forks meanwhile would have it
    /// open for writing, and the system executes no such file.
    #[expect(clippy::disallowed_methods, reason = "the tests make programs")]
    fn make(path: &Path, script: &str) {
        let source = path.with_extension("source");
        fs::write(&source, script).unwrap();
        let installed = Command::new("install").args(["-m", "700"]).arg(source).arg(path).status();
        assert!(installed.unwrap().success());
    }

    #[expect(clippy::disallowed_methods, reason = "the tests replace programs")]
    #[test]
    fn what_was_checked_is_executed_whatever_takes_its_name_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("op"), folder.path().join("other"));
        make(&path, "#!/bin/sh\necho \"checked $1\"");
        make(&other, "#!/bin/sh\necho other");
        let launchable = launchable(&path);
        let checked = CheckedProgram::open(&launchable).unwrap();
        fs::rename(&other, &path).unwrap();

        let says = |checked: &CheckedProgram| {
            let at = fs::File::open(folder.path()).unwrap().into();
            let child = spawn(checked, &launchable, &["$(id)".to_owned()], Vec::new(), &at);
            let output = child.unwrap().wait_with_output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert_eq!(says(&checked), "checked $(id)\n");
        // The twin: checked again, it is the other one.
        assert_eq!(says(&CheckedProgram::open(&launchable).unwrap()), "other\n");
    }
}
