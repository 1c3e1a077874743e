//! The grammar: what a provider asks for, what a user grants and what an administrator allows are
//! written with the same keys.

mod environment;
mod files;
mod http;
mod limits;
mod path;
mod plain;
mod process;
mod receives;
mod stores;
mod template;

pub(crate) use environment::{EnvironmentRule, TOKEN_HOLE};
pub(crate) use files::FileRule;
pub(crate) use http::HttpRule;
pub(crate) use limits::LimitRules;
pub(crate) use path::check_program;
pub(crate) use plain::PlainRule;
pub(crate) use process::ProcessRule;
pub(crate) use stores::StoreRule;

use crate::change;
use crate::error::{Place, PolicyError};
use crate::meet::{Entry, Rule, list};
use crate::reader::{Fields, Keys};
use crate::registries::RegistryPattern;

/// The keys of the grammar.
pub(crate) const KEYS: Keys = Keys {
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
        "limits",
    ],
    later: &["proxy"],
};

/// Those that stand for something outside of the provider: they need a reason, and may be optional.
pub(crate) const CAPABILITIES: &[&str] =
    &["stores", "http", "process", "environment", "files", "prompt", "reveal"];

/// Whose text is read: a few values are for one of them only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaker {
    Provider,
    User,
    Administrator,
}

/// What one manifest asks for, or one grant gives. The default is nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(crate) registries: Vec<Entry<RegistryPattern>>,
    pub(crate) stores: Vec<Entry<StoreRule>>,
    pub(crate) http: Vec<Entry<HttpRule>>,
    pub(crate) process: Vec<Entry<ProcessRule>>,
    pub(crate) environment: Vec<Entry<EnvironmentRule>>,
    pub(crate) files: Vec<Entry<FileRule>>,
    pub(crate) plain: Vec<Entry<PlainRule>>,
    pub(crate) prompt: Option<Entry<bool>>,
    pub(crate) reveal: Option<Entry<bool>>,
    pub(crate) limits: LimitRules,
}

/// One thing that rules name, for showing and comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key in the grammar.
    pub capability: &'static str,
    /// The very thing.
    pub subject: String,
    /// Where it is said.
    pub place: Place,
}

impl Rules {
    pub(crate) fn read(fields: &Fields<'_>, speaker: Speaker) -> Result<Self, PolicyError> {
        Ok(Self {
            registries: list(fields.get("registries"), speaker)?,
            stores: list(fields.get("stores"), speaker)?,
            http: list(fields.get("http"), speaker)?,
            process: list(fields.get("process"), speaker)?,
            environment: list(fields.get("environment"), speaker)?,
            files: list(fields.get("files"), speaker)?,
            plain: list(fields.get("plain"), speaker)?,
            prompt: flag(fields, "prompt")?,
            reveal: flag(fields, "reveal")?,
            limits: fields
                .get("limits")
                .map(|node| LimitRules::read(&node))
                .transpose()?
                .unwrap_or_default(),
        })
    }

    /// Everything that is named, in the order of the grammar's keys, without what is `false`.
    pub fn lines(&self) -> Vec<Line> {
        self.items()
            .into_iter()
            .map(|item| Line {
                capability: item.capability,
                subject: item.subject,
                place: item.place,
            })
            .collect()
    }

    /// [`Rules::lines`] with what is needed to write them down again.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = of(&self.registries);
        items.extend(of(&self.stores));
        items.extend(of(&self.http));
        items.extend(of(&self.process));
        items.extend(of(&self.environment));
        items.extend(of(&self.files));
        items.extend(of(&self.plain));
        items.extend(of_flag("prompt", &self.prompt, &[]));
        items.extend(of_flag("reveal", &self.reveal, &["it sees the bytes of secrets"]));
        items.extend(self.limits.items());
        items
    }

    /// Whether a key of the grammar asks for anything.
    pub(crate) fn names(&self, key: &str) -> bool {
        let is_set = |flag: &Option<Entry<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
        match key {
            "registries" => !self.registries.is_empty(),
            "stores" => !self.stores.is_empty(),
            "http" => !self.http.is_empty(),
            "process" => !self.process.is_empty(),
            "environment" => !self.environment.is_empty(),
            "files" => !self.files.is_empty(),
            "plain" => !self.plain.is_empty(),
            "prompt" => is_set(&self.prompt),
            "reveal" => is_set(&self.reveal),
            "limits" => !self.limits.items().is_empty(),
            _ => false,
        }
    }
}

/// One thing that rules name, of any kind.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) capability: &'static str,
    /// For people.
    pub(crate) subject: String,
    /// What it is about; one for each capability.
    pub(crate) key: String,
    /// As a text writes it.
    pub(crate) value: toml_edit::Value,
    pub(crate) place: Place,
    /// Why a person should look twice.
    pub(crate) risks: Vec<&'static str>,
}

impl Item {
    /// The `CAPABILITY=VALUE` that grants it.
    pub(crate) fn argument(&self) -> String {
        match self.capability {
            "limits" => change::argument(&format!("limits.{}", self.key), &self.value),
            "process" if self.value.as_str() == Some(process::CHOSEN) => {
                "process=/PATH/TO/PROGRAM".to_owned()
            }
            capability => change::argument(capability, &self.value),
        }
    }
}

pub(crate) fn flag(fields: &Fields<'_>, key: &str) -> Result<Option<Entry<bool>>, PolicyError> {
    fields.get(key).map(|node| Ok(Entry { value: node.flag()?, place: node.place() })).transpose()
}

fn of<R: Rule>(entries: &[Entry<R>]) -> Vec<Item> {
    let item = |entry: &Entry<R>| Item {
        capability: R::KEY,
        subject: entry.value.subject(),
        key: entry.value.key(),
        value: entry.value.value(),
        place: entry.place.clone(),
        risks: entry.value.risks(),
    };
    entries.iter().map(item).collect()
}

fn of_flag(
    capability: &'static str,
    flag: &Option<Entry<bool>>,
    risks: &[&'static str],
) -> Option<Item> {
    let set = flag.as_ref().filter(|flag| flag.value)?;
    Some(Item {
        capability,
        subject: "true".to_owned(),
        key: String::new(),
        value: true.into(),
        place: set.place.clone(),
        risks: risks.to_vec(),
    })
}
