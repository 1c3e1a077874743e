//! Many writers, full files, full disks and crashes.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;
mod place;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use child::child_program;
use lockgate_audit::{Event, Trail};
use place::{Place, context, entries, used};

const FULL: u64 = 8 << 20;

/// Fills the current file up to its size, as a trail of long ago would.
fn fill(place: &Place) {
    let trail = Trail::open(&place.folder);
    let subject = "\u{1}".repeat(256);
    let rule = "\u{1}".repeat(512);
    let event = Event::Use { capability: "http", subject: &subject, allowed: false, rule: &rule };
    trail.record(&context(), &event).unwrap();
    while fs::metadata(place.current()).unwrap().len() < FULL {
        trail.record(&context(), &event).unwrap();
    }
}

#[test]
fn a_full_file_makes_room_and_the_chain_goes_on() {
    let place = Place::new();
    for _ in 0..2 {
        fill(&place);
    }
    place.record(1);
    assert_eq!(place.lines().len(), 1);
    let report = place.report();
    assert_eq!((report.files, report.problems.len()), (3, 0), "{report:?}");
    assert_eq!(report.first.unwrap().seq, 1);
    assert_eq!(report.last.unwrap().seq, report.lines);
    assert_eq!(entries(&place.folder).len() as u64, report.lines);

    fs::remove_file(place.file("audit.1.jsonl")).unwrap();
    let problems = place.problems();
    assert!(problems[0].starts_with("audit.jsonl:1: this is line "), "{problems:?}");
}

#[test]
fn eight_processes_write_one_chain() {
    let place = Place::new();
    let children: Vec<_> = (0..8)
        .map(|number| {
            Command::new(child_program())
                .args(["record", place.folder.to_str().unwrap(), &format!("FROM_{number}"), "100"])
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    place.assert_whole(800);
    for number in 0..8 {
        let subject = format!("FROM_{number}");
        let found = entries(&place.folder);
        let of_it = found.iter().filter(|it| it.subject.as_deref() == Some(&subject));
        assert_eq!(of_it.count(), 100, "{subject}");
    }
}

#[test]
fn eight_threads_and_a_full_file_write_one_chain() {
    let place = Place::new();
    fill(&place);
    let before = place.report().lines;
    // Half of them share a trail, the others have one each.
    let shared = Trail::open(&place.folder);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let trail = if number % 2 == 0 { shared.clone() } else { Trail::open(&place.folder) };
            scope.spawn(move || {
                for _ in 0..50 {
                    trail.record(&context(), &used("X")).unwrap();
                }
            });
        }
    });
    place.assert_whole(before + 400);
    assert_eq!(place.report().files, 2);
}

#[test]
fn a_torn_line_is_told_and_is_no_problem() {
    let place = Place::with(3);
    let whole = place.text();
    let last = place.lines().last().unwrap().len() + 1;
    for kept in [1, 40, last - 2] {
        let end = whole.len() - last + kept;
        fs::write(place.current(), &whole[..end]).unwrap();
        let report = place.report();
        assert_eq!((report.torn, report.lines, report.problems.len()), (1, 2, 0), "{report:?}");
        place.record(1);
        let report = place.report();
        assert_eq!((report.torn, report.lines, report.problems.len()), (1, 4, 0), "{report:?}");
        assert_eq!(entries(&place.folder)[2].event, "torn");
    }
    // Only the line end is missing: nothing is lost.
    fs::write(place.current(), whole.trim_end()).unwrap();
    place.record(1);
    place.assert_whole(4);
    assert_eq!(place.report().torn, 0);
}

#[test]
fn a_torn_first_line_of_a_file_is_told_too() {
    let place = Place::with(2);
    let first = place.lines()[0].clone();
    fs::write(place.current(), &first[..50]).unwrap();
    place.record(1);
    let report = place.report();
    assert_eq!((report.torn, report.lines, report.problems.len()), (1, 2, 0), "{report:?}");

    fs::rename(place.current(), place.file("audit.1.jsonl")).unwrap();
    fs::write(place.current(), &first[..50]).unwrap();
    place.record(1);
    let report = place.report();
    assert_eq!((report.torn, report.lines, report.problems.len()), (2, 4, 0), "{report:?}");
}

#[test]
fn files_are_the_users_alone_whatever_the_umask() {
    let place = Place::new();
    let status = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" record \"$1\" X 2"])
        .arg(child_program())
        .arg(&place.folder)
        .status();
    assert!(status.unwrap().success());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&place.folder), mode(&place.current())), (0o700, 0o600));
}

#[test]
fn what_cannot_be_written_is_an_error_and_leaves_no_half_line() {
    let place = Place::with(2);
    // `ulimit -f` counts blocks of 512 bytes in sh.
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 8; exec \"$0\" until-full \"$1\""])
        .arg(child_program())
        .arg(&place.folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let path = place.current().display().to_string();
    assert!(told.contains(&format!("cannot write `{path}`")), "{told}");
    assert!(told.contains("too large"), "{told}");
    let report = place.report();
    assert_eq!((report.problems.len(), report.torn), (0, 0), "{report:?}");
    assert!(report.lines > 2, "{report:?}");
    place.record(1);
    place.assert_whole(report.lines + 1);
}

#[test]
fn a_full_disk_is_an_error_and_leaves_no_half_line() {
    let base = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=64k,mode=700 none \"$1\" && \
                  \"$0\" until-full \"$1/audit\" && cat \"$1/audit/audit.jsonl\" >&2";
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .arg(child_program())
        .arg(base.path())
        .output()
        .unwrap();
    if output.stdout.is_empty() && !output.status.success() {
        // Nobody but root may mount something here.
        return;
    }
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("cannot write") && told.contains("No space left"), "{told}");
    let copy = Place::with(1);
    fs::write(copy.current(), &output.stderr).unwrap();
    let report = copy.report();
    assert_eq!((report.problems.len(), report.torn), (0, 0), "{report:?}");
    assert!(report.lines > 10, "{report:?}");
}

#[test]
fn a_stopped_writer_is_waited_for_and_named() {
    let place = Place::with(1);
    let held = File::open(place.current()).unwrap();
    held.lock().unwrap();
    let error = Trail::open(&place.folder).record(&context(), &used("X")).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("still locked by another process after 5 s"), "{cause}");
    assert!(cause.contains("audit.jsonl"), "{cause}");
    drop(held);
    place.record(1);
    place.assert_whole(2);
}
