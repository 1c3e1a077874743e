//! What stays of a fetch.

use std::net::TcpListener;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::PUBLIC;
use crate::machine::Machine;

/// Until a fetch must have begun.
const PATIENCE: Duration = Duration::from_secs(30);

impl Machine {
    /// What is there beside the lock.
    fn left(&self) -> Vec<String> {
        let folder = self.home.lockgate_home().join("state/index");
        let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| name != "lock").collect()
    }
}

#[test]
fn nothing_of_a_fetched_index_stays() {
    let machine = Machine::new();
    let (_, url) = machine.repository("public", "config.json", PUBLIC);
    machine.configure(&url);
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(0), "{came:#?}");
    assert_eq!(machine.left(), [""; 0]);
    assert!(!machine.home.cargo_home().join("registry").exists());
}

#[test]
fn what_a_killed_fetch_left_goes_with_the_next_and_a_living_one_keeps_its_own() {
    let machine = Machine::new();
    // Nobody answers there.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let index = format!("http://127.0.0.1:{}/index", silent.local_addr().unwrap().port());
    machine.configure(&index);
    let start = Instant::now();
    let mut fetches: Vec<_> = (1..=2)
        .map(|number| {
            let mut login = machine.ours(&[]).command();
            let login = login.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            while machine.left().len() < number {
                assert!(start.elapsed() < PATIENCE, "no fetch begins");
                sleep(Duration::from_millis(20));
            }
            login
        })
        .collect();
    let mut killed = fetches.pop().unwrap();
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Its children end after it.
    let (_, url) = machine.repository("public", "config.json", PUBLIC);
    machine.configure(&url);
    while machine.left().len() > 1 {
        assert!(start.elapsed() < PATIENCE, "{:?}", machine.left());
        assert_eq!(machine.came(&machine.ours(&[])).code, Some(0));
    }
    assert_eq!(machine.left().len(), 1, "the living one's");
    let mut living = fetches.pop().unwrap();
    living.kill().unwrap();
    living.wait().unwrap();
}
