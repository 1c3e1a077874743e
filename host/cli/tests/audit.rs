//! `lockgate audit`, as a person types it.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests start programs and fail by panicking"
)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use lockgate_audit::{Context, Event, Outcome, Trail};
use lockgate_core::{Ecosystem, Operation, Purpose, Registry};

/// Lockgate's own folder, with a trail in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self(home)
    }

    /// With one request that was answered and one that was refused something.
    fn with_trail() -> Self {
        let home = Self::new();
        home.record("corp-sso", "store", "os", true);
        home.record("stranger", "http", "GET https://evil.example/", false);
        home
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("state/audit")
    }

    fn file(&self) -> PathBuf {
        self.folder().join("audit.jsonl")
    }

    fn record(&self, provider: &str, capability: &str, subject: &str, allowed: bool) {
        let trail = Trail::open(&self.folder());
        let url = format!("sparse+https://{provider}.example/");
        let registry = Registry::new(Ecosystem::Cargo, url).unwrap();
        let get = Operation::Get(Purpose::Read);
        let context = Context::new(7, Some(Path::new("/usr/bin/cargo")), &registry, &get)
            .for_provider(provider, Some("sha256:ab"));
        let rule = "grant.toml:3";
        trail.record(&context, &Event::Use { capability, subject, allowed, rule }).unwrap();
        let outcome = if allowed { Outcome::Answered } else { Outcome::NotFound };
        let (lifetime, origins, duration) = (None, None, Duration::from_micros(1234));
        let answer = Event::Answer { outcome, rule: "", lifetime, origins, duration };
        trail.record(&context, &answer).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command.arg("audit").args(words).env("LOCKGATE_HOME", self.0.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// What a command that succeeds prints.
    #[track_caller]
    fn prints(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The numbers of the lines that are shown.
    #[track_caller]
    fn shows(&self, words: &[&str]) -> Vec<u64> {
        let text = self.prints(&[&["show", "--json"], words].concat());
        let seq = |line| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64();
        text.lines().map(|line| seq(line).unwrap()).collect()
    }
}

#[test]
fn show_prints_a_table_for_people() {
    let home = Home::with_trail();
    let text = home.prints(&["show"]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("TIME "), "{text}");
    for (line, expected) in [
        (1, ["cargo[7]", "get read", "corp-sso", "store os", "allowed: grant.toml:3"]),
        (2, ["cargo[7]", "get read", "corp-sso", "answer after 1.2 ms", "answered"]),
        (3, ["stranger", "http", "GET https://evil.example/", "refused", "grant.toml:3"]),
        (4, ["cargo[7]", "get read", "stranger", "answer after 1.2 ms", "not-found"]),
    ] {
        for word in expected {
            assert!(lines[line].contains(word), "{word} in line {line} of\n{text}");
        }
    }
    let column = lines[0].find("WHAT").unwrap();
    assert!(lines.iter().all(|line| line[..column].ends_with("  ")), "{text}");
}

#[test]
fn show_prints_the_lines_themselves_as_json() {
    let home = Home::with_trail();
    assert_eq!(home.prints(&["show", "--json"]), fs::read_to_string(home.file()).unwrap());
}

#[test]
fn each_filter_shows_what_it_names() {
    let home = Home::with_trail();
    for (words, expected) in [
        (&["--provider", "corp-sso"][..], &[1, 2][..]),
        (&["--registry", "stranger.example"], &[3, 4]),
        (&["--operation", "get"], &[1, 2, 3, 4]),
        (&["--operation", "login"], &[]),
        (&["--refused"], &[3]),
        (&["--since", "1h"], &[1, 2, 3, 4]),
        (&["--since", "2999-01-01"], &[]),
        (&["-n", "1"], &[4]),
        (&["--lines", "1", "--provider", "corp-sso"], &[2]),
        (&["-n", "0"], &[]),
    ] {
        assert_eq!(home.shows(words), expected, "{words:?}");
    }
    let wrong = home.run(&["show", "--since", "yesterday"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("neither a time ago"));
}

#[test]
fn nothing_recorded_is_nothing_to_show_and_nothing_is_made() {
    let home = Home::new();
    assert_eq!(home.prints(&["show"]), "");
    assert!(home.prints(&["verify"]).starts_with("nothing was recorded in "));
    assert!(!home.folder().exists());
}

#[test]
fn what_somebody_wrote_into_the_file_does_not_act_on_the_terminal() {
    let home = Home::with_trail();
    let line =
        "{\"seq\":5,\"time\":\"\u{9b}31m\",\"event\":\"use\",\"subject\":\"\\u001b]0;x\\u0007\"}\n";
    let text = fs::read_to_string(home.file()).unwrap() + line + "\u{1b}[2J\n";
    fs::write(home.file(), text).unwrap();
    for words in [&["show"][..], &["show", "--json"], &["verify"], &["verify", "--json"]] {
        let output = home.run(words);
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8(all).unwrap();
        assert!(!all.chars().any(|it| it.is_control() && it != '\n'), "{words:?}: {all:?}");
    }
    let output = home.run(&["show"]);
    assert!(
        String::from_utf8(output.stderr).unwrap().contains("left out 1 line of something else")
    );
}

#[test]
fn verify_says_whether_the_chain_holds_and_what_it_cannot_show() {
    let home = Home::with_trail();
    let text = home.prints(&["verify"]);
    assert!(text.starts_with("4 lines in 1 file of "), "{text}");
    assert!(text.contains("\nthe chain holds\n"), "{text}");
    assert!(text.contains("newest lines were cut off"), "{text}");
    let json = home.prints(&["verify", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["lines"], &json["last"]["seq"]), (&4.into(), &4.into()));
    assert_eq!(json["problems"], serde_json::json!([]));

    let changed = fs::read_to_string(home.file()).unwrap().replace("evil.example", "good.example");
    fs::write(home.file(), changed).unwrap();
    let broken = home.run(&["verify"]);
    assert_eq!(broken.status.code(), Some(1));
    let text = String::from_utf8(broken.stdout).unwrap();
    assert!(text.contains("audit.jsonl:3: this line, or what it says"), "{text}");
    assert!(text.contains("\nthe chain is broken: 1 problem\n"), "{text}");
    let broken = home.run(&["verify", "--json"]);
    assert_eq!(broken.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert_eq!(json["problems"][0]["line"], 3);
}

/// Ends the program that follows for ever.
struct Following(Child);

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn follow_goes_on_with_what_is_added_after_the_turn_of_files() {
    let home = Home::with_trail();
    let mut command = home.command(&["show", "--follow", "--json", "-n", "1"]);
    let mut following = Following(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(following.0.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert!(next().starts_with("{\"seq\":4,"));
    fs::rename(home.file(), home.folder().join("audit.1.jsonl")).unwrap();
    home.record("corp-sso", "store", "os", true);
    assert!(next().starts_with("{\"seq\":5,"));
    assert!(next().starts_with("{\"seq\":6,"));
    assert!(following.0.try_wait().unwrap().is_none(), "it goes on");
}

#[test]
fn follow_ends_when_nobody_reads_it() {
    let home = Home::with_trail();
    let mut command = home.command(&["show", "--follow", "--json"]);
    let mut following = Following(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut reader = BufReader::new(following.0.stdout.take().unwrap());
    reader.read_line(&mut String::new()).unwrap();
    drop(reader);
    home.record("corp-sso", "store", "os", true);
    assert!(following.0.wait().unwrap().success());
}
