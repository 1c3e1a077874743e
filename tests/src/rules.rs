//! A table of scenarios that a client and Lockgate both play, the rules that they show, and the pages
//! of the documentation that name them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What the two say in one scenario.
#[derive(Clone, Copy)]
pub enum Said {
    /// The same, to the letter.
    Same,
    /// The same in other words: something of each, and where `docs/compatibility.md` says why.
    Otherwise {
        /// What the client says or does.
        theirs: &'static str,
        /// What Lockgate says or does.
        ours: &'static str,
        /// The row of `docs/compatibility.md`.
        subject: &'static str,
    },
    /// Not the same: they do not end alike.
    Ends {
        /// What the client says or does.
        theirs: &'static str,
        /// What Lockgate says or does.
        ours: &'static str,
        /// The row of `docs/compatibility.md`.
        subject: &'static str,
    },
}

impl Said {
    /// The row of `docs/compatibility.md`, if the two differ.
    pub fn subject(&self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::Otherwise { subject, .. } | Self::Ends { subject, .. } => Some(subject),
        }
    }
}

/// What came of one scenario for one of the two.
pub trait Outcome {
    /// Everything that a scenario may be about, as text.
    fn shown(&self) -> String;

    /// What was said to a person.
    fn words(&self) -> &str;

    /// Whether everything but the words is the same.
    ///
    /// # Errors
    /// What is not.
    fn ends_as(&self, other: &Self) -> Result<(), &'static str>;
}

/// What differs between the two that should not. `shows` is something that the client says or does,
/// by which the scenario is known to be about its rule.
pub fn difference<O: Outcome>(
    said: Said,
    shows: &str,
    theirs: &O,
    ours: &O,
) -> Option<&'static str> {
    let ends = ours.ends_as(theirs);
    let (Said::Otherwise { theirs: their_words, ours: our_words, .. }
    | Said::Ends { theirs: their_words, ours: our_words, .. }) = said
    else {
        return match ends {
            Err(what) => Some(what),
            Ok(()) if theirs.words() != ours.words() => Some("the words"),
            Ok(()) if !theirs.shown().contains(shows) => Some("the client shows something else"),
            Ok(()) => None,
        };
    };
    if !theirs.shown().contains(their_words) || !ours.shown().contains(our_words) {
        return Some("neither says what it is about");
    }
    match (said, ends) {
        (Said::Otherwise { .. }, Err(what)) => Some(what),
        (Said::Otherwise { .. }, Ok(())) if theirs.words() == ours.words() => {
            Some("it is no deviation any more")
        }
        (Said::Ends { .. }, Ok(())) => Some("it is no deviation any more"),
        _ => None,
    }
}

/// A page of `docs/`.
///
/// # Panics
/// If there is none.
pub fn page(name: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(docs.join(name)).unwrap_or_else(|error| panic!("docs/{name}: {error}"))
}

/// What stands between backquotes in the last column of the tables of a page of rules. A backquote in
/// the name of a row is left out there.
pub fn named_on(page_name: &str) -> BTreeSet<String> {
    let page = page(page_name);
    let tables = page.lines().filter(|line| line.starts_with('|'));
    let cells = tables.filter_map(|line| line.trim_end_matches('|').rsplit('|').next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Fails if the page names a row that is none, or does not name one.
///
/// # Panics
/// That is how.
pub fn is_mapped(page_name: &str, rows: &BTreeSet<String>) {
    let named = named_on(page_name);
    let unknown: Vec<_> = named.difference(rows).collect();
    let missing: Vec<_> = rows.difference(&named).collect();
    assert!(unknown.is_empty(), "docs/{page_name} names rows that are none: {unknown:#?}");
    assert!(missing.is_empty(), "docs/{page_name} does not name these rows: {missing:#?}");
}

/// Fails if `docs/compatibility.md` has no row about this.
///
/// # Panics
/// That is how.
pub fn is_explained(subject: &str) {
    let is_there = page("compatibility.md").contains(&format!("| {subject} |"));
    assert!(is_there, "docs/compatibility.md: {subject}");
}
