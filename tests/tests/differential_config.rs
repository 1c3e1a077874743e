//! cargo's rules, shown by the real cargo and by Lockgate in the same home: which registry is meant,
//! which providers are asked for it in which order and with which words, which token is sent, what is
//! said, what the files hold afterwards, and how it ends. Each row of the table shows another rule, and
//! `docs/cargo-rules.md` says which one.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a panic is how a test fails, and says what it found"
)]

#[path = "differential_config/came.rs"]
mod came;
#[path = "differential_config/machine.rs"]
mod machine;
#[path = "differential_config/play.rs"]
mod play;
#[path = "differential_config/requests.rs"]
mod requests;
#[path = "differential_config/row.rs"]
mod row;
#[path = "differential_config/rows/mod.rs"]
mod rows;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use lockgate_tests::rules::{self, Said};
use machine::Machine;
use row::Row;

/// How many homes there are at the same time. A row waits for programs most of its time.
const MACHINES: usize = 4;

/// What differs between the two in each of these rows.
fn differences(rows: &[&Row]) -> String {
    let machine = Machine::new();
    let mut differences = String::new();
    for row in rows {
        let (theirs, ours) = machine.play(row);
        if let Some(what) = rules::difference(row.said, row.shows, &theirs, &ours) {
            let rule = row.rule;
            write!(differences, "=== {rule}: {what}\n--- cargo\n{theirs}--- lockgate\n{ours}")
                .unwrap();
        }
    }
    differences
}

#[test]
fn every_rule_holds_as_in_cargo() {
    let rows = rows::all();
    let shares = (0..MACHINES)
        .map(|first| rows.iter().copied().skip(first).step_by(MACHINES).collect::<Vec<_>>());
    let found: String = std::thread::scope(|scope| {
        let threads: Vec<_> =
            shares.map(|share| scope.spawn(move || differences(&share))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(found.is_empty(), "{found}");
}

#[test]
fn every_row_has_a_rule_of_its_own_and_every_deviation_a_reason() {
    let rows = rows::all();
    let rules: BTreeSet<_> = rows.iter().map(|row| row.rule).collect();
    assert_eq!(rules.len(), rows.len());
    assert!(rows.len() >= 170, "{}", rows.len());
    for row in rows {
        assert_eq!(matches!(row.said, Said::Same), !row.shows.is_empty(), "{}", row.rule);
        row.said.subject().into_iter().for_each(rules::is_explained);
    }
}

#[test]
fn every_row_is_on_the_map_and_the_map_names_no_other() {
    let rows = rows::all().iter().map(|row| row.rule.to_owned()).collect();
    rules::is_mapped("cargo-rules.md", &rows);
}
