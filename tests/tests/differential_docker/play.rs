//! One of the two plays a row.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lockgate_tests::docker_registry::{FakeRegistry, RealRegistry, Wants};
use lockgate_tests::home::{mode, set_mode};
use lockgate_tests::{Home, Run};
use serde_json::Value;

use crate::came::Came;
use crate::row::Row;
use crate::typed;

/// Folders of a home that hold nothing but what a row puts there.
const FOLDERS: &[&str] = &["user", "elsewhere", "kept"];
/// Lockgate's own file beside docker's, which docker knows nothing of.
const OUR_LOCK: &str = ".lockgate-lock";
/// What stands above the failures of a logout.
const COULD_NOT: &str = "could not erase credentials:\n";

/// Which of the two plays.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// docker's program.
    Theirs(&'static Path),
    Ours,
}

/// The registry that runs.
pub(crate) enum Place {
    Fake(FakeRegistry),
    Real(RealRegistry),
}

/// One of the two in one row.
pub(crate) struct Play<'a> {
    pub(crate) home: &'a Home,
    pub(crate) place: Place,
    pub(crate) side: Side,
    pub(crate) row: &'a Row,
}

impl Play<'_> {
    /// The files of the row, and nothing else of the user's.
    pub(crate) fn prepare(&self) {
        let root = self.home.root();
        for folder in FOLDERS {
            let _ = fs::remove_dir_all(root.join(folder));
        }
        let _ = fs::remove_dir_all(self.home.lockgate_home().join("state"));
        let _ = fs::remove_file(root.join("calls"));
        for folder in [self.home.user(), root.join("kept")] {
            fs::create_dir_all(folder).unwrap();
        }
        for (path, text) in self.row.files {
            let path = made(root.join(path));
            fs::write(&path, self.filled(text)).unwrap();
            set_mode(&path, 0o600);
        }
        for (path, target) in self.row.links {
            symlink(self.filled(target), made(root.join(path))).unwrap();
        }
        for (path, mode) in self.row.modes {
            set_mode(&root.join(path), *mode);
        }
    }

    pub(crate) fn run(&self) -> Came {
        let mut came = Came::default();
        if self.row.keys.is_empty() {
            self.add(self.command(self.row.words).stdin(self.row.input), &mut came);
        } else {
            let (code, screen) = typed::typed(self.command(self.row.words), self.row.keys);
            came.codes.push(code);
            came.stdout += &self.normal(&screen);
        }
        for words in self.row.then {
            self.add(self.command(words), &mut came);
        }
        let calls = fs::read_to_string(self.home.root().join("calls")).unwrap_or_default();
        came.calls = calls.lines().map(|line| self.normal(&call(line))).collect();
        came.asked = self.asked().iter().map(|line| self.normal(line)).collect();
        came.files = self.files();
        came
    }

    fn add(&self, run: Run, came: &mut Came) {
        let output = run.run();
        came.codes.push(output.status.code());
        came.stdout += &self.normal(&output.stdout);
        came.stderr += &in_order(&self.normal(&output.stderr));
    }

    fn command(&self, words: &[&str]) -> Run {
        let root = self.home.root();
        let run = match self.side {
            // Its log tells how it goes from one endpoint to the next.
            Side::Theirs(docker) => self.home.run(docker).args(["--log-level", "error"]),
            Side::Ours => self.home.lockgate(["docker"]),
        };
        let daemon = match (&self.place, self.row.daemon) {
            (Place::Fake(registry), true) => registry.daemon(),
            _ => format!("unix://{}", root.join("no-daemon").display()),
        };
        let run = run
            .args(words.iter().map(|word| self.filled(word)))
            .dir(root)
            .env("PATH", root.join("helpers"))
            .env("DOCKER_HOST", daemon);
        self.row.variables.iter().fold(run, |run, (name, value)| match *value {
            "[UNSET]" => run.without_env(name),
            value => run.env(name, self.filled(value)),
        })
    }

    fn asked(&self) -> Vec<String> {
        match &self.place {
            Place::Fake(registry) if !self.row.daemon => registry.asked(),
            // Whoever has a daemon asks that.
            Place::Fake(_) => Vec::new(),
            Place::Real(registry) if is_tls(registry) => Vec::new(),
            Place::Real(registry) => {
                let tokens = registry.tokens().map(FakeRegistry::asked).unwrap_or_default();
                [registry.asked(), tokens].concat()
            }
        }
    }

    fn server(&self) -> String {
        match &self.place {
            Place::Fake(registry) => registry.server(),
            Place::Real(registry) => registry.server(),
        }
    }

    fn filled(&self, text: &str) -> String {
        let server = self.server();
        let (_, port) = server.split_once(':').unwrap();
        let root = self.home.root().display().to_string();
        text.replace("[SERVER]", &server).replace("[PORT]", port).replace("[ROOT]", &root)
    }

    fn normal(&self, text: &str) -> String {
        let server = self.server();
        let (_, port) = server.split_once(':').unwrap();
        let root = self.home.root().display().to_string();
        let mut text = text.replace(&server, "[SERVER]").replace(&root, "[ROOT]");
        match &self.place {
            Place::Fake(registry) => {
                text = text.replace(&registry.other_port().to_string(), "[OTHER]");
            }
            Place::Real(registry) => {
                let tokens = registry.tokens().map(FakeRegistry::server);
                text = tokens.map_or(text.clone(), |tokens| text.replace(&tokens, "[TOKENS]"));
            }
        }
        text.replace(&format!(":{port}"), ":[PORT]").replace("lockgate docker", "docker")
    }

    /// The user's files and what is in them.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        for (path, content) in self.home.files() {
            let name = path.strip_prefix(self.home.root()).unwrap().display().to_string();
            let is_users = name.starts_with("user/") || name.starts_with("elsewhere/");
            if is_users && !name.ends_with(OUR_LOCK) {
                let content = self.normal(&String::from_utf8_lossy(&content));
                files.insert(name, format!("{content}\n(mode {:o})", mode(&path)));
            }
        }
        files
    }
}

fn is_tls(registry: &RealRegistry) -> bool {
    registry.wants() == Wants::PasswordOverTls
}

/// docker tells in any order what it could not erase.
fn in_order(text: &str) -> String {
    let Some((before, failures)) = text.split_once(COULD_NOT) else { return text.to_owned() };
    let mut failures: Vec<_> = failures.lines().collect();
    failures.sort_unstable();
    let failures: String = failures.iter().map(|line| format!("{line}\n")).collect();
    format!("{before}{COULD_NOT}{failures}")
}

/// How a helper was called, whatever way its JSON is escaped.
fn call(line: &str) -> String {
    let Some((before, json)) = line.split_once(" {") else { return line.to_owned() };
    match serde_json::from_str::<Value>(&format!("{{{json}")) {
        Ok(value) => format!("{before} {value}"),
        Err(_) => line.to_owned(),
    }
}

/// The path, whose folder is there.
fn made(path: PathBuf) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    path
}
