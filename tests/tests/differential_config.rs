//! cargo's configuration, read by the real cargo and by Lockgate in the same home: which registry is
//! meant, which providers are asked for it in which order and with which words, what is said, and how
//! it ends. Each row of the table shows another rule.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

#[path = "differential_config/rows.rs"]
mod rows;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use lockgate_tests::guests::Guest;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Access, Home, Output, Run, Server};
use rows::{ROWS, Row, Said};
use serde_json::Value;

/// A provider for cargo that does what the component of that name does for Lockgate.
const RECORDER: &str = r#"#!/bin/sh
echo '{"v":[1]}'
read -r request
echo "recorder: $request" >&2
case $request in
*'"args":["not-found"'*) echo '{"Err":{"kind":"not-found"}}' ;;
*'"args":["unsupported-registry"'*) echo '{"Err":{"kind":"url-not-supported"}}' ;;
*'"args":["unsupported-operation"'*) echo '{"Err":{"kind":"operation-not-supported"}}' ;;
*'"args":["broken"'*) echo '{"Err":{"kind":"other","message":"broken"}}' ;;
*'"kind":"login"'*) echo '{"Ok":{"kind":"login"}}' ;;
*'"kind":"logout"'*) echo '{"Ok":{"kind":"logout"}}' ;;
esac
read -r end
exit 0
"#;

struct Machine {
    home: Home,
    server: Server,
}

/// What one run came to, without what differs from run to run.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    code: Option<i32>,
    /// What the recorder was asked, in order.
    asked: Vec<String>,
    stderr: String,
    stdout: String,
    credentials: String,
}

impl Came {
    fn shown(&self) -> String {
        format!("{}\n{}", self.asked.join("\n"), self.stderr)
    }
}

impl Machine {
    fn new() -> Self {
        let (home, server) = (Home::new(), Server::start(Access::Public));
        let program = home.programs().join("recorder");
        fs::write(&program, RECORDER).unwrap();
        set_mode(&program, 0o755);
        let file = home.root().join("recorder.wasm");
        fs::write(&file, Guest::named("recorder").component).unwrap();
        let file = file.display().to_string();
        let _ = home.lockgate(["provider", "install", &file, "--grant-all"]).run().succeeds();
        Self { home, server }
    }

    /// The files of a row, and nothing else of the user's or the project's.
    fn prepare(&self, row: &Row) {
        for folder in ["user", "project", "elsewhere", ".cargo"] {
            let _ = fs::remove_dir_all(self.home.root().join(folder));
        }
        for folder in [self.home.cargo_home(), self.home.project().join(".cargo")] {
            fs::create_dir_all(folder).unwrap();
        }
        for (path, text) in row.files {
            let path = self.home.root().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, self.filled(text)).unwrap();
        }
    }

    fn filled(&self, text: &str) -> String {
        let root = self.home.root().display().to_string();
        text.replace("[ROOT]", &root).replace("[SERVER]", &self.server.index_url())
    }

    fn run(&self, row: &Row, run: Run) -> Came {
        self.prepare(row);
        let words = row.words.iter().map(|word| self.filled(word));
        let mut run = run.args(words).stdin(row.input);
        for (name, value) in row.variables {
            run = run.env(name, self.filled(value));
        }
        let Output { status, stdout, stderr, .. } = run.run();
        let (asked, said): (Vec<&str>, Vec<&str>) =
            stderr.lines().partition(|line| line.starts_with("recorder: "));
        Came {
            code: status.code(),
            asked: asked.into_iter().map(request).collect(),
            stderr: self.normal(&said.join("\n")),
            stdout: self.normal(&stdout),
            credentials: fs::read_to_string(self.home.credentials()).unwrap_or_default(),
        }
    }

    fn normal(&self, text: &str) -> String {
        let root = self.home.root().display().to_string();
        let text = text.replace(&self.server.index_url(), "[SERVER]").replace(&root, "[ROOT]");
        text.replace("Usage: lockgate cargo ", "Usage: cargo ").trim_end().to_owned()
    }

    fn theirs(&self, row: &Row) -> Came {
        self.run(row, self.home.cargo(row.verbosity()))
    }

    /// Without the success that cargo tells for its own provider only.
    fn ours(&self, row: &Row, theirs: &Came) -> Came {
        let mut came = self.run(row, self.home.lockgate(["cargo"]).args(row.verbosity()));
        if !theirs.stderr.contains("      Logout token") {
            let lines: Vec<&str> = came.stderr.lines().collect();
            let is_success = |line: &str| {
                let starts = [
                    "      Logout token",
                    "note: This does not revoke",
                    "    If you need to revoke",
                ];
                starts.iter().any(|start| line.starts_with(start))
            };
            came.stderr =
                lines.into_iter().filter(|line| !is_success(line)).collect::<Vec<_>>().join("\n");
        }
        came
    }
}

