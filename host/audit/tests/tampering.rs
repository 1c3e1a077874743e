//! What those who change files do to the trail, and what is seen of it.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod place;

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;

use lockgate_audit::{AuditError, Trail, verify};
use place::{Place, context, used};

#[test]
fn a_flipped_bit_is_found_wherever_it_is() {
    let place = Place::with(6);
    place.assert_whole(6);
    let whole = place.text().into_bytes();
    // Not the last line: a chain cannot hold its own end.
    let end = whole.len() - place.lines().last().unwrap().len() - 1;
    for at in (0..end).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(place.current(), &changed).unwrap();
        assert!(!place.report().problems.is_empty(), "the bit at {at} was not missed");
    }
}

#[test]
fn a_change_names_the_file_and_the_line() {
    let place = Place::with(6);
    let mut lines = place.lines();
    lines[2] = lines[2].replace("\"allowed\":true", "\"allowed\":false");
    place.write(&lines);
    let expected = "audit.jsonl:3: this line, or what it says of the one before, was changed";
    assert_eq!(place.problems(), [expected]);
}

#[test]
fn a_removed_line_and_two_that_changed_places_are_found() {
    let place = Place::with(6);
    let whole = place.lines();
    let mut removed = whole.clone();
    removed.remove(2);
    place.write(&removed);
    let problems = place.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].starts_with("audit.jsonl:3: this is line 4 of the trail where 3"));

    let mut moved = whole.clone();
    moved.swap(2, 3);
    place.write(&moved);
    assert!(place.problems()[0].starts_with("audit.jsonl:3: this is line 4"));

    let mut repeated = whole.clone();
    repeated.insert(3, whole[2].clone());
    place.write(&repeated);
    assert!(place.problems()[0].starts_with("audit.jsonl:4: this is line 3"));

    let mut beheaded = whole.clone();
    beheaded.remove(0);
    place.write(&beheaded);
    assert!(place.problems()[0].contains("what was before is missing"));

    let mut strange = whole;
    strange.insert(3, "{\"seq\":4}".to_owned());
    place.write(&strange);
    assert_eq!(place.problems(), ["audit.jsonl:4: this is not a line of the trail"]);
}

/// The limit of a chain, which `verify` tells people of.
#[test]
fn a_cut_tail_is_not_found() {
    let place = Place::with(6);
    place.write(&place.lines()[..4]);
    place.assert_whole(4);
    place.record(1);
    place.assert_whole(5);
    assert!(lockgate_audit::WHAT_A_CHAIN_CANNOT_SHOW.contains("newest lines were cut off"));
}

/// The twin of a trail whose oldest file had to go is one where somebody took it away.
#[test]
fn a_missing_oldest_file_is_found_unless_it_made_room() {
    let place = Place::new();
    for _ in 0..10 {
        place.record(2);
        for number in (1..8).rev() {
            let name = |number: u32| place.file(&format!("audit.{number}.jsonl"));
            let _ = fs::rename(name(number), name(number + 1));
        }
        fs::rename(place.current(), place.file("audit.1.jsonl")).unwrap();
    }
    place.record(1);
    place.assert_whole(17);
    assert_eq!(place.report().first.unwrap().seq, 5);

    fs::remove_file(place.file("audit.8.jsonl")).unwrap();
    let expected = "audit.7.jsonl:1: the trail begins with its line 7: what was before is missing";
    assert_eq!(place.problems(), [expected]);
}

/// The twin of the torn line: what ends like a line was not left by an interrupted writer.
#[test]
fn a_line_that_was_cut_short_is_not_taken_for_a_torn_one() {
    let place = Place::with(3);
    let mut lines = place.lines();
    lines[2].truncate(40);
    place.write(&lines);
    assert_eq!(place.problems(), ["audit.jsonl:3: this is not a line of the trail"]);
    place.record(1);
    assert_eq!(place.problems(), ["audit.jsonl:3: this is not a line of the trail"]);
}

#[test]
fn a_file_that_is_no_trail_is_not_continued() {
    let place = Place::new();
    Trail::open(&place.folder).prepare().unwrap();
    fs::write(place.current(), "x".repeat(200_000)).unwrap();
    let error = Trail::open(&place.folder).record(&context(), &used("X")).unwrap_err();
    assert!(matches!(error, AuditError::NotATrail { .. }), "{error}");
    assert!(error.to_string().contains("audit.jsonl"), "{error}");
}

#[test]
fn what_somebody_appends_by_hand_does_not_stop_the_trail() {
    let place = Place::with(2);
    let mut file = File::options().append(true).open(place.current()).unwrap();
    file.write_all(b"a note\n").unwrap();
    place.record(1);
    assert_eq!(place.problems(), ["audit.jsonl:3: this is not a line of the trail"]);
    assert_eq!(place.report().lines, 3);
}

#[test]
fn a_planted_link_is_not_followed() {
    let place = Place::with(1);
    let target = place.file("other");
    fs::write(&target, "mine\n").unwrap();
    for name in ["audit.jsonl", "audit.1.jsonl"] {
        let _ = fs::remove_file(place.current());
        symlink(&target, place.file(name)).unwrap();
        let error = Trail::open(&place.folder).record(&context(), &used("X")).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("symbolic link"), "{cause}");
        assert!(verify(&place.folder).is_err());
        fs::remove_file(place.file(name)).unwrap();
    }
    // The twin: without the link it is written.
    place.record(1);
    assert_eq!(fs::read_to_string(&target).unwrap(), "mine\n");
}

#[test]
fn a_link_that_takes_the_place_of_the_open_file_is_not_followed() {
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    trail.record(&context(), &used("X")).unwrap();
    let target = place.file("other");
    fs::rename(place.current(), &target).unwrap();
    symlink(&target, place.current()).unwrap();
    trail.record(&context(), &used("X")).unwrap_err();
    assert_eq!(fs::read_to_string(&target).unwrap().lines().count(), 1);
}
