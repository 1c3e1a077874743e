//! The grammar: what a provider asks for and what a user grants are written with the same keys.

mod environment;
mod files;
mod http;
mod limits;
mod plain;
mod stores;

pub(crate) use environment::{EnvironmentRule, TOKEN_HOLE};
pub(crate) use files::FileRule;
pub(crate) use http::HttpRule;
pub(crate) use limits::LimitRules;
pub(crate) use plain::PlainRule;
pub(crate) use stores::StoreRule;

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
        "environment",
        "files",
        "plain",
        "prompt",
        "reveal",
        "limits",
    ],
    later: &["process", "proxy"],
};

/// Those that stand for something outside of the provider: they need a reason, and may be optional.
pub(crate) const CAPABILITIES: &[&str] =
    &["stores", "http", "environment", "files", "prompt", "reveal"];

/// What one manifest asks for, or one grant gives. The default is nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(crate) registries: Vec<Entry<RegistryPattern>>,
    pub(crate) stores: Vec<Entry<StoreRule>>,
    pub(crate) http: Vec<Entry<HttpRule>>,
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
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, PolicyError> {
        Ok(Self {
            registries: list(fields.get("registries"))?,
            stores: list(fields.get("stores"))?,
            http: list(fields.get("http"))?,
            environment: list(fields.get("environment"))?,
            files: list(fields.get("files"))?,
            plain: list(fields.get("plain"))?,
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
        let mut lines = of(&self.registries);
        lines.extend(of(&self.stores));
        lines.extend(of(&self.http));
        lines.extend(of(&self.environment));
        lines.extend(of(&self.files));
        lines.extend(of(&self.plain));
        for (capability, flag) in [("prompt", &self.prompt), ("reveal", &self.reveal)] {
            let set = flag.iter().filter(|flag| flag.value);
            lines.extend(set.map(|flag| Line {
                capability,
                subject: "true".to_owned(),
                place: flag.place.clone(),
            }));
        }
        lines.extend(self.limits.lines());
        lines
    }

    /// Whether a key of the grammar asks for anything.
    pub(crate) fn names(&self, key: &str) -> bool {
        self.lines().iter().any(|line| line.capability == key)
    }
}

fn flag(fields: &Fields<'_>, key: &str) -> Result<Option<Entry<bool>>, PolicyError> {
    fields.get(key).map(|node| Ok(Entry { value: node.flag()?, place: node.place() })).transpose()
}

fn of<R: Rule>(entries: &[Entry<R>]) -> Vec<Line> {
    let line = |entry: &Entry<R>| Line {
        capability: R::KEY,
        subject: entry.value.subject(),
        place: entry.place.clone(),
    };
    entries.iter().map(line).collect()
}
