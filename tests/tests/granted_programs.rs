//! A native program that an installed provider may start, through the whole of the real program.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "granted_programs/surroundings.rs"]
mod surroundings;
#[path = "granted_programs/trust.rs"]
mod trust;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lockgate_tests::home::set_mode;
use lockgate_tests::plugin::{failure, get};
use lockgate_tests::{Home, Plugin, Run};
use serde_json::Value;

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://registry.example:8443/index/";
const HOST: &str = "registry.example";
const PRINTS: &str = "#!/bin/sh\nprintf 'token-of-%s' \"$2\"\n";

/// A home with a native program in it, and the hostile guest installed, which may start that.
struct Machine {
    home: Home,
    program: PathBuf,
}

/// A machine whose program has this text; its grant, and what is asked for, has `more` behind the
/// arguments.
fn machine(script: &str, more: &str) -> Machine {
    machine_in(Home::new(), script, more)
}

fn machine_in(home: Home, script: &str, more: &str) -> Machine {
    let program = home.root().join("tools/op");
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    set_mode(program.parent().unwrap(), 0o755);
    write_program(&program, script);
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let machine = Machine { home, program };
    machine.install(more);
    machine
}

/// Written under another name: nothing else has it open for writing when it is started.
fn write_program(path: &Path, script: &str) {
    let made = path.with_extension("new");
    fs::write(&made, script).unwrap();
    set_mode(&made, 0o755);
    fs::rename(made, path).unwrap();
}

impl Machine {
    fn grant(&self, more: &str) -> String {
        let program = self.program.display();
        format!("{{ program = \"{program}\", arguments = [\"get\", \"{{registry.host}}\"]{more} }}")
    }

    fn install(&self, more: &str) {
        let grant = self.grant(more);
        let process = format!("process={grant}");
        let asked = format!("process = [{grant}]");
        let grants = ["registries=cargo:*", "stores=cargo-credentials", &process];
        let _ = self.home.install_hostile(&asked, &grants).succeeds();
    }

    /// What the plugin answers to a request, as cargo sends it, for which the guest does this.
    fn ask_through(&self, run: &Run, words: &[&str]) -> Value {
        let program = self.program.display().to_string();
        let words = words.iter().map(|word| if *word == "PROGRAM" { &program } else { *word });
        let words: Vec<&str> = ["hostile"].into_iter().chain(words).collect();
        Plugin::start(run).ask(&get(INDEX, &words))
    }

    fn ask(&self, words: &[&str]) -> Value {
        self.ask_through(&self.home.plugin(), words)
    }

    fn token(&self, words: &[&str]) -> String {
        let answer = self.ask(words);
        answer["Ok"]["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn refusal(&self, words: &[&str]) -> String {
        let answer = self.ask(words);
        failure(&answer).unwrap_or_else(|| panic!("{answer}"))
    }

    /// A file that the program wrote into the user's home.
    fn seen(&self, name: &str) -> String {
        fs::read_to_string(self.home.user().join(name)).unwrap_or_default()
    }
}

const RUN: [&str; 4] = ["run", "PROGRAM", "get", HOST];

#[test]
fn it_runs_with_the_arguments_of_its_grant_and_no_others() {
    let script = "#!/bin/sh\necho \"$*\" >> ~/runs\nprintf 'token-of-%s' \"$2\"\n";
    let machine = machine(script, "");
    for words in [
        &["run", "PROGRAM", "get", "evil.example"][..],
        &["run", "PROGRAM", "put", HOST],
        &["run", "PROGRAM", "get", HOST, "--all"],
        &["run", "PROGRAM"],
        &["run", "/bin/echo", "get", HOST],
    ] {
        let said = machine.refusal(words);
        assert!(said.contains("denied: process"), "{said}");
    }
    assert_eq!(machine.seen("runs"), "");
    assert_eq!(machine.token(&RUN), format!("token-of-{HOST}"));
    assert_eq!(machine.seen("runs"), format!("get {HOST}\n"));
    let audit = machine.home.lockgate(["audit", "show", "--json"]).run().succeeds();
    let _ = audit.shows("\"capability\":\"process\"").shows("\"allowed\":false");
}

#[test]
fn the_escapes_of_its_diagnostics_drive_no_terminal() {
    let script = "#!/bin/sh\nprintf 'no account\\n\\033]0;owned\\007\\033[31mred\\n' >&2\nexit 3\n";
    let machine = machine(script, "");
    let said = machine.refusal(&RUN);
    assert!(said.contains("ended with status 3") && said.contains("no account"), "{said}");
    assert!(said.contains("\\u{1b}[31mred"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{7}'), "{said:?}");
    write_program(&machine.program, PRINTS);
    assert_eq!(machine.token(&RUN), format!("token-of-{HOST}"), "the twin");
}

fn is_alive(process: &str) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.contains("\nState:") && !status.contains("State:\tZ")
}

fn within(patience: Duration, holds: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !holds() {
        if start.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

#[test]
fn it_ends_with_the_lockgate_that_was_killed() {
    let script = "#!/bin/sh\nsleep 120 &\necho $$ $! > ~/started\nwait\n";
    let machine = machine(script, "");
    let mut plugin = Plugin::start(&machine.home.plugin());
    let program = machine.program.display().to_string();
    let request = get(INDEX, &["hostile", "run", &program, "get", HOST]);
    plugin.send(format!("{request}\n").as_bytes());
    let ten = Duration::from_secs(10);
    assert!(within(ten, || machine.seen("started").ends_with('\n')), "it was not started");
    let started = machine.seen("started");
    let processes: Vec<&str> = started.split_whitespace().collect();
    std::thread::sleep(Duration::from_millis(500));
    assert!(processes.iter().all(|process| is_alive(process)), "the twin: lockgate still lives");
    let killed = Command::new("kill").args(["-KILL", &plugin.id().to_string()]).status().unwrap();
    assert!(killed.success());
    for process in processes {
        assert!(within(ten, || !is_alive(process)), "{process} outlived lockgate");
    }
}
