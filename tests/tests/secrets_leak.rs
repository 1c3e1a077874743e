//! A token that can be told from everything else goes through every command; afterwards, and all
//! the while, it is looked for wherever it must not be.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use lockgate_tests::plugin::{Plugin, get, login, request};
use lockgate_tests::sampler::contains;
use lockgate_tests::{Home, Output, Run, Sampler};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const CANARY: &str = "canary-d41d8cd98f00b204";
const ARGUMENTS: &[&str] = &["cargo:token"];
/// Each way of asking for more or less to read.
const LEVELS: &[&[&str]] = &[&[], &["-v"], &["-vv"], &["-q"]];

fn prepared(home: Home) -> Home {
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home
}

fn logged_in(home: Home) -> Home {
    let home = prepared(home);
    home.write_credentials(format!("[registries.corp]\ntoken = \"{CANARY}\"\n"));
    home
}

/// Every file of the home but cargo's own of tokens that has the canary in it.
fn files_with_canary(home: &Home) -> Vec<String> {
    let mut files = home.files();
    files.retain(|(path, content)| *path != home.credentials() && contains(content, CANARY));
    files.into_iter().map(|(path, _)| path.display().to_string()).collect()
}

fn cargo_verb(home: &Home, words: &[&str], level: &[&str]) -> Run {
    home.lockgate(["cargo"]).args(words).args(level)
}

#[test]
fn no_command_shows_or_leaves_the_token() {
    let sampler = Sampler::start(&[CANARY]);
    for level in LEVELS {
        let home = prepared(Home::new());
        let mut plugin = Plugin::start(&home.plugin());
        assert_eq!(plugin.ask(&login(INDEX, CANARY, ARGUMENTS))["Ok"]["kind"], "login");
        plugin.ends_well();
        assert!(home.read_credentials().contains(CANARY), "the canary was never kept");
        for words in [
            &["token", "--registry", "corp"][..],
            &["token", "--registry", "corp", "--json"],
            &["registries"],
            &["registries", "--json"],
        ] {
            let _ = cargo_verb(&home, words, level).run().succeeds().nowhere_has(CANARY);
        }
        let mut plugin = Plugin::start(&home.plugin());
        assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS))["Ok"]["token"], CANARY);
        plugin.ends_well();
        assert_eq!(files_with_canary(&home), [""; 0]);
        let logout = ["logout", "--registry", "corp"];
        let _ = cargo_verb(&home, &logout, level).run().succeeds().nowhere_has(CANARY);
        assert!(!contains(&fs::read(home.credentials()).unwrap(), CANARY));
        assert_eq!(files_with_canary(&home), [""; 0]);
    }
    let found = sampler.stop();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_failed_request_says_nothing_of_its_token() {
    let home = prepared(Home::new());
    for (index, arguments) in [
        ("not a url", ARGUMENTS),
        (INDEX, &["cargo:nonsense"][..]),
        ("sparse+http://a/", ARGUMENTS),
    ] {
        let mut plugin = Plugin::start(&home.plugin());
        for bad in [CANARY.to_owned(), format!("{CANARY}\u{16}")] {
            let answer = plugin.ask(&login(index, &bad, arguments)).to_string();
            assert!(!answer.contains(CANARY), "{answer}");
        }
        plugin.send(format!("{{\"v\":1,\"token\":\"{CANARY}\",\"kind\":\n").as_bytes());
        let answer = plugin.reply().to_string();
        assert!(!answer.contains(CANARY), "{answer}");
        let output = plugin.end().succeeds();
        assert!(!output.stderr.contains(CANARY), "{output}");
    }
    assert_eq!(files_with_canary(&home), [""; 0]);
}

/// The twin: the sampler finds a token that is an argument or a variable.
#[test]
fn the_sampler_finds_what_it_looks_for() {
    const OTHER: &str = "canary-of-the-twin";
    let sampler = Sampler::start(&[OTHER]);
    let sleep = |argument: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 0.3; true", "sh", argument]).stdout(Stdio::null());
        command
    };
    assert!(sleep(OTHER).status().unwrap().success());
    assert!(sleep("x").env("VARIABLE", OTHER).status().unwrap().success());
    let found = sampler.stop();
    assert!(found.iter().any(|line| line.contains("/cmdline")), "{found:?}");
    assert!(found.iter().any(|line| line.contains("/environ")), "{found:?}");
}

/// A shell that lifts the limit on core dumps and becomes its arguments.
const UNLIMITED: [&str; 4] = ["sh", "-c", "ulimit -c unlimited; exec \"$@\"", "sh"];

fn abort(process: u32) {
    let killed = Command::new("kill").args(["-ABRT", &process.to_string()]).status().unwrap();
    assert!(killed.success());
}

fn core_limit(process: u32) -> String {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    line.split_whitespace().nth(4).unwrap().to_owned()
}

#[test]
fn an_aborted_plugin_leaves_no_core_dump() {
    let home = logged_in(Home::new());
    let mut plugin = Plugin::start(&home.plugin().under(UNLIMITED));
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS))["Ok"]["token"], CANARY);
    assert_eq!(core_limit(plugin.id()), "0");
    abort(plugin.id());
    let output: Output = plugin.end();
    assert_eq!(output.status.signal(), Some(6), "{output}");
    assert!(!output.status.core_dumped(), "{output}");
    assert_eq!(files_with_canary(&home), [""; 0]);
}

/// The twin: with the same limit, a program that does not look after itself may dump its core.
#[test]
fn another_aborted_program_may_leave_one() {
    let home = Home::new();
    let mut child = home.run("sleep").args(["30"]).under(UNLIMITED).command().spawn().unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while core_limit(child.id()) == "0" && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_ne!(core_limit(child.id()), "0");
    abort(child.id());
    assert_eq!(child.wait().unwrap().signal(), Some(6));
}

/// Whether a process of the same user can open this file of another.
fn can_open(home: &Home, process: u32, file: &str) -> bool {
    let path = format!("/proc/{process}/{file}");
    home.run("sh").args(["-c", "exec 3< \"$1\"", "sh", &path]).run().status.success()
}

#[test]
fn the_same_user_cannot_read_the_memory_of_a_running_plugin() {
    let home = logged_in(Home::unprivileged());
    let mut plugin = Plugin::start(&home.plugin());
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS))["Ok"]["token"], CANARY);
    assert!(!can_open(&home, plugin.id(), "mem"));
    assert!(!can_open(&home, plugin.id(), "environ"));
    assert!(can_open(&home, plugin.id(), "status"), "the process is gone: this test shows nothing");
    plugin.ends_well();
}

/// The twin: the memory of another program of that user can be read.
#[test]
fn the_same_user_can_read_another_program() {
    let home = Home::unprivileged();
    let mut child = home.run("sleep").args(["30"]).command().spawn().unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while !can_open(&home, child.id(), "environ") && std::time::Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(can_open(&home, child.id(), "environ"));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The wrong kind of request leaves as little behind.
#[test]
fn a_logout_without_a_login_creates_no_file() {
    let home = prepared(Home::new());
    let mut plugin = Plugin::start(&home.plugin());
    let answer = plugin.ask(&request("logout", INDEX, ARGUMENTS));
    assert_eq!(answer["Err"]["kind"], "not-found", "{answer}");
    plugin.ends_well();
    assert!(!home.credentials().exists(), "an empty file of tokens was made");
}
