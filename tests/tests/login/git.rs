//! Indexes in git, with real repositories, as cargo and Lockgate read them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::machine::{Came, Has, Machine};

#[path = "git/left.rs"]
mod left;
#[path = "git/path.rs"]
mod path;
#[path = "git/reach.rs"]
mod reach;

impl Machine {
    /// A repository with this file in it, and its URL.
    pub(crate) fn repository(&self, name: &str, file: &str, content: &str) -> (PathBuf, String) {
        let folder = self.home.root().join(name);
        fs::create_dir_all(&folder).unwrap();
        self.git(&["init", "-q", "-b", "main", "."], &folder);
        fs::write(folder.join(file), content).unwrap();
        self.commit(&folder);
        let url = format!("file://{}", folder.display());
        (folder, url)
    }

    fn commit(&self, folder: &PathBuf) {
        self.git(&["add", "-A"], folder);
        let who = ["-c", "user.name=x", "-c", "user.email=x@x.example"];
        self.git(&[&who[..], &["commit", "-q", "-m", "x"]].concat(), folder);
    }

    pub(crate) fn git(&self, words: &[&str], folder: &PathBuf) {
        let mut git = Command::new("git");
        git.args(words).current_dir(folder).env("HOME", self.home.user());
        assert!(git.status().unwrap().success(), "git {words:?}");
    }

    /// The user's own configuration of git.
    pub(crate) fn configure_git(&self, text: &str) {
        fs::write(self.home.user().join(".gitconfig"), text).unwrap();
    }

    /// A program that makes a file, and that file.
    pub(crate) fn planted(&self, place: &str) -> (PathBuf, PathBuf) {
        let (program, made) = (self.home.root().join(place), self.home.root().join("made"));
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        fs::write(&program, format!("#!/bin/sh\n/usr/bin/touch {}\n", made.display())).unwrap();
        lockgate_tests::home::set_mode(&program, 0o755);
        (program, made)
    }

    /// Both logins, each with nothing before it.
    fn both(&self, words: &[&str]) -> [Came; 2] {
        self.forget();
        let theirs = self.came(&self.theirs(words));
        self.forget();
        let mut ours = self.came(&self.ours(words));
        ours.stderr = ours.stderr.replace("       Login token for `a` saved\n", "");
        [theirs, ours]
    }
}

pub(crate) const PUBLIC: &str = r#"{"dl":"https://h.example/dl","api":"https://h.example"}"#;
const PRIVATE: &str =
    r#"{"dl":"https://h.example/dl","api":"https://h.example","auth-required":true}"#;

#[test]
fn an_index_in_git_is_read_as_by_cargo() {
    let machine = Machine::new();
    for (name, content, has) in [
        ("public", PUBLIC, Has::Nothing),
        ("private", PRIVATE, Has::Nothing),
        ("private", PRIVATE, Has::Good),
        ("broken", "{\"dl\":", Has::Nothing),
        ("no-api", r#"{"dl":"d"}"#, Has::Nothing),
    ] {
        let folder = machine.home.root().join(name);
        let _ = fs::remove_dir_all(&folder);
        let (_, url) = machine.repository(name, "config.json", content);
        machine.provider_has(has);
        machine.configure(&url);
        let [theirs, ours] = machine.both(&[]);
        assert_eq!(theirs, ours, "{name} {has:?}");
    }
}

#[test]
fn cargos_own_copy_is_read_and_not_brought_up_to_date() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    let (folder, url) = machine.repository("moving", "config.json", PUBLIC);
    machine.configure(&url);
    machine.forget();
    let _ = machine.came(&machine.theirs(&[]));
    fs::write(folder.join("config.json"), PUBLIC.replace("h.example\"}", "new.example\"}"))
        .unwrap();
    machine.commit(&folder);
    let theirs = machine.came(&machine.theirs(&[]));
    let mut ours = machine.came(&machine.ours(&[]));
    ours.stderr = ours.stderr.replace("       Login token for `a` saved\n", "");
    assert_eq!(theirs, ours);
    assert!(ours.asked[0].contains("login-url=https://h.example/me"), "{ours:#?}");
    assert!(!ours.stderr.contains("Updating"), "{ours:#?}");
    // The twin: without the copy the new one is read.
    machine.forget();
    let fresh = machine.came(&machine.ours(&[]));
    assert!(fresh.asked[0].contains("login-url=https://new.example/me"), "{fresh:#?}");
}

/// cargo ends with a mistake of its own where there is no file.
#[test]
fn an_index_without_the_file_is_said_to_have_none() {
    let machine = Machine::new();
    let (_, url) = machine.repository("empty", "other", "x");
    machine.configure(&url);
    let [theirs, ours] = machine.both(&[]);
    assert_eq!((theirs.code, ours.code), (Some(101), Some(101)));
    assert!(theirs.stderr.contains("panicked"), "{theirs:#?}");
    assert!(ours.stderr.contains("error: config.json not found in registry"), "{ours:#?}");
}

#[test]
fn an_index_that_is_not_there_ends_the_login_with_gits_words() {
    let machine = Machine::new();
    machine.configure(&format!("file://{}/none", machine.home.root().display()));
    let [theirs, ours] = machine.both(&[]);
    assert_eq!((theirs.code, ours.code), (Some(101), Some(101)));
    for said in [&theirs.stderr, &ours.stderr] {
        assert!(said.contains("error: failed to update registry `a`"), "{said}");
        assert!(said.contains("failed to fetch `file://[ROOT]/none`"), "{said}");
    }
    assert!(
        ours.stderr.contains("does not exist") || ours.stderr.contains("not appear"),
        "{ours:#?}"
    );
}

#[test]
fn variables_and_settings_of_git_start_nothing() {
    let machine = Machine::new();
    let (script, made) = machine.planted("tools/evil");
    let script = script.display().to_string();
    const INDEX: &str = "ssh://127.0.0.1:1/index";
    machine.configure(INDEX);
    // A project's folder is no place for settings, though it is where the command runs.
    machine.git(&["init", "-q", "."], &machine.home.project());
    machine.git(&["config", "core.sshCommand", &script], &machine.home.project());
    let run = machine.ours(&[]).env("GIT_SSH_COMMAND", &script).env("GIT_SSH", &script);
    let came = machine.came(&run);
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.stderr.contains("failed to fetch `ssh://127.0.0.1:1/index`"), "{came:#?}");
    assert!(!made.exists());
    // The twins: the variable, and the folder's settings, and git does.
    let twin = |name: &str, value: &str| {
        let mut git = Command::new("git");
        git.args(["ls-remote", INDEX]).current_dir(machine.home.project()).env(name, value);
        let _ = git.output().unwrap();
        let started = made.exists();
        let _ = fs::remove_file(&made);
        started
    };
    assert!(twin("GIT_SSH_COMMAND", &script));
    assert!(twin("UNUSED", ""));
}
