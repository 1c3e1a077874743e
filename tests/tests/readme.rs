//! The walk-through of the README, followed word for word by somebody who read nothing else.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::fs;

use lockgate_tests::docs::{Step, blocks, section};
use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Policy, Run, SignOn, Terminal, terminal};

const README: &str = include_str!("../../README.md");
/// The port of the walk-through, which may be taken here.
const PORT: &str = "57357";
/// What takes long, or listens: the test has the component and a sign-on already.
const DONE: [&str; 3] = ["cargo build ", "cargo run ", "cp tests/guests/"];

struct Reader {
    home: Home,
    sign_on: SignOn,
    exports: String,
    policy: Option<Policy>,
}

impl Reader {
    fn new() -> Self {
        let (home, sign_on) = (Home::new(), SignOn::start());
        let component = Guest::named("courier").component_asking_for_port(sign_on.port);
        fs::write(home.project().join("courier.wasm"), component).unwrap();
        let exports = format!("export PATH={}:$PATH\n", home.programs().display());
        Self { home, sign_on, exports, policy: None }
    }

    fn follow(&mut self, step: &Step) {
        if DONE.iter().any(|done| step.command.starts_with(done)) {
            return;
        }
        if step.command.starts_with("export ") {
            self.exports += &format!("{}\n", step.command);
            return;
        }
        let is_asked = step.output.iter().any(|line| line.contains("[y/N"));
        let shown = if is_asked { self.answer(step) } else { self.run(step) };
        if let Err(line) = step.is_shown(&shown) {
            panic!("$ {}\nis to show: {line}\nand shows:\n{shown}", step.command);
        }
    }

    fn shell(&self, command: &str) -> Run {
        let script = format!("{}{command}", self.exports);
        let run = self.home.run("/bin/bash").args(["-c", &script]).env("NO_COLOR", "1");
        match &self.policy {
            Some(policy) => policy.over(run),
            None => run,
        }
    }

    fn run(&self, step: &Step) -> String {
        self.shell(&format!("{{ {}; }} 2>&1", step.command)).run().stdout
    }

    /// Types the answers that stand behind the questions.
    fn answer(&self, step: &Step) -> String {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(self.shell(&step.command).env("TERM", "dumb"));
        for line in step.output.iter().filter(|line| line.contains("[y/N")) {
            let (question, answer) = line.rsplit_once(' ').unwrap();
            terminal.wait_for(question);
            terminal.type_keys(&format!("{answer}\n"));
        }
        assert!(terminal::end(&mut child).success(), "{}", terminal.screen());
        terminal.wait_for(step.output.last().unwrap().split("...").next().unwrap());
        terminal.screen().replace("\u{1b}[K", "\n")
    }
}

#[test]
fn the_walk_through_shows_what_it_says() {
    let mut reader = Reader::new();
    let page = README.replace(PORT, &reader.sign_on.port.to_string());
    let mut commands = 0;
    for block in blocks(section(&page, "## Use a provider built by somebody else")) {
        match block.kind {
            "toml ceiling" => match Policy::new(&block.text()) {
                Some(policy) => reader.policy = Some(policy),
                None => return,
            },
            "console" => {
                let steps = block.steps();
                steps.iter().for_each(|step| reader.follow(step));
                commands += steps.len();
                reader.policy = None;
            }
            kind => panic!("{kind} is nothing to follow"),
        }
    }
    assert!(commands >= 10, "{commands} commands");
    assert_eq!(reader.sign_on.requests().len(), 1, "it was asked only with the grant");
}
