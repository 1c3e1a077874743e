//! What docker's helpers have in common, as one table: ours with both of its usual stores, and the
//! native ones, whose deviations are listed with their reason.

#[path = "scenarios/row.rs"]
mod row;
#[path = "scenarios/rows.rs"]
mod rows;

use lockgate_tests::docker_helper::{Helper, Pass};

use crate::{Desktop, Home};
use row::{Party, Row};

/// Every row, in surroundings of its own.
fn check(party: Party, helper_in: impl Fn(&Home) -> Helper) {
    let mut wrong = Vec::new();
    for row in rows::all() {
        let home = Home::new();
        wrong.extend(row.check(party, &helper_in(&home)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same with an empty keyring for each.
fn check_within(party: Party, helper_in: impl Fn(&Home, &Desktop) -> Helper) {
    let mut wrong = Vec::new();
    for row in rows::all() {
        let (home, desktop) = (Home::new(), Desktop::new());
        wrong.extend(row.check(party, &helper_in(&home, &desktop)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ours_keeps_every_row_without_a_desktop() {
    check(Party::Ours, Helper::ours);
}

#[test]
fn ours_keeps_every_row_with_the_desktops_keyring() {
    check_within(Party::OursInKeyring, Helper::ours_within);
}

#[test]
fn the_native_one_for_the_keyring_deviates_as_the_rows_say() {
    check_within(Party::SecretService, Helper::secretservice);
}

#[test]
fn the_native_one_for_pass_deviates_as_the_rows_say() {
    let pass = Pass::new();
    check(Party::Pass, |home| {
        pass.empty();
        Helper::pass(home, &pass)
    });
}

/// A deviation that is none any more hides what has changed.
#[test]
fn every_row_has_a_name_of_its_own_and_every_deviation_a_reason() {
    let rows = rows::all();
    let mut names: Vec<_> = rows.iter().map(Row::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rows.len());
    assert!(rows.iter().all(Row::says_why));
}
