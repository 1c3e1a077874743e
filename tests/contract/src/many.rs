//! Many who use a store at once.

use std::process::{Child, Command, Stdio};

use crate::suite::Suite;
use crate::{Open, Promise};

/// At once, each as often as it says.
const WRITERS: usize = 32;
const ROUNDS: usize = 10;

/// Who writes an entry of their own finds it as it was written, whatever others do, and an entry that
/// everybody writes is always one of what was written. For stores that only this process reaches.
pub fn loses_nothing_to_others(open: Open<'_>, promise: &Promise) {
    with_the_entry_of_all(open, promise, || {
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                scope.spawn(move || writes_among_others(open, promise, writer));
            }
        });
    });
}

/// The same with a process for each writer: `command` starts one that calls [`writes_among_others`]
/// with this number.
pub fn loses_nothing_to_other_processes(
    open: Open<'_>,
    promise: &Promise,
    command: &dyn Fn(usize) -> Command,
) {
    with_the_entry_of_all(open, promise, || {
        let start = |writer| {
            let mut command = command(writer);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().expect("a writer does not start")
        };
        let started: Vec<Child> = (0..WRITERS).map(start).collect();
        for writer in started {
            let ended = writer.wait_with_output().expect("a writer is lost");
            let told = String::from_utf8_lossy(&ended.stderr);
            assert!(ended.status.success(), "a writer failed: {told}");
        }
    });
}

fn with_the_entry_of_all(open: Open<'_>, promise: &Promise, write: impl FnOnce()) {
    let suite = Suite { open, promise };
    let shared = promise.names.first();
    suite.save(shared, b"writer 0");
    write();
    assert!(suite.remove(shared), "the entry of all is lost");
}

/// What one of the writers does.
pub fn writes_among_others(open: Open<'_>, promise: &Promise, writer: usize) {
    let suite = Suite { open, promise };
    let (shared, own) = (promise.names.first(), promise.names.of_writer(writer));
    for round in 0..ROUNDS {
        let secret = format!("writer {writer} in round {round}");
        suite.save(&own, secret.as_bytes());
        suite.save(shared, secret.as_bytes());
        assert_eq!(suite.loaded(&own), secret.as_bytes(), "another's secret");
        let found = suite.loaded(shared);
        assert!(found.starts_with(b"writer "), "half a secret: {}", found.escape_ascii());
    }
    assert!(suite.remove(&own), "an entry is lost");
}
