//! One of the two plays a row.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use lockgate_tests::home::mode;
use lockgate_tests::{Home, Output, Run, Server};

use crate::came::Came;
use crate::requests::{request, whole_request};
use crate::row::{Asks, Row};

/// Folders of a home that hold nothing but what a row puts there.
const FOLDERS: &[&str] = &["user", "project", "elsewhere", ".cargo"];

/// Our provider for cargo's native plugins, with the recorder as one.
const OUR_PLUGIN: &str =
    "[ROOT]/bin/cargo-credential-lockgate lockgate:cargo-plugin [ROOT]/bin/recorder";
/// Ours in the place of `cargo:token`.
const OUR_TOKEN: &str = "[ROOT]/bin/cargo-credential-lockgate cargo:token";

/// Which of the two plays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Theirs,
    Ours,
}

/// One of the two in one row.
pub(crate) struct Play<'a> {
    pub(crate) home: &'a Home,
    pub(crate) server: Server,
    pub(crate) side: Side,
    pub(crate) row: &'a Row,
}

impl Play<'_> {
    /// The files of the row, and nothing else of the user's or the project's.
    pub(crate) fn prepare(&self) {
        let root = self.home.root();
        for folder in FOLDERS {
            let _ = fs::remove_dir_all(root.join(folder));
        }
        let _ = fs::remove_dir_all(self.home.lockgate_home().join("state"));
        for folder in [self.home.cargo_home(), self.home.project()] {
            fs::create_dir_all(folder).unwrap();
        }
        for (path, text) in self.row.files {
            fs::write(made(root.join(path)), self.filled(text)).unwrap();
        }
        for (path, target) in self.row.links {
            symlink(self.filled(target), made(root.join(path))).unwrap();
        }
    }

    pub(crate) fn run(&self) -> Came {
        let mut came = Came::default();
        let first = (self.row.words, self.row.input);
        for (words, input) in [first].into_iter().chain(self.row.then.iter().copied()) {
            let output = self.command(words).stdin(bytes(input).into_vec()).run();
            self.add(output, &mut came);
        }
        if self.row.asks == Asks::Provider {
            let requests = self.home.user().join("requests");
            let requests = fs::read_to_string(requests).unwrap_or_default();
            came.asked = requests.lines().map(|line| self.normal(&whole_request(line))).collect();
        }
        came.files = self.files();
        came
    }

    fn command(&self, words: &[&str]) -> Run {
        let words = words.iter().map(|word| self.filled(word));
        let owner = ["owner", "--list", "tool", "--registry", "a"];
        let run = match (self.row.asks, self.side) {
            (Asks::Command, Side::Theirs) => self.home.cargo(self.row.options),
            (Asks::Command, Side::Ours) => self.home.lockgate(["cargo"]).args(self.row.options),
            (Asks::Token, Side::Theirs) => self.home.cargo(owner),
            (Asks::Token, Side::Ours) => {
                self.home.lockgate(["cargo", "token", "--reveal", "--registry", "a"])
            }
            (Asks::Provider, _) => self.home.cargo([] as [&str; 0]),
        };
        let variables = self.row.variables.iter();
        variables.fold(run.args(words), |run, (name, value)| match *value {
            "[UNSET]" => run.without_env(name),
            value => run.env(name, bytes(&self.filled(value))),
        })
    }

    fn add(&self, output: Output, came: &mut Came) {
        let Output { status, stdout, stderr, .. } = output;
        let (asked, said): (Vec<&str>, Vec<&str>) =
            stderr.lines().partition(|line| line.starts_with("recorder: "));
        came.codes.push(status.code());
        // A provider's words are not shown beside a token.
        if self.row.asks == Asks::Command {
            came.asked.extend(asked.into_iter().map(|line| self.normal(&request(line))));
        }
        let said = self.normal(&said.join("\n"));
        came.stderr += &said;
        came.stderr += if said.is_empty() { "" } else { "\n" };
        let tokens = self.server.authorizations();
        self.server.forget_requests();
        match (self.row.asks, self.side) {
            (Asks::Command, _) => came.stdout += &self.normal(&stdout),
            (Asks::Token, Side::Ours) => came.tokens.extend(stdout.lines().map(str::to_owned)),
            _ => came.tokens.extend(tokens),
        }
    }

    fn filled(&self, text: &str) -> String {
        let root = self.home.root().display().to_string();
        let text = self
            .providers()
            .iter()
            .fold(text.to_owned(), |text, (name, words)| text.replace(name, words));
        text.replace("[ROOT]", &root)
            .replace("[SERVER]", &self.server.index_url())
            .replace("[ORIGIN]", &self.origin())
    }

    /// What stands for a provider where the row says who is meant.
    fn providers(&self) -> [(&'static str, &'static str); 2] {
        match self.side {
            Side::Theirs => [("[PLUGIN]", "[ROOT]/bin/recorder"), ("[TOKEN]", "cargo:token")],
            Side::Ours => [("[PLUGIN]", OUR_PLUGIN), ("[TOKEN]", OUR_TOKEN)],
        }
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    fn normal(&self, text: &str) -> String {
        let root = self.home.root().display().to_string();
        let text = text
            .replace(&self.server.index_url(), "[SERVER]")
            .replace(&self.origin(), "[ORIGIN]")
            .replace(&root, "[ROOT]")
            .replace("Usage: lockgate cargo ", "Usage: cargo ");
        let named = |text: String, (name, words): &(&str, &str)| text.replace(words, name);
        let text = match self.row.asks {
            Asks::Provider => self.providers().iter().fold(text, named),
            Asks::Command | Asks::Token => text,
        };
        // Only the command that shows a token does not read the index.
        let is_said =
            |line: &&str| self.row.asks != Asks::Token || *line != "    Updating `a` index";
        text.lines().filter(is_said).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// The user's and the project's files, without what cargo keeps of registries and what a provider
    /// has written down.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for (path, content) in self.home.files() {
            let name = path.strip_prefix(self.home.root()).unwrap().display().to_string();
            let is_theirs = FOLDERS.iter().any(|folder| name.starts_with(&format!("{folder}/")));
            let is_cargos = [
                "/registry/",
                "/.package-cache",
                "/.global-cache",
                "/requests",
                "/target/",
                "/Cargo.lock",
            ]
            .iter()
            .any(|part| name.contains(part));
            if is_theirs && !is_cargos {
                let content = self.normal(&String::from_utf8_lossy(&content));
                files.insert(name, format!("{content}\n(mode {:o})", mode(&path)));
            }
        }
        files
    }
}

/// The path, whose folder is there.
fn made(path: PathBuf) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}

fn bytes(value: &str) -> OsString {
    let mut parts = value.split("\\xff").map(str::as_bytes);
    let first = parts.next().unwrap().to_vec();
    OsString::from_vec(parts.fold(first, |all, part| [&all[..], b"\xff", part].concat()))
}
