//! A request as the program serves one, in which the host itself tries what a provider that broke out
//! of the sandbox would try. With `free` as its word it tries the same before anything is confined.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is a test's own program"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, io};

use lockgate_broker::{Broker, Choice, Context, Machine, Person};
use lockgate_core::{Ecosystem, Operation, Purpose, Registry, Request};
use lockgate_system::{Room, fetch_key, remove_keys};

fn main() {
    if env::args().nth(1).as_deref() == Some("free") {
        return attempts();
    }
    let variables: BTreeMap<OsString, OsString> = env::vars_os().collect();
    let server = env::var("DOCKER_SERVER").ok();
    let context = match server {
        Some(_) => Context::of_docker(Machine::load(&variables, &[]).unwrap(), &variables),
        None => Context::load(&variables, &[]).unwrap(),
    };
    let once = AtomicBool::new(false);
    let broker = Broker::new(context, Person::AtTerminal, |_| {}).probed(move || {
        if !once.swap(true, Ordering::Relaxed) {
            attempts();
        }
    });
    let registry = match server {
        Some(server) => Registry::new(Ecosystem::Oci, server).unwrap(),
        None => {
            let registry = Registry::new(Ecosystem::Cargo, env::var("INDEX").unwrap()).unwrap();
            registry.named(Some("corp".to_owned()))
        }
    };
    let operation = Operation::Get(Purpose::Read);
    let request = Request { registry, operation, arguments: Vec::new() };
    let provider = env::var("PROVIDER").unwrap_or_else(|_| "cargo:token".to_owned());
    let choices = [Choice::of_line(&provider).unwrap()];
    let reply = broker.answer(&request, &choices);
    println!("answered {}", reply.result.is_ok());
}

/// Tries everything once and prints what came of it.
fn attempts() {
    let path = |name: &str| env::var(name).unwrap();
    tell("read a file of the user", fs::read(path("SECRET_FILE")));
    tell("read the granted store", fs::read(path("STORE_FILE")));
    tell("write into the home", fs::write(Path::new(&path("HOME")).join("planted"), "x"));
    tell("write beside cargo's programs", fs::write(path("CARGO_HOME") + "/planted", "x"));
    tell("append to a file of the user", append(&path("SECRET_FILE")));
    tell("start a program", Command::new("/bin/true").status());
    tell("connect to a port", TcpStream::connect(path("SERVER")));
    let sockets =
        [("connect to the session bus", "BUS"), ("connect to another local socket", "AGENT")];
    let connected = sockets.map(|(deed, socket)| {
        let connected = env::var_os(socket).map(UnixStream::connect)?;
        tell(deed, connected.as_ref());
        connected.ok()
    });
    // Where nothing is confined, these are there to be found.
    tell("find an open connection", open_connection());
    drop(connected);
    if let Ok(description) = env::var("KEY") {
        let found = fetch_key(&description).map_err(io::Error::other);
        let found = found.and_then(|found| found.ok_or_else(|| io::ErrorKind::NotFound.into()));
        tell("read a key of the user", found);
        tell("make a key", Room::new("lockgate:planted").map_err(io::Error::other));
        tell("go through the user's keys", remove_keys("lockgate:none").map_err(io::Error::other));
    }
}

/// Whether one of the process's descriptors is a socket.
fn open_connection() -> io::Result<()> {
    let is_socket = |number: &u32| {
        let link = fs::read_link(format!("/proc/self/fd/{number}"));
        link.is_ok_and(|link| link.to_string_lossy().starts_with("socket:"))
    };
    (3..64).find(is_socket).map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
}

fn append(path: &str) -> io::Result<()> {
    OpenOptions::new().append(true).open(path).map(drop)
}

fn tell<T, E>(what: &str, result: Result<T, E>) {
    println!("{what}: {}", if result.is_ok() { "done" } else { "refused" });
}
