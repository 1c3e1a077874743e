//! A trail, and what the tests do to its files.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_audit::{Context, Entry, Event, Reader, Report, Trail, verify};
use lockgate_core::{Ecosystem, Operation, Registry};

/// A folder with a trail in it.
pub(crate) struct Place {
    _base: tempfile::TempDir,
    pub(crate) folder: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("audit");
        Self { _base: base, folder }
    }

    /// With this many lines.
    pub(crate) fn with(lines: usize) -> Self {
        let place = Self::new();
        place.record(lines);
        place
    }

    pub(crate) fn record(&self, lines: usize) {
        let trail = Trail::open(&self.folder);
        for number in 0..lines {
            trail.record(&context(), &used(&format!("VARIABLE_{number}"))).unwrap();
        }
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn current(&self) -> PathBuf {
        self.file("audit.jsonl")
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.current()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    pub(crate) fn write(&self, lines: &[String]) {
        fs::write(self.current(), lines.join("\n") + "\n").unwrap();
    }

    pub(crate) fn report(&self) -> Report {
        verify(&self.folder).unwrap()
    }

    #[track_caller]
    pub(crate) fn assert_whole(&self, lines: u64) {
        let report = self.report();
        assert_eq!(report.problems, [], "{report:?}");
        assert_eq!(report.lines, lines, "{report:?}");
    }

    /// The places and words of the problems.
    pub(crate) fn problems(&self) -> Vec<String> {
        let problems = self.report().problems;
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        problems.iter().map(|it| format!("{}:{}: {}", name(&it.file), it.line, it.what)).collect()
    }
}

pub(crate) fn context() -> Context {
    let registry = Registry::new(Ecosystem::Cargo, "sparse+https://a.example/i/").unwrap();
    Context::new(7, Some(Path::new("/usr/bin/cargo")), &registry, &Operation::Logout)
        .for_provider("corp", Some("sha256:ab"))
}

pub(crate) fn used(subject: &str) -> Event<'_> {
    Event::Use { capability: "environment", subject, allowed: true, rule: "grant.toml:3" }
}

pub(crate) fn entries(folder: &Path) -> Vec<Entry> {
    let mut found = Vec::new();
    Reader::new(folder).read(|entry| found.push(entry)).unwrap();
    found
}
