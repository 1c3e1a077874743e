//! The process that speaks with the keyring for a request, seen from outside while it waits.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use lockgate_tests::plugin::{Plugin, get};

use crate::{Desktop, LIBSECRET, Machine};

/// Longest time that a process may take to be there, or to be gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// A line of a process's status; none if the process has ended.
fn status(process: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let is_zombie = status.lines().any(|line| line.starts_with("State:\tZ"));
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"))?;
    (!is_zombie).then(|| line.to_owned())
}

/// How many filters of system calls a process has.
fn filters(process: u32) -> u32 {
    status(process, "Seccomp_filters").and_then(|count| count.parse().ok()).unwrap_or(0)
}

fn child_of(parent: u32) -> Option<u32> {
    let names = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().file_name());
    let mut processes = names.filter_map(|name| name.to_str()?.parse().ok());
    processes.find(|process| status(*process, "PPid") == Some(parent.to_string()))
}

/// The last of the children's children.
fn last_of(process: u32) -> u32 {
    child_of(process).map_or(process, last_of)
}

fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What a process's descriptors are; root alone may look.
fn open(process: u32) -> Vec<String> {
    let Ok(entries) = Path::new(&format!("/proc/{process}/fd")).read_dir() else {
        return Vec::new();
    };
    let links = entries.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
    links.map(|link| link.to_string_lossy().into_owned()).collect()
}

#[test]
fn the_process_with_the_connection_has_walls_and_nothing_else_and_ends_with_the_request() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    machine.desktop.signal_keyring("STOP");
    let mut plugin = Plugin::start(&machine.desktop.within(machine.home.plugin()));
    let request = get(&machine.server.index_url(), &[LIBSECRET]);
    plugin.send(format!("{request}\n").as_bytes());
    let mut process = plugin.id();
    let own = filters(std::process::id());
    wait_until("no confined process speaks with the keyring", || {
        process = last_of(plugin.id());
        process != plugin.id()
            && filters(process) > own
            && child_of(process).is_none()
            && (!rustix::process::getuid().is_root() || sockets(process) == 1)
    });
    assert_eq!(status(process, "NoNewPrivs").as_deref(), Some("1"));
    for link in open(process) {
        let expected =
            link == "/dev/null" || link.starts_with("pipe:") || link.starts_with("socket:");
        assert!(expected, "{link}");
    }
    let parent = status(process, "PPid").unwrap().parse().unwrap();
    assert_eq!(sockets(parent), 0, "the request's own process has none");
    drop(plugin);
    wait_until("the process outlives the request", || status(process, "State").is_none());
    machine.desktop.signal_keyring("CONT");
}

fn sockets(process: u32) -> usize {
    open(process).iter().filter(|link| link.starts_with("socket:")).count()
}
