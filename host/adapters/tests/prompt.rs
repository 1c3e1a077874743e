//! The prompts at a real terminal: a pseudo-terminal whose other end is the person. Each test
//! starts a program as the one who asks, since a controlling terminal belongs to a process.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]
#![allow(clippy::disallowed_methods, reason = "the tests start programs, and open the terminal")]

mod child;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use child::child_program;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

fn run_as(role: &str) -> Command {
    // Who runs the tests in the background may have the keys' signals ignored, which children inherit.
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,QUIT").arg(child_program()).args(["ask", role]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// A terminal, its keyboard and its screen.
struct Terminal {
    keyboard: File,
    line: File,
    path: String,
    screen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let keyboard = openpt(flags).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let path = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        let line = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let keyboard = File::from(keyboard);
        let screen = Arc::new(Mutex::new(Vec::new()));
        let (mut source, target) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 1024];
            while let Ok(count) = source.read(&mut bytes) {
                target.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self { keyboard, line, path, screen }
    }

    fn start(&self, role: &str) -> Child {
        run_as(role).arg(&self.path).spawn().unwrap()
    }

    fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn screen(&self) -> String {
        text(self.screen.lock().unwrap().clone())
    }

    fn wait_for(&self, expected: &str) {
        let start = Instant::now();
        while !self.screen().contains(expected) {
            assert!(start.elapsed() < Duration::from_secs(10), "{:?}", self.screen());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(&self.line).unwrap().local_modes
    }

    fn echoes(&self) -> bool {
        self.modes().contains(LocalModes::ECHO)
    }
}

fn end(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

#[test]
fn echo_is_off_while_a_hidden_answer_is_typed_and_on_again_after() {
    let mut terminal = Terminal::new();
    let before = terminal.modes();
    assert!(terminal.echoes());
    let child = terminal.start("hidden");
    terminal.wait_for("Secret? ");
    assert!(!terminal.echoes());
    terminal.type_keys("huntex\u{7f}r2\n");
    let output = text(end(child).stdout);
    assert!(output.contains("answer=[hunter2]"), "{output}");
    assert_eq!(terminal.modes(), before);
    terminal.wait_for("Secret? \r\n");
    assert!(!terminal.screen().contains("hunt"), "{:?}", terminal.screen());
}

#[test]
fn a_shown_answer_is_seen() {
    let mut terminal = Terminal::new();
    let child = terminal.start("shown");
    terminal.wait_for("Secret? ");
    assert!(terminal.echoes());
    terminal.type_keys("hunter2\n");
    assert!(text(end(child).stdout).contains("answer=[hunter2]"));
    terminal.wait_for("hunter2");
}

#[test]
fn a_hidden_answer_may_be_longer_than_a_line_of_the_terminal() {
    let mut terminal = Terminal::new();
    let child = terminal.start("hidden");
    terminal.wait_for("Secret? ");
    let token = "0123456789".repeat(2000);
    terminal.type_keys(&format!("{token}\n"));
    assert!(text(end(child).stdout).contains(&format!("answer=[{token}]")));
}

#[test]
fn ctrl_c_restores_the_terminal_and_ends_the_job() {
    for key in ["\u{3}", "\u{1c}"] {
        let mut terminal = Terminal::new();
        let before = terminal.modes();
        let child = terminal.start("hidden");
        terminal.wait_for("Secret? ");
        terminal.type_keys(&format!("hunt{key}"));
        let output = end(child);
        assert_eq!(output.status.signal(), Some(2), "{output:?}");
        assert_eq!(terminal.modes(), before);
        assert!(!terminal.screen().contains("hunt"));
    }
}

#[test]
fn an_error_restores_the_terminal() {
    for (keys, message) in [("\u{4}", "the input ended"), ("hunt\u{1b}[A", "a key was pressed")] {
        let mut terminal = Terminal::new();
        let before = terminal.modes();
        let child = terminal.start("hidden");
        terminal.wait_for("Secret? ");
        terminal.type_keys(keys);
        let output = text(end(child).stdout);
        assert!(output.contains(message), "{output}");
        assert_eq!(terminal.modes(), before);
    }
}

#[test]
fn a_framed_question_names_the_provider_at_the_terminal() {
    let mut terminal = Terminal::new();
    let child = terminal.start("framed");
    terminal.wait_for("corp-sso asks: Who? ");
    terminal.type_keys("me\n");
    assert!(text(end(child).stdout).contains("answer=[me]"));
}

#[test]
fn a_message_and_its_link_are_lines_of_the_terminal() {
    let terminal = Terminal::new();
    end(terminal.start("message"));
    terminal.wait_for("Look\r\n  https://a/\r\n");
}

#[test]
fn without_a_terminal_people_are_told_what_to_do() {
    for role in ["hidden", "shown", "framed", "message"] {
        let output = text(run_as(role).output().unwrap().stdout);
        assert!(output.contains("error=[there is no terminal to ask at"), "{role}: {output}");
        assert!(output.contains("`lockgate cargo login`"), "{role}: {output}");
    }
}

#[test]
fn standard_input_answers_from_a_pipe() {
    for (input, answer) in [("token\nrest\n", "token"), ("token", "token"), ("", "")] {
        let mut child = run_as("standard").stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = end(child);
        let shown = text(output.stdout);
        assert!(shown.contains(&format!("answer=[{answer}]")), "{input:?}: {shown}");
        assert!(text(output.stderr).contains("Secret? "));
    }
}

#[test]
fn standard_input_is_hidden_when_it_is_a_terminal() {
    let mut terminal = Terminal::new();
    let mut child = run_as("standard").stdin(terminal.line.try_clone().unwrap()).spawn().unwrap();
    let mut asked = child.stderr.take().unwrap();
    asked.read_exact(&mut [0; "Secret? ".len()]).unwrap();
    assert!(!terminal.echoes());
    terminal.type_keys("hunter2\n");
    assert!(text(end(child).stdout).contains("answer=[hunter2]"));
    assert!(terminal.echoes());
    assert!(!terminal.screen().contains("hunter2"));
}
