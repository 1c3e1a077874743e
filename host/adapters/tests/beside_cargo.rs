//! cargo itself and many processes of ours on one credentials file, and processes that are killed.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use child::child_program;
use lockgate_adapters::{CargoCredentials, CredentialTable};
use lockgate_core::SecretStore;

fn store(home: &Path, name: &str) -> CargoCredentials {
    CargoCredentials::new(home.to_owned(), vec![CredentialTable::Named(name.to_owned())], None)
}

fn loaded(home: &Path, name: &str) -> Option<String> {
    let found = store(home, name).load().unwrap();
    found.map(|found| found.secret.expose_text().unwrap().to_owned())
}

/// A registry that answers everything, and tells which `Authorization` came.
struct Registry {
    port: u16,
    authorizations: Receiver<String>,
}

fn registry() -> Registry {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, authorizations) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let sender = sender.clone();
            std::thread::spawn(move || answer(stream.unwrap(), port, &sender));
        }
    });
    Registry { port, authorizations }
}

fn answer(stream: TcpStream, port: u16, authorizations: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("authorization")
        {
            let _ = authorizations.send(value.trim_end_matches(['\r', '\n']).to_owned());
        }
        request.push_str(&std::mem::take(&mut line));
    }
    let body = match request.contains("config.json") {
        true => {
            format!("{{\"dl\":\"http://127.0.0.1:{port}/dl\",\"api\":\"http://127.0.0.1:{port}\"}}")
        }
        false => "{\"ok\":true}".to_owned(),
    };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close", body.len());
    let _ = write!(&stream, "{head}\r\n\r\n{body}");
}

fn configure(home: &Path, names: &[String], port: u16) {
    let tables = names.iter().map(|name| {
        format!(
            "[registries.{name}]\nindex = \"sparse+http://127.0.0.1:{port}/{name}/\"\ncredential-provider = \"cargo:token\"\n"
        )
    });
    fs::write(home.join("config.toml"), tables.collect::<String>()).unwrap();
}

fn cargo(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(home).env_clear();
    command.env("CARGO_HOME", home).env("HOME", home).env("PATH", "/usr/bin:/bin");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn ours(what: &str, home: &Path, name: &str) -> Command {
    let mut command = Command::new(child_program());
    command.arg(what).arg(home).arg(name).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn our_login(home: &Path, name: &str, token: &str) -> Command {
    let mut command = ours("login", home, name);
    command.arg(token);
    command
}

fn succeeds(child: Child) {
    succeeded(&child.wait_with_output().unwrap());
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_login_is_lost_between_cargo_and_many_of_us() {
    const EACH: usize = 8;
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let registry = registry();
    let names: Vec<String> = (0..EACH * 2).map(|number| format!("r{number}")).collect();
    configure(home, &names, registry.port);
    store(home, "base").save(None, &"base".into()).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) {
                assert_eq!(loaded(home, "base").as_deref(), Some("base"));
                reads += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            reads
        });
        let stop = Stop(&done);
        for round in 0..3 {
            // Of different lengths, so that the file grows and shrinks.
            let token = |name: &str| format!("{name}-{}", "t".repeat(round % 2 * 300));
            run(names.iter().enumerate().map(|(number, name)| match number % 2 {
                0 => our_login(home, name, &token(name)),
                _ => cargo(home, &["login", "--registry", name, &token(name)]),
            }));
            for name in &names {
                assert_eq!(loaded(home, name), Some(token(name)), "{name} in round {round}");
            }
            run(names.iter().enumerate().map(|(number, name)| match number % 2 {
                0 => cargo(home, &["logout", "--registry", name]),
                _ => ours("logout", home, name),
            }));
            for name in &names {
                assert_eq!(loaded(home, name), None, "{name} in round {round}");
            }
        }
        drop(stop);
        assert!(reader.join().unwrap() > 0);
    });
    let left: BTreeSet<_> =
        fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("lockgate")), "{left:?}");
}

/// Ends the reader, also when the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// All at once. cargo reads the file without a lock before it changes it, and then refuses it when
/// another cargo is in the middle of a change (3 of 1280 runs of cargo alone did); nothing is lost,
/// and it is started again, which is never done for ours.
fn run(commands: impl Iterator<Item = Command>) {
    let start = |mut command: Command| (command.spawn().unwrap(), command);
    let started: Vec<(Child, Command)> = commands.map(start).collect();
    for (child, mut command) in started {
        let mut output = child.wait_with_output().unwrap();
        while command.get_program() == env!("CARGO") && met_a_change(&output) {
            output = command.output().unwrap();
        }
        succeeded(&output);
    }
}

fn met_a_change(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    !output.status.success() && said.contains("could not parse TOML configuration")
}

#[test]
fn cargo_sends_the_very_bytes_that_were_saved() {
    let home = tempfile::tempdir().unwrap();
    let registry = registry();
    configure(home.path(), &["corp".to_owned()], registry.port);
    let all: String = (0x20..=0x7e_u8).map(char::from).collect();
    for token in [format!("a\t{all}z"), "plain".to_owned(), "'\"\\u0041\\\"'".to_owned()] {
        store(home.path(), "corp").save(None, &token.as_str().into()).unwrap();
        let arguments = ["yank", "--registry", "corp", "--version", "1.0.0", "some-crate"];
        succeeds(cargo(home.path(), &arguments).spawn().unwrap());
        let sent = registry.authorizations.recv_timeout(Duration::from_secs(5)).unwrap();
        assert_eq!(sent, token);
    }
}

#[test]
fn what_cargo_writes_is_read() {
    let home = tempfile::tempdir().unwrap();
    let registry = registry();
    configure(home.path(), &["corp".to_owned()], registry.port);
    let all: String = (0x20..=0x7e_u8).map(char::from).collect();
    let token = format!("a\t{all}z");
    succeeds(cargo(home.path(), &["login", "--registry", "corp", &token]).spawn().unwrap());
    assert_eq!(loaded(home.path(), "corp"), Some(token));
    assert!(store(home.path(), "corp").remove().unwrap());
    let output = cargo(home.path(), &["logout", "--registry", "corp"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("not currently logged in"), "{said}");
}

#[test]
fn killed_at_any_moment_leaves_old_or_new_and_every_other_token() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    store(home, "b").save(None, &"kept".into()).unwrap();
    let mut lengths = BTreeSet::new();
    for round in 0..80_u64 {
        let mut child = ours("login-for-ever", home, "a").spawn().unwrap();
        // Moments from the first instruction to the third or so write.
        std::thread::sleep(Duration::from_micros(500 + round * 397 % 24_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let a = loaded(home, "a").unwrap_or_default();
        assert!(a.bytes().all(|byte| byte == b'x'), "{a:?}");
        assert!(
            a.is_empty() || (a.len() - 1).is_multiple_of(977),
            "half a token of {} bytes",
            a.len()
        );
        assert_eq!(loaded(home, "b").as_deref(), Some("kept"));
        lengths.insert(a.len());
    }
    assert!(lengths.len() > 1, "no child was killed after a write: {lengths:?}");

    // What the killed ones left behind goes when it is old enough to be nobody's.
    let aged = Command::new("sh")
        .args(["-c", "find . -name '.*lockgate-new*' -exec touch -d '1 hour ago' {} +"])
        .current_dir(home)
        .status();
    assert!(aged.unwrap().success());
    store(home, "a").save(None, &"end".into()).unwrap();
    let left: Vec<_> =
        fs::read_dir(home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["credentials.toml"]);
}
