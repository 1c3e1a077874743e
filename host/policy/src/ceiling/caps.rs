//! What of a capability an administrator leaves.

use lockgate_core::Registry;

use super::Forbidden;
use super::selector::Selector;
use crate::decide::Facts;
use crate::error::{Place, PolicyError};
use crate::identity::Identity;
use crate::meet::{Entry, Met, Rule, list};
use crate::reader::{Fields, Keys, Node};
use crate::registries::RegistryPattern;
use crate::rules::{
    EnvironmentRule, FileRule, HttpRule, LimitRules, PlainRule, ProcessRule, Speaker, StoreRule,
    flag,
};

/// What may be denied: a limit is lowered, and not denied.
pub(super) const DENY_KEYS: Keys = Keys {
    known: &[
        "registries",
        "stores",
        "http",
        "process",
        "environment",
        "files",
        "plain",
        "prompt",
        "reveal",
    ],
    later: &["proxy"],
};

/// In a list: everything of its kind.
const ALL: &str = "*";

/// The caps of one part of a policy, and the providers that they are for.
#[derive(Clone, Debug)]
pub(crate) struct Cap {
    pub(super) providers: Providers,
    pub(super) message: Option<String>,
    pub(crate) allow: Caps,
    pub(crate) deny: Caps,
}

/// Which providers.
#[derive(Clone, Debug)]
pub(super) enum Providers {
    All,
    Only(Vec<Selector>),
    Except(Vec<Selector>),
}

/// The keys of the grammar in an administrator's text. What is not said is none here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caps {
    pub(crate) registries: Option<CapList<RegistryPattern>>,
    pub(crate) stores: Option<CapList<StoreRule>>,
    pub(crate) http: Option<CapList<HttpRule>>,
    pub(crate) process: Option<CapList<ProcessRule>>,
    pub(crate) environment: Option<CapList<EnvironmentRule>>,
    pub(crate) files: Option<CapList<FileRule>>,
    pub(crate) plain: Option<CapList<PlainRule>>,
    pub(crate) prompt: Option<Entry<bool>>,
    pub(crate) reveal: Option<Entry<bool>>,
    pub(crate) limits: LimitRules,
}

/// One list.
#[derive(Clone, Debug)]
pub(crate) struct CapList<R> {
    pub(crate) place: Place,
    /// Where it says `*`.
    pub(crate) all: Option<Place>,
    pub(crate) entries: Vec<Entry<R>>,
}

/// What the administrator leaves of one rule.
pub(crate) struct Judged<R> {
    pub(crate) left: Vec<Met<R>>,
    /// Why it is less than the whole.
    pub(crate) lost: Option<Forbidden>,
}

/// The caps that count for one call.
pub(crate) struct Court<'a> {
    pub(crate) caps: Vec<&'a Cap>,
    pub(crate) facts: &'a Facts<'a>,
}

impl Caps {
    pub(super) fn read(fields: &Fields<'_>) -> Result<Self, PolicyError> {
        let limits = fields.get("limits").map(|node| LimitRules::read(&node)).transpose()?;
        Ok(Self {
            registries: cap_list(fields)?,
            stores: cap_list(fields)?,
            http: cap_list(fields)?,
            process: cap_list(fields)?,
            environment: cap_list(fields)?,
            files: cap_list(fields)?,
            plain: cap_list(fields)?,
            prompt: flag(fields, "prompt")?,
            reveal: flag(fields, "reveal")?,
            limits: limits.unwrap_or_default(),
        })
    }
}

fn cap_list<R: Rule>(fields: &Fields<'_>) -> Result<Option<CapList<R>>, PolicyError> {
    let Some(node) = fields.get(R::KEY) else { return Ok(None) };
    let is_all = |node: &Node<'_>| node.is_string() && node.text().is_ok_and(|text| text == ALL);
    let all = node.list()?.iter().find(|node| is_all(node)).map(Node::place);
    let place = node.place();
    let entries = match all {
        Some(_) if node.list()?.len() == 1 => Vec::new(),
        _ => list(Some(node), Speaker::Administrator)?,
    };
    Ok(Some(CapList { place, all, entries }))
}

impl Cap {
    pub(super) fn applies_to(&self, identity: &Identity<'_>) -> bool {
        match &self.providers {
            Providers::All => true,
            Providers::Only(list) => list.iter().any(|one| one.restricts(identity)),
            Providers::Except(list) => !list.iter().any(|one| one.matches(identity)),
        }
    }

    fn forbidden(&self, place: &Place, reason: &str) -> Forbidden {
        Forbidden { place: place.clone(), reason: reason.to_owned(), message: self.message.clone() }
    }
}

const DENIED: &str = "it is denied";
const NOT_ALLOWED: &str = "it is not among what is allowed";

