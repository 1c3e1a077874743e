//! Grants that change.

use toml_edit::{Array, InlineTable, Value};

use crate::change::Change;
use crate::error::PolicyError;
use crate::grant::Grant;
use crate::manifest::Manifest;
use crate::meet::{Entry, Rule};
use crate::rules::{Item, LimitRules, Rules};

const LIMITS: &str = "limits";

/// Something that is to be taken back was not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{change}` is not granted; {}", listed("what is granted", .granted))]
pub struct NotThere {
    /// What was to be taken back.
    pub change: String,
    /// What is granted, as `CAPABILITY=VALUE`.
    pub granted: Vec<String>,
}

/// Something that is to be granted is not asked for, so that granting it would do nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider does not ask for `{change}`; {}", listed("it asks for", .asked))]
pub struct NotAskedFor {
    /// What was to be granted.
    pub change: String,
    /// What is asked for, as `CAPABILITY=VALUE`.
    pub asked: Vec<String>,
}

fn listed(head: &str, arguments: &[String]) -> String {
    match arguments {
        [] => format!("{head}: nothing"),
        some => format!("{head}: {}", some.join(", ")),
    }
}

impl Grant {
    /// The grant with these changes: what is about the same thing is replaced. `source` is what
    /// decisions call its text, [`Grant::to_toml`]: the path of the file that it is written to.
    ///
    /// # Errors
    /// If the outcome is more than a grant may have.
    pub fn with(&self, changes: &[Change], source: &str) -> Result<Self, PolicyError> {
        let mut items = self.rules.items();
        for change in changes {
            let named = change.rules.items();
            let is_replaced = |item: &Item| {
                named.iter().any(|new| new.capability == item.capability && new.key == item.key)
            };
            items.retain(|item| !is_replaced(item) && !is_unset(item, change));
            items.extend(named);
        }
        Self::parse(&to_toml(&items), source)
    }

    /// The grant without these things. An address without methods stands for it with all of them,
    /// and a program without arguments for it with all of them.
    ///
    /// # Errors
    /// If one of them is not granted; nothing is taken back then.
    pub fn without(&self, changes: &[Change]) -> Result<Self, NotThere> {
        let mut rules = self.rules.clone();
        for change in changes {
            let before = rules.items().len();
            withdraw(&mut rules, change);
            if rules.items().len() == before {
                return Err(NotThere {
                    change: change.to_string(),
                    granted: arguments(&self.rules),
                });
            }
        }
        Ok(Self { rules })
    }

    /// The grant as a text that [`Grant::parse`] reads as the same.
    pub fn to_toml(&self) -> String {
        to_toml(&self.rules.items())
    }

    /// Whether it gives nothing at all.
    pub fn is_empty(&self) -> bool {
        self.rules.items().is_empty()
    }
}

impl Manifest {
    /// Whether granting this would give anything that the provider asks for.
    ///
    /// # Errors
    /// If not, with what it asks for.
    pub fn covers(&self, change: &Change) -> Result<(), NotAskedFor> {
        let (asks, named) = (&self.asks, &change.rules);
        let is_set = |flag: &Option<Entry<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
        let covered = all_meet(&asks.registries, &named.registries)
            && all_meet(&asks.stores, &named.stores)
            && all_meet(&asks.http, &named.http)
            && all_meet(&asks.process, &named.process)
            && all_meet(&asks.environment, &named.environment)
            && all_meet(&asks.files, &named.files)
            && all_meet(&asks.plain, &named.plain)
            && (is_set(&asks.prompt) || !is_set(&named.prompt))
            && (is_set(&asks.reveal) || !is_set(&named.reveal));
        match covered {
            true => Ok(()),
            false => Err(NotAskedFor { change: change.to_string(), asked: arguments(&self.asks) }),
        }
    }
}

fn all_meet<R: Rule>(asked: &[Entry<R>], named: &[Entry<R>]) -> bool {
    let is_asked = |named: &Entry<R>| asked.iter().any(|ask| ask.value.could_meet(&named.value));
    named.iter().all(is_asked)
}

/// `CAPABILITY=VALUE` of everything that rules name.
fn arguments(rules: &Rules) -> Vec<String> {
    rules.items().iter().map(Item::argument).collect()
}

/// Whether a change says `false` to it.
fn is_unset(item: &Item, change: &Change) -> bool {
    let limits = &change.rules.limits;
    match item.capability {
        "prompt" => change.rules.prompt.is_some(),
        "reveal" => change.rules.reveal.is_some(),
        LIMITS if item.key == LimitRules::ANY_PURPOSE => limits.any_purpose.is_some(),
        _ => false,
    }
}

fn withdraw(rules: &mut Rules, change: &Change) {
    let named = &change.rules;
    withdraw_from(&mut rules.registries, &named.registries);
    withdraw_from(&mut rules.stores, &named.stores);
    withdraw_from(&mut rules.http, &named.http);
    withdraw_from(&mut rules.process, &named.process);
    withdraw_from(&mut rules.environment, &named.environment);
    withdraw_from(&mut rules.files, &named.files);
    withdraw_from(&mut rules.plain, &named.plain);
    let flags = [(&mut rules.prompt, &named.prompt), (&mut rules.reveal, &named.reveal)];
    for (flag, _) in flags.into_iter().filter(|(_, named)| named.is_some()) {
        *flag = None;
    }
    rules.limits.withdraw(&named.limits);
}

fn withdraw_from<R: Rule>(entries: &mut Vec<Entry<R>>, named: &[Entry<R>]) {
    entries.retain(|entry| !named.iter().any(|named| entry.value.is_withdrawn_by(&named.value)));
}

/// Limits first, as a grant has to have them; then a list for each key.
fn to_toml(items: &[Item]) -> String {
    let mut text = String::new();
    let limits: InlineTable = items
        .iter()
        .filter(|item| item.capability == LIMITS)
        .map(|item| (item.key.as_str(), item.value.clone()))
        .collect();
    if !limits.is_empty() {
        text.push_str(&line(LIMITS, &limits.into()));
    }
    for key in crate::rules::KEYS.known.iter().filter(|key| **key != LIMITS) {
        let values = items.iter().filter(|item| item.capability == *key).map(|item| &item.value);
        match *key {
            "prompt" | "reveal" => values.for_each(|value| text.push_str(&line(key, value))),
            _ => text.push_str(&list(key, values.cloned().collect())),
        }
    }
    text
}

fn line(key: &str, value: &Value) -> String {
    format!("{key} = {}\n", value.to_string().trim())
}

fn list(key: &str, mut values: Array) -> String {
    match values.len() {
        0 => return String::new(),
        1 => {}
        _ => {
            values.iter_mut().for_each(|value| value.decor_mut().set_prefix("\n    "));
            values.set_trailing("\n");
            values.set_trailing_comma(true);
        }
    }
    line(key, &values.into())
}
