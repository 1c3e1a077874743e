//! A folder with programs, and the process that has one of them started.

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, test_kill_process};
use tempfile::TempDir;

/// `examples/process_child.rs`, which cargo builds for these tests.
fn child_program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    // The test is `<target>/<profile>/deps/TEST`.
    let program = test.ancestors().nth(2).unwrap().join("examples/process_child");
    assert!(
        program.is_file(),
        "{} is missing; `cargo test -p lockgate-adapters` builds it, as `--test` alone does not",
        program.display()
    );
    program
}

pub(crate) struct Stage {
    pub(crate) folder: TempDir,
    pub(crate) host_environment: Vec<(String, String)>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), host_environment: Vec::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a script of this text.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let (path, source) = (self.path(name), self.path("source"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&source, format!("#!/bin/sh\n{text}\n")).unwrap();
        install(&source, &path);
        path
    }

    /// Makes a copy of `echo`.
    pub(crate) fn echo(&self) -> PathBuf {
        let path = self.path("echo");
        install(Path::new("/bin/echo"), &path);
        path
    }

    fn command(&self, scene: &[&str], program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(child_program());
        command.arg(format!("scratch={}", self.path("scratch").display())).args(scene).arg("--");
        command.arg(program).args(arguments).envs(self.host_environment.iter().cloned());
        command
    }

    /// What comes of a conversation with a program.
    pub(crate) fn play(&self, scene: &[&str], program: &Path, arguments: &[&str]) -> String {
        let output = self.command(scene, program, arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same for a line of shell.
    pub(crate) fn shell(&self, scene: &[&str], line: &str) -> String {
        self.play(scene, Path::new("/bin/sh"), &["-c", line])
    }

    /// Begins a conversation and leaves it going on.
    pub(crate) fn begin(&self, scene: &[&str], line: &str) -> (Child, BufReader<ChildStdout>) {
        let mut command = self.command(scene, Path::new("/bin/sh"), &["-c", line]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        (child, output)
    }
}

/// Writes a program in a process of its own: a test beside this one that forks meanwhile would
/// have it open for writing, and the system executes no such file.
fn install(source: &Path, program: &Path) {
    let mut command = Command::new("install");
    assert!(command.args(["-m", "755"]).arg(source).arg(program).status().unwrap().success());
}

pub(crate) fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The next line, without what stands in front of `: `.
pub(crate) fn heard(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    line.trim_end().strip_prefix("heard: ").unwrap().to_owned()
}

/// Whether a process is gone, or is soon. One that nobody has waited for is gone.
pub(crate) fn ends(process: &str) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(2) {
        if !runs(process) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

pub(crate) fn runs(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().next());
    let number = Pid::from_raw(process.parse().unwrap()).unwrap();
    test_kill_process(number).is_ok() && state.is_some_and(|state| state != "Z")
}

/// A terminal: the keyboard's end, and the path of the other one.
pub(crate) fn terminal() -> (File, String) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
    let keyboard = openpt(flags).unwrap();
    grantpt(&keyboard).unwrap();
    unlockpt(&keyboard).unwrap();
    let path = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
    (File::from(keyboard), path)
}