impl Court<'_> {
    /// What is left of a rule.
    ///
    /// # Errors
    /// The line because of which nothing is left.
    pub(crate) fn judge<R: Rule>(&self, met: &Met<R>) -> Result<Judged<R>, Forbidden> {
        let mut judged = Judged { left: vec![met.clone()], lost: None };
        for cap in &self.caps {
            if let Some(place) = self.denies(cap, &met.rule) {
                return Err(cap.forbidden(place, DENIED));
            }
            let Some(allowed) = R::capped(&cap.allow).filter(|list| list.all.is_none()) else {
                continue;
            };
            let forbidden = || cap.forbidden(&allowed.place, NOT_ALLOWED);
            let left: Vec<_> =
                judged.left.iter().flat_map(|met| self.under(met, allowed)).collect();
            if left.is_empty() {
                return Err(forbidden());
            }
            if !left.iter().any(|left| left.rule.subject() == met.rule.subject()) {
                judged.lost.get_or_insert_with(forbidden);
            }
            judged.left = left;
        }
        Ok(judged)
    }

    /// Whether something is left that a rule of another kind brings with it.
    ///
    /// # Errors
    /// The line because of which it is not.
    pub(crate) fn judge_part<R: Rule>(&self, part: &R) -> Result<(), Forbidden> {
        let alone = Met { rule: part.clone(), places: Vec::new(), ranks: Vec::new() };
        self.judge(&alone).map(|_| ())
    }

    /// Whether something is left of a rule as far as only denials count.
    ///
    /// # Errors
    /// The line that denies it.
    pub(super) fn judge_denied<R: Rule>(&self, rule: &R) -> Result<(), Forbidden> {
        let denied = |cap: &&Cap| Some(cap.forbidden(self.denies(cap, rule)?, DENIED));
        self.caps.iter().find_map(denied).map_or(Ok(()), Err)
    }

    fn denies<'c, R: Rule>(&self, cap: &'c Cap, rule: &R) -> Option<&'c Place> {
        let denied = R::capped(&cap.deny)?;
        let entry =
            || denied.entries.iter().find(|entry| rule.is_denied_by(&entry.value, self.facts));
        denied.all.as_ref().or_else(|| entry().map(|entry| &entry.place))
    }

    fn under<R: Rule>(&self, met: &Met<R>, allowed: &CapList<R>) -> Vec<Met<R>> {
        let left = |entry: &Entry<R>| {
            let rule = met.rule.meet_cap(&entry.value, self.facts)?;
            Some(met.under(rule, entry))
        };
        allowed.entries.iter().filter_map(left).collect()
    }

    /// Whether a call about this registry is allowed, and the lines that say so.
    ///
    /// # Errors
    /// The line that refuses it.
    pub(crate) fn judge_registry(&self, registry: &Registry) -> Result<Vec<Place>, Forbidden> {
        let mut places = Vec::new();
        let matching = |list: &CapList<RegistryPattern>| {
            let entry = list.entries.iter().find(|entry| entry.value.matches(registry));
            list.all.clone().or_else(|| entry.map(|entry| entry.place.clone()))
        };
        for cap in &self.caps {
            if let Some(place) = cap.deny.registries.as_ref().and_then(matching) {
                return Err(cap.forbidden(&place, "the registry is denied"));
            }
            if let Some(allowed) = &cap.allow.registries {
                let forbidden =
                    || cap.forbidden(&allowed.place, "the registry is not among those allowed");
                places.push(matching(allowed).ok_or_else(forbidden)?);
            }
        }
        Ok(places)
    }

    /// Whether a yes-or-no capability is left.
    ///
    /// # Errors
    /// The line that refuses it.
    pub(crate) fn judge_flag(
        &self,
        pick: fn(&Caps) -> &Option<Entry<bool>>,
    ) -> Result<(), Forbidden> {
        for cap in &self.caps {
            if let Some(denied) = pick(&cap.deny).as_ref().filter(|flag| flag.value) {
                return Err(cap.forbidden(&denied.place, DENIED));
            }
            if let Some(allowed) = pick(&cap.allow).as_ref().filter(|flag| !flag.value) {
                return Err(cap.forbidden(&allowed.place, NOT_ALLOWED));
            }
        }
        Ok(())
    }

    /// Everything of one kind that is denied by its own line, each with the refusal that it means.
    pub(crate) fn denied<R: Rule>(&self) -> impl Iterator<Item = (&R, Forbidden)> {
        self.caps.iter().flat_map(|cap| {
            let list = R::capped(&cap.deny).into_iter().flat_map(|list| &list.entries);
            list.map(|entry| (&entry.value, cap.forbidden(&entry.place, DENIED)))
        })
    }
}
