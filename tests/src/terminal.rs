//! A terminal with a keyboard and a screen, at which a program runs as a person runs it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::{Run, programs, run};

/// Longest time until something is on the screen, or a program ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pseudo-terminal.
pub struct Terminal {
    keyboard: File,
    line: File,
    screen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// One with an empty screen.
    pub fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let path = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        let line = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let keyboard = File::from(keyboard);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut source, target) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(count) = source.read(&mut bytes) {
                target.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { keyboard, line, screen }
    }

    /// Starts a program whose three streams and controlling terminal this is.
    pub fn start(&self, run: Run) -> Child {
        programs::require("setsid");
        // Who runs the tests in the background may have the keys' signals ignored, which programs inherit.
        // It leads a process group already, so that it forks to lead a session.
        let words = ["/usr/bin/env", "--default-signal=INT,QUIT", "setsid", "--ctty", "--wait"];
        let mut command = run.under(words).command();
        command.stdin(self.stream()).stdout(self.stream()).stderr(self.stream());
        command.spawn().unwrap()
    }

    /// Presses these keys.
    pub fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Everything that was written so far.
    pub fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits until this is on the screen.
    ///
    /// # Panics
    /// If it does not appear.
    #[track_caller]
    pub fn wait_for(&self, expected: &str) {
        let start = Instant::now();
        while !self.screen().contains(expected) {
            assert!(start.elapsed() < PATIENCE, "no `{expected}` on the screen: {}", self.screen());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Whether what is typed shows.
    pub fn echoes(&self) -> bool {
        tcgetattr(&self.line).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    fn stream(&self) -> Stdio {
        Stdio::from(self.line.try_clone().unwrap())
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

/// Waits for the end of a program.
///
/// # Panics
/// If it does not end in time.
pub fn end(child: &mut Child) -> ExitStatus {
    run::wait(child, PATIENCE).unwrap_or_else(|| panic!("it did not end in {PATIENCE:?}"))
}

/// Longest time of a program that asks for a passphrase, which is slow to try by intent.
const SLOW: Duration = Duration::from_secs(90);

/// Runs a program at a terminal of its own, whose person answers each of these questions as often as it
/// comes; whether it succeeded, and what was on the screen.
///
/// # Panics
/// If it does not end.
pub fn answer_all(run: Run, answers: &[(&str, &str)]) -> (bool, String) {
    let mut terminal = Terminal::new();
    let mut child = terminal.start(run);
    let (start, mut read) = (Instant::now(), 0);
    loop {
        let ended = child.try_wait().unwrap();
        let screen = terminal.screen();
        if let Some(status) = ended {
            return (status.success(), screen);
        }
        assert!(start.elapsed() < SLOW, "it does not end: {screen}");
        let rest = screen.get(read..).unwrap_or_default();
        let behind = |question: &str| rest.find(question).map(|at| at + question.len());
        let mut asked =
            answers.iter().filter_map(|(question, word)| Some((behind(question)?, word)));
        match asked.next() {
            Some((at, word)) => {
                read += at;
                terminal.type_keys(&format!("{word}\n"));
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}
