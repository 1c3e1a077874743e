//! What the tests of programs let happen in a process of its own: since only a process with one
//! thread forks a launcher. It holds one conversation with one program and prints what came of it.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a part of the tests, which arrange what nothing else would, and fail by panicking"
)]

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use lockgate_adapters::{NativePrograms, PROGRAM_DEADLINE};
use lockgate_core::{Process, ProcessGrant, ProcessRequest, Program, Secret};
use lockgate_system::{Confinement, Launchable, Launcher, Variable, confine, harden};
use rustix::io::FdFlags;
use rustix::process::{Resource, Rlimit, ioctl_tiocsctty, setrlimit, setsid};
use zeroize::Zeroizing;

/// What the tests say, each as `KEY=VALUE`, in front of `--`, the program and its arguments.
struct Scene {
    grant: ProcessGrant,
    asked: ProcessRequest,
    deadline: Duration,
    granted: Vec<Variable>,
    scratch: PathBuf,
    steps: Vec<(String, String)>,
    /// Held for the process's life.
    open: Vec<File>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let split = words.iter().position(|word| word == "--").unwrap();
    let (program, arguments) = words[split + 1..].split_first().unwrap();
    let mut scene = Scene::new(program, arguments);
    for word in &words[..split] {
        let (key, value) = word.split_once('=').unwrap();
        scene.set(key, value);
    }
    scene.play();
}

impl Scene {
    fn new(program: &str, arguments: &[String]) -> Self {
        let grant = ProcessGrant {
            program: program.to_owned(),
            arguments: None,
            environment: Vec::new(),
            digest: None,
            terminal: false,
            new_privileges: false,
            receives: Vec::new(),
        };
        let (arguments, environment) = (arguments.to_vec(), Vec::new());
        let asked = ProcessRequest { grant: grant.clone(), arguments, environment };
        let deadline = PROGRAM_DEADLINE;
        let (granted, steps, open) = (Vec::new(), Vec::new(), Vec::new());
        Self { grant, asked, deadline, granted, scratch: PathBuf::new(), steps, open }
    }

    fn set(&mut self, key: &str, value: &str) {
        match key {
            "scratch" => self.scratch = value.into(),
            "deadline" => self.deadline = Duration::from_millis(value.parse().unwrap()),
            "digest" => self.grant.digest = Some(from_hex(value)),
            "terminal" => self.grant.terminal = true,
            "new-privileges" => self.grant.new_privileges = true,
            // A name that the grant hands on, with the host's value.
            "grant" => {
                self.grant.environment.push(value.to_owned());
                self.granted.push(variable(value, std::env::var(value).ok()));
            }
            // One that the start asks for.
            "variable" => self.asked.environment.push(value.to_owned()),
            "descriptors" => few_descriptors(value.parse().unwrap()),
            "control" => self.open.push(control(value)),
            "stray" => self.open.push(stray(value)),
            // `expect`: the only argument that the launcher is told of. `confined`: by both walls,
            // once there is a launcher. Everything else is said and done when the program runs.
            _ => self.steps.push((key.to_owned(), value.to_owned())),
        }
    }

    fn play(mut self) {
        let expected = self.steps.iter().find(|(key, _)| key == "expect");
        let expected = expected.map(|(_, value)| vec![value.clone()]);
        let launchable = Launchable {
            program: self.grant.program.clone().into(),
            digest: self.grant.digest,
            terminal: self.grant.terminal,
            new_privileges: self.grant.new_privileges,
            deadline: self.deadline,
            fixed: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/home/me", "USER=me"]
                .map(|fixed| fixed.split_once('=').unwrap())
                .map(|(name, value)| variable(name, Some(value.to_owned())))
                .to_vec(),
            granted: std::mem::take(&mut self.granted),
            arguments: Box::new(move |asked| expected.as_ref().is_none_or(|all| all == asked)),
        };
        let launcher = match Launcher::fork(vec![launchable], self.scratch.clone()) {
            Ok(launcher) => launcher,
            Err(error) => return println!("refused: {}", chain(&error)),
        };
        if self.steps.iter().any(|(key, _)| key == "confined") {
            assert!(harden().iter().all(|step| step.result.is_ok()));
            confine(&Confinement::default());
        }
        self.asked.grant = self.grant.clone();
        let programs = NativePrograms::new(Arc::new(launcher), vec![self.grant.clone()]);
        match programs.start(self.asked.clone()) {
            Ok(program) => self.talk(program),
            Err(error) => println!("refused: {}", chain(&*error)),
        }
    }

    fn talk(&self, mut program: Box<dyn Program>) {
        for (step, value) in &self.steps {
            match step.as_str() {
                "expect" | "confined" => {}
                "itself" => println!("itself: {}", Command::new(value).status().is_ok()),
                "say" => told(program.write(&Secret::from(format!("{value}\n")))),
                "give" => told(program.write(&Secret::new(vec![b'x'; value.parse().unwrap()]))),
                "hear" => match program.read_line(value.parse().unwrap()) {
                    Ok(Some(line)) => println!("heard: {}", line.expose().escape_ascii()),
                    Ok(None) => println!("heard nothing more"),
                    Err(error) => println!("error: {}", chain(&*error)),
                },
                "finish" => match program.finish(value.parse().unwrap()) {
                    Ok(end) if end.output.len() > 4096 => {
                        println!("ended: {} after {} bytes", end.status, end.output.len());
                    }
                    Ok(end) => {
                        println!("ended: {}", end.status);
                        print!("{}", end.output.expose_text().unwrap());
                    }
                    Err(error) => println!("error: {}", chain(&*error)),
                },
                "diagnostics" => println!("{}", program.diagnostics().escape_ascii()),
                "diagnostics-length" => println!("{} bytes", program.diagnostics().len()),
                "sleep" => std::thread::sleep(Duration::from_millis(value.parse().unwrap())),
                _ => panic!("the tests and their child disagree about {step}"),
            }
        }
    }
}

fn variable(name: &str, value: Option<String>) -> Variable {
    let value = value.map(|value| Zeroizing::new(value.into_bytes()));
    Variable { name: name.to_owned(), value }
}

fn told(outcome: Result<(), Box<dyn Error + Send + Sync>>) {
    match outcome {
        Ok(()) => println!("told"),
        Err(error) => println!("error: {}", chain(&*error)),
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    text
}

/// Makes a terminal this process's own.
fn control(path: &str) -> File {
    setsid().unwrap();
    let terminal = OpenOptions::new().read(true).write(true).open(path).unwrap();
    ioctl_tiocsctty(&terminal).unwrap();
    terminal
}

fn few_descriptors(count: u64) {
    let few = Rlimit { current: Some(count), maximum: Some(count) };
    setrlimit(Resource::Nofile, few).unwrap();
}

/// A file that every program would inherit.
fn stray(path: &str) -> File {
    let file = File::open(path).unwrap();
    rustix::io::fcntl_setfd(&file, FdFlags::empty()).unwrap();
    file
}

fn from_hex(text: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap();
    std::array::from_fn(byte)
}
