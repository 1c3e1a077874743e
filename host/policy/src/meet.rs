//! How what is asked for meets what is granted, line by line.

use std::cmp::Reverse;
use std::ptr;

use crate::error::{Place, PolicyError, Problem};
use crate::reader::Node;

/// Something that a line says, and which line.
#[derive(Clone, Debug)]
pub(crate) struct Entry<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

/// How narrow a rule is. Where several are about the same thing, the narrowest decides: one host
/// before many, then the longer path, named methods before all, the longer host, fewer methods.
/// `Capabilities::http` compares the first three likewise.
pub(crate) type Rank = (bool, usize, bool, usize, Reverse<usize>);

/// One entry of a list in the grammar.
pub(crate) trait Rule: Sized {
    /// The key of the list.
    const KEY: &'static str;
    /// # Errors
    /// If the value breaks a rule of the key.
    fn read(node: &Node<'_>) -> Result<Self, PolicyError>;
    /// What both rules allow; none if that is nothing.
    fn meet(&self, other: &Self) -> Option<Self>;
    /// What it is about, for people.
    fn subject(&self) -> String;
    /// What it is about; no two entries of a list are about the same.
    fn key(&self) -> String {
        self.subject()
    }
    fn rank(&self) -> Rank {
        (false, 0, false, 0, Reverse(0))
    }
}

/// The list of a key.
///
/// # Errors
/// If it is no list, or one of its entries is wrong or there twice.
pub(crate) fn list<R: Rule>(node: Option<Node<'_>>) -> Result<Vec<Entry<R>>, PolicyError> {
    let mut entries: Vec<Entry<R>> = Vec::new();
    for node in node.map(|node| node.list()).transpose()?.unwrap_or_default() {
        let value = R::read(&node)?;
        if entries.iter().any(|entry| entry.value.key() == value.key()) {
            return Err(node.error(Problem::Repeated(value.key())));
        }
        entries.push(Entry { value, place: node.place() });
    }
    Ok(entries)
}

/// One thing that was asked for or granted, and whether the call may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The key in the grammar.
    pub capability: &'static str,
    /// The very thing.
    pub subject: String,
    /// The lines that decided: the manifest's before the grant's.
    pub places: Vec<Place>,
    /// Why not, as the rest of a sentence that begins with the subject; none if it may be used.
    pub refusal: Option<&'static str>,
}

pub(crate) const NOT_ASKED: &str = "is granted, but the provider does not ask for it";
pub(crate) const NOT_GRANTED: &str = "is asked for, but not granted";

impl Decision {
    /// Whether the call may use it.
    pub fn allowed(&self) -> bool {
        self.refusal.is_none()
    }
}

/// The rules that both lists allow, the one that decides first, and a decision for every line.
pub(crate) fn meet<R: Rule>(
    asked: &[Entry<R>],
    granted: &[Entry<R>],
    trace: &mut Vec<Decision>,
) -> Vec<R> {
    let pairs = || asked.iter().flat_map(|ask| granted.iter().map(move |grant| (ask, grant)));
    let mut met: Vec<(R, &Entry<R>, &Entry<R>)> = pairs()
        .filter_map(|(ask, grant)| Some((ask.value.meet(&grant.value)?, ask, grant)))
        .collect();
    for (entries, refusal) in [(asked, NOT_GRANTED), (granted, NOT_ASKED)] {
        let is_met = |entry: &&Entry<R>| {
            met.iter().any(|(_, ask, grant)| [ask, grant].iter().any(|met| ptr::eq(**met, *entry)))
        };
        for entry in entries.iter().filter(|entry| !is_met(entry)) {
            trace.push(decision(&entry.value, &[&entry.place], Some(refusal)));
        }
    }
    met.sort_by_key(|(rule, ask, grant)| {
        Reverse((rule.rank(), ask.value.rank(), grant.value.rank()))
    });
    let mut rules: Vec<R> = Vec::new();
    for (rule, ask, grant) in met {
        if !rules.iter().any(|known| known.key() == rule.key()) {
            trace.push(decision(&rule, &[&ask.place, &grant.place], None));
            rules.push(rule);
        }
    }
    rules
}

fn decision<R: Rule>(rule: &R, places: &[&Place], refusal: Option<&'static str>) -> Decision {
    Decision {
        capability: R::KEY,
        subject: rule.subject(),
        places: places.iter().copied().cloned().collect(),
        refusal,
    }
}
