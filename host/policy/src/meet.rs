//! How what is asked for meets what is granted, line by line, under what an administrator allows.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ptr;

use lockgate_core::{escape, shorten};
use toml_edit::Value;

use crate::ceiling::{CapList, Caps, Court};
use crate::decide::Facts;
use crate::decision::{Cause, Decision};
use crate::error::{Place, PolicyError, Problem};
use crate::reader::Node;
use crate::rules::Speaker;

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

/// Longest subject of a refusal, in bytes, as `lockgate_core::Refusal` cuts it.
const MAX_SUBJECT: usize = 256;

/// One entry of a list in the grammar.
pub(crate) trait Rule: Clone + Send + Sync + 'static {
    /// The key of the list.
    const KEY: &'static str;
    /// # Errors
    /// If the value breaks a rule of the key.
    fn read(node: &Node<'_>, speaker: Speaker) -> Result<Self, PolicyError>;
    /// What both rules allow; none if that is nothing.
    fn meet(&self, other: &Self) -> Option<Self>;
    /// What it is about, for people.
    fn subject(&self) -> String;
    /// What an administrator's text says about this kind.
    fn capped(caps: &Caps) -> Option<&CapList<Self>>;
    /// What it is about; no two entries of a list are about the same.
    fn key(&self) -> String {
        self.subject()
    }
    fn rank(&self) -> Rank {
        (false, 0, false, 0, Reverse(0))
    }
    /// As a text writes it.
    fn value(&self) -> Value {
        self.subject().into()
    }
    /// Whether there is a registry for which the two meet.
    fn could_meet(&self, granted: &Self) -> bool {
        self.meet(granted).is_some()
    }
    /// What is left of it under a line of an administrator's.
    fn meet_cap(&self, cap: &Self, _: &Facts<'_>) -> Option<Self> {
        self.meet(cap)
    }
    /// Whether it is lost where an administrator denies the other: if something of it could be that.
    fn is_denied_by(&self, denied: &Self, _: &Facts<'_>) -> bool {
        self.meet(denied).is_some()
    }
    /// Whether a refusal that names `subject` is about this.
    fn concerns(&self, subject: &str) -> bool {
        subject == named(&self.key())
    }
    /// Whether it goes when `named` is taken back.
    fn is_withdrawn_by(&self, named: &Self) -> bool {
        self.key() == named.key()
    }
    /// Why a person should look twice before granting it; nothing if there is no reason to.
    fn risks(&self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// A name as a refusal quotes it.
pub(crate) fn named(name: &str) -> String {
    escape(&shorten(name, MAX_SUBJECT))
}

/// The list of a key.
///
/// # Errors
/// If it is no list, or one of its entries is wrong or there twice.
pub(crate) fn list<R: Rule>(
    node: Option<Node<'_>>,
    speaker: Speaker,
) -> Result<Vec<Entry<R>>, PolicyError> {
    let mut entries: Vec<Entry<R>> = Vec::new();
    let mut keys = BTreeSet::new();
    for node in node.map(|node| node.list()).transpose()?.unwrap_or_default() {
        let value = R::read(&node, speaker)?;
        if !keys.insert(value.key()) {
            return Err(node.error(Problem::Repeated(value.key())));
        }
        entries.push(Entry { value, place: node.place() });
    }
    Ok(entries)
}

/// A rule that several lines allow.
#[derive(Clone)]
pub(crate) struct Met<R> {
    pub(crate) rule: R,
    /// The lines that allow it.
    pub(crate) places: Vec<Place>,
    /// How narrow each of them is.
    pub(crate) ranks: Vec<Rank>,
}

impl<R: Rule> Met<R> {
    /// What one line allows by itself.
    pub(crate) fn alone(entry: &Entry<R>) -> Self {
        Self {
            rule: entry.value.clone(),
            places: vec![entry.place.clone()],
            ranks: vec![entry.value.rank()],
        }
    }

    /// What is left of it under one more line.
    pub(crate) fn under(&self, rule: R, entry: &Entry<R>) -> Self {
        let mut met = Self { rule, ..self.clone() };
        met.places.push(entry.place.clone());
        met.ranks.push(entry.value.rank());
        met
    }
}

/// The rules that both lists and the administrator allow, the one that decides first, and a
/// decision for every line.
pub(crate) fn meet<R: Rule>(
    asked: &[Entry<R>],
    granted: &[Entry<R>],
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<R> {
    let pairs = asked.iter().flat_map(|ask| granted.iter().map(move |grant| (ask, grant)));
    let pairs: Vec<_> = pairs
        .filter_map(|(ask, grant)| Some((ask, grant, ask.value.meet(&grant.value)?)))
        .collect();
    let is_met = |entry: &Entry<R>| {
        pairs.iter().any(|(ask, grant, _)| ptr::eq(*ask, entry) || ptr::eq(*grant, entry))
    };
    for ask in asked.iter().filter(|ask| !is_met(ask)) {
        // Who is told to grant it should not learn only then that it is forbidden.
        let cause = court.judge(&Met::alone(ask)).err().map_or(Cause::NotGranted, Cause::Forbidden);
        trace.push(Decision::about(ask, cause));
    }
    for grant in granted.iter().filter(|grant| !is_met(grant)) {
        trace.push(Decision::about(grant, Cause::NotAsked));
    }
    let met = pairs.iter().map(|(ask, grant, rule)| Met::alone(*ask).under(rule.clone(), grant));
    let judged = met.flat_map(|met| judged(&met, court, trace)).collect();
    settled(judged, trace)
}

/// What the administrator leaves of a rule, with a decision for what is lost.
fn judged<R: Rule>(met: &Met<R>, court: &Court<'_>, trace: &mut Vec<Decision>) -> Vec<Met<R>> {
    let (left, lost) = match court.judge(met) {
        Ok(judged) => (judged.left, judged.lost),
        Err(forbidden) => (Vec::new(), Some(forbidden)),
    };
    if let Some(forbidden) = lost {
        let mut decision = Decision::allowed_by(R::KEY, met.rule.subject(), met.places.clone());
        decision.refuse(&met.rule, Cause::Forbidden(forbidden));
        trace.push(decision);
    }
    left
}

/// The narrowest first, and of several about the same only that.
fn settled<R: Rule>(mut met: Vec<Met<R>>, trace: &mut Vec<Decision>) -> Vec<R> {
    met.sort_by_cached_key(|met| Reverse((met.rule.rank(), met.ranks.clone())));
    let mut keys = BTreeSet::new();
    met.retain(|met| keys.insert(met.rule.key()));
    let allow = |met: Met<R>| {
        trace.push(Decision::allowed_by(R::KEY, met.rule.subject(), met.places));
        met.rule
    };
    met.into_iter().map(allow).collect()
}
