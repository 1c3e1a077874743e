//! One run of a program: what it gets and what came of it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest time that a program may take; then it hangs, and the test fails.
const DEADLINE: Duration = Duration::from_secs(120);

/// A program to run, with nothing in its environment but what was put there.
#[derive(Clone, Debug)]
pub struct Run {
    wrapper: Vec<OsString>,
    program: PathBuf,
    arguments: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    folder: PathBuf,
    stdin: Vec<u8>,
}

impl Run {
    /// A run of `program` in `folder`, without arguments, variables or input.
    pub fn new(program: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            wrapper: Vec::new(),
            program: program.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            folder: folder.into(),
            stdin: Vec::new(),
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// Puts another program, with its own arguments, in front of everything so far.
    #[must_use]
    pub fn under(mut self, wrapper: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let words = wrapper.into_iter().map(|word| word.as_ref().to_owned());
        self.wrapper = words.chain(self.wrapper).collect();
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.insert(name.into(), value.as_ref().to_owned());
        self
    }

    /// Whether a variable is set.
    #[must_use]
    pub fn has_env(&self, name: &str) -> bool {
        self.environment.contains_key(OsStr::new(name))
    }

    /// Takes a variable away.
    #[must_use]
    pub fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(OsStr::new(name));
        self
    }

    /// Sets the working directory.
    #[must_use]
    pub fn dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Sets what the program reads from its standard input.
    #[must_use]
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.stdin = input.into();
        self
    }

    /// What the program reads from its standard input.
    pub fn input(&self) -> &[u8] {
        &self.stdin
    }

    /// The program and its arguments, for messages.
    pub fn shown(&self) -> String {
        let words = self.wrapper.iter().map(Path::new);
        let arguments = self.arguments.iter().map(Path::new);
        let all = words.chain([self.program.as_path()]).chain(arguments);
        all.map(|word| word.display().to_string()).collect::<Vec<_>>().join(" ")
    }

    /// The command, with all three streams piped and in a process group of its own.
    pub fn command(&self) -> Command {
        let wrapper = self.wrapper.iter().map(OsString::as_os_str);
        let mut words = wrapper.chain([self.program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap());
        command.args(words).args(&self.arguments);
        command.env_clear().envs(&self.environment).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0);
        command
    }

    /// Runs the program to its end.
    ///
    /// # Panics
    /// If it cannot be started, or has not ended after two minutes.
    pub fn run(&self) -> Output {
        let mut child = self
            .command()
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", self.shown()));
        let (mut input, bytes) = (child.stdin.take().unwrap(), self.stdin.clone());
        // A program may end without reading its input; that is no failure of the test.
        let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
        let stdout = collect(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap());
        let status = wait(&mut child, DEADLINE)
            .unwrap_or_else(|| panic!("`{}` did not end in {DEADLINE:?}", self.shown()));
        writer.join().unwrap();
        let stdout = stdout.join().unwrap();
        let stderr = stderr.join().unwrap();
        Output { command: self.shown(), status, stdout, stderr }
    }
}

/// Reads a stream to its end in a thread of its own.
pub(crate) fn collect(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for the end of a process; none, and everything in its group killed, if it takes too long.
pub(crate) fn wait(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let group = format!("-{}", child.id());
    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    let _ = child.wait();
    None
}

/// What came of a run. Each check shows everything when it fails.
#[derive(Clone, Debug)]
#[must_use]
pub struct Output {
    /// The program and its arguments.
    pub command: String,
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// It ended well.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        self.exits_with(0)
    }

    /// It ended with this exit status.
    #[track_caller]
    pub fn exits_with(self, code: i32) -> Self {
        assert!(self.status.code() == Some(code), "expected exit status {code}\n{self}");
        self
    }

    /// Its standard error contains this text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected on standard error: {text}\n{self}");
        self
    }

    /// Its standard error does not contain this text.
    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "not expected on standard error: {text}\n{self}");
        self
    }

    /// Its standard error is empty.
    #[track_caller]
    pub fn is_silent(self) -> Self {
        assert!(self.stderr.is_empty(), "expected nothing on standard error\n{self}");
        self
    }

    /// Its standard error names this line of this file.
    #[track_caller]
    pub fn names_line(self, file: &Path, line: usize) -> Self {
        let file = file.display().to_string();
        let cited = format!("{file}:{line}");
        let spelled = format!("line {line}");
        let named = self.stderr.contains(&cited)
            || (self.stderr.contains(&file) && self.stderr.contains(&spelled));
        assert!(named, "expected on standard error: {cited}\n{self}");
        self
    }

    /// Its standard output is exactly this.
    #[track_caller]
    pub fn prints(self, text: &str) -> Self {
        assert!(self.stdout == text, "expected on standard output: {text:?}\n{self}");
        self
    }

    /// Its standard output contains this text.
    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.stdout.contains(text), "expected on standard output: {text}\n{self}");
        self
    }

    /// Neither stream contains this text.
    #[track_caller]
    pub fn nowhere_has(self, text: &str) -> Self {
        let found = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!found, "not expected anywhere: {text}\n{self}");
        self
    }

    /// Its standard output as one JSON value.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{self}"))
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { command, status, stdout, stderr } = self;
        writeln!(formatter, "$ {command}")?;
        match status.signal() {
            Some(signal) => writeln!(formatter, "ended by signal {signal}")?,
            None => writeln!(formatter, "{status}")?,
        }
        write!(formatter, "--- stdout\n{stdout}\n--- stderr\n{stderr}\n---")
    }
}
