//! What the tests let happen in a process of its own: since many do it at once, are killed at it, do
//! it under another umask or limit, or have a controlling terminal.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a part of the tests, which arrange what nothing else would, and fail by panicking"
)]

#[path = "../tests/child/stores.rs"]
#[allow(dead_code, reason = "the tests know the names of the stores, and this file what they are")]
mod stores;

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::path::Path;

use lockgate_adapters::{
    CargoCredentials, CredentialTable, DockerConfigStore, FramedPrompt, StandardPrompt,
    TerminalPrompt,
};
use lockgate_core::{Ecosystem, Prompt, Registry, Secret, SecretStore};
use rustix::process::{ioctl_tiocsctty, setsid};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments.as_slice() {
        ["login", home, name, token] => store(home, name).save(None, &token.into()).unwrap(),
        ["logout", home, name] => assert!(store(home, name).remove().unwrap()),
        ["login-for-ever", home, name] => login_for_ever(&store(home, name)),
        ["docker-login", config, server, secret] => docker_login(config, server, secret),
        ["docker-login-for-ever", config, server] => {
            for length in (1..=9000).step_by(977).cycle() {
                docker_login(config, server, &"x".repeat(length));
            }
        }
        ["write-among-others", kind, folder, writer] => {
            write_among_others(kind, Path::new(folder), writer.parse().unwrap());
        }
        ["ask", role] => ask(role, None),
        ["ask", role, terminal] => ask(role, Some(terminal)),
        _ => panic!("the tests and their child disagree about {arguments:?}"),
    }
}

fn store(home: &str, name: &str) -> CargoCredentials {
    let tables = vec![CredentialTable::Named(name.to_owned())];
    CargoCredentials::new(Path::new(home).to_owned(), tables, None)
}

fn login_for_ever(store: &CargoCredentials) {
    for length in (1..=9000).step_by(977).cycle() {
        store.save(None, &"x".repeat(length).as_str().into()).unwrap();
    }
}

/// Ends with 1 and says why if it cannot be kept.
fn docker_login(config: &str, server: &str, secret: &str) {
    let registry = Registry::new(Ecosystem::Oci, server).unwrap();
    let store = DockerConfigStore::new(config.into(), None, &registry);
    if let Err(error) = store.save(Some(&"alice".into()), &secret.into()) {
        panic!("{error}");
    }
}

fn write_among_others(kind: &str, folder: &Path, writer: usize) {
    let open = |url: &str| stores::open(kind, folder, url);
    lockgate_contract::writes_among_others(&open, &stores::promise(kind), writer);
}

/// Asks at the terminal, or where there is none, and prints what came of it.
fn ask(role: &str, terminal: Option<&str>) {
    setsid().unwrap();
    let controlling = terminal.map(control);
    let answer = match role {
        "hidden" => TerminalPrompt::new().ask("Secret? ", true),
        "shown" => TerminalPrompt::new().ask("Secret? ", false),
        "framed" => FramedPrompt::new(TerminalPrompt::new(), "corp-sso".into()).ask("Who?", true),
        "standard" => StandardPrompt.ask("Secret? ", true),
        "message" => TerminalPrompt::new().show("Look", Some("https://a/")).map(|()| "".into()),
        _ => panic!("the tests and their child disagree about {role}"),
    };
    println!("{}", outcome(answer));
    drop(controlling);
}

fn control(path: &str) -> File {
    let terminal = OpenOptions::new().read(true).write(true).open(path).unwrap();
    ioctl_tiocsctty(&terminal).unwrap();
    terminal
}

fn outcome(answer: Result<Secret, Box<dyn Error + Send + Sync>>) -> String {
    match answer {
        Ok(answer) => format!("answer=[{}]", answer.expose_text().unwrap()),
        Err(error) => format!("error=[{error}]"),
    }
}