/// A request in the recorder's own words, from them or from cargo's JSON.
fn request(line: &str) -> String {
    let line = line.trim_start_matches("recorder: ");
    let Ok(request) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
    let registry = request.get("registry").unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let name = registry.get("name").map(|name| name.as_str().unwrap());
    let url = registry.get("index-url").unwrap().as_str().unwrap();
    let kind = request.get("kind").unwrap().as_str().unwrap();
    let with = if request.get("token").is_some() { " with a token" } else { "" };
    let arguments = request.get("args").map(texts).unwrap_or_default();
    format!("{kind}{with} {url} {name:?} {arguments:?}")
}

/// What differs between the two that should not.
fn difference(row: &Row, theirs: &Came, ours: &Came) -> Option<&'static str> {
    let same_words = match row.said {
        Said::Same => theirs.stderr == ours.stderr,
        Said::Otherwise { theirs: their_words, ours: our_words, .. } => {
            if theirs.stderr == ours.stderr {
                return Some("it is no deviation any more");
            }
            theirs.stderr.contains(their_words) && ours.stderr.contains(our_words)
        }
        Said::Ends { theirs: their_words, ours: our_words, .. } => {
            return match (theirs.stderr.contains(their_words), ours.stderr.contains(our_words)) {
                (true, true) if theirs.code != ours.code || theirs.asked != ours.asked => None,
                (true, true) => Some("it is no deviation any more"),
                _ => Some("the words"),
            };
        }
    };
    if !theirs.shown().contains(row.shows) {
        Some("cargo shows something else")
    } else if theirs.code != ours.code {
        Some("the exit status")
    } else if theirs.asked != ours.asked {
        Some("the requests")
    } else if !same_words {
        Some("the words")
    } else if theirs.stdout != ours.stdout {
        Some("the standard output")
    } else if theirs.credentials != ours.credentials {
        Some("the credentials file")
    } else {
        None
    }
}

#[test]
fn every_rule_holds_as_in_cargo() {
    let machine = Machine::new();
    let mut differences = String::new();
    for row in ROWS {
        let theirs = machine.theirs(row);
        let ours = machine.ours(row, &theirs);
        if let Some(what) = difference(row, &theirs, &ours) {
            let rule = row.rule;
            write!(
                differences,
                "=== {rule}: {what}\n--- cargo\n{theirs:#?}\n--- lockgate\n{ours:#?}\n"
            )
            .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn every_row_has_a_rule_of_its_own_and_every_deviation_a_reason() {
    let rules: BTreeSet<_> = ROWS.iter().map(|row| row.rule).collect();
    assert_eq!(rules.len(), ROWS.len());
    assert!(ROWS.len() >= 60, "{}", ROWS.len());
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/compatibility.md");
    let page = fs::read_to_string(pages).unwrap();
    for row in ROWS {
        assert_eq!(matches!(row.said, Said::Same), !row.shows.is_empty(), "{}", row.rule);
        let (Said::Otherwise { subject, .. } | Said::Ends { subject, .. }) = row.said else {
            continue;
        };
        assert!(page.contains(&format!("| {subject} |")), "docs/compatibility.md: {subject}");
    }
}
