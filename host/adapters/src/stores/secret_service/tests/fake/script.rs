//! What a fake keyring holds, and how it is to behave.

use std::collections::BTreeSet;

use super::KEYRING;

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// No answer.
    Silence,
    /// The connection ends.
    HangUp,
    /// The bus says so.
    OfBus(&'static str),
    /// The service says so.
    OfService(&'static str),
    /// Bytes that are no message.
    Garbage,
    /// A value of another type than was asked for.
    OtherType,
    /// The answer of somebody else.
    Stranger,
}

/// What becomes of a question.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Person {
    /// None can be asked: nothing is unlocked.
    #[default]
    Nobody,
    Answers,
    Dismisses,
    Silent,
    /// Who asks ends before there is an answer.
    Gone,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) path: String,
    pub(crate) label: &'static str,
    pub(crate) locked: bool,
    pub(crate) secret: Vec<u8>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) modified: u64,
}

pub(crate) fn item(number: u32, secret: &str) -> Item {
    Item {
        path: format!("{KEYRING}/{number}"),
        label: "cargo-registry:corp",
        locked: false,
        secret: secret.into(),
        attributes: Vec::new(),
        modified: 1000,
    }
}

/// An entry as docker's helper keeps it.
pub(crate) fn docker_item(number: u32, server: &str, account: &str, secret: &str) -> Item {
    let attributes = [
        ("xdg:schema", "io.docker.Credentials"),
        ("label", "Docker Credentials"),
        ("docker_cli", "1"),
        ("server", server),
        ("username", account),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Item { label: "of docker", attributes: attributes.into(), ..item(number, secret) }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) items: Vec<Item>,
    /// Without encrypted sessions.
    pub(crate) plain_only: bool,
    /// Without a default keyring.
    pub(crate) no_default: bool,
    pub(crate) locked: bool,
    /// Shows no entries while the keyring is locked, as KeePassXC does.
    pub(crate) hides: bool,
    /// Lists its entries, of which none is the registry's.
    pub(crate) finds_none: bool,
    pub(crate) person: Person,
    pub(crate) kind: Option<&'static str>,
    pub(crate) fault: Option<(&'static str, Fault)>,
    /// Says that it deletes and does not.
    pub(crate) keeps_all: bool,
    /// What the bus says of a service: whether one has the name, and whether one would be started.
    pub(crate) on_bus: (bool, bool),
}

impl Script {
    /// Replaces the entry with these attributes, of cargo's the only one, or makes it; its path.
    pub(super) fn keep(&mut self, attributes: Vec<(String, String)>, secret: Vec<u8>) -> String {
        if !attributes.iter().any(|(name, _)| name == "username") {
            self.items = vec![Item { secret, ..item(1, "") }];
            return self.items[0].path.clone();
        }
        let sorted = |attributes: &[(String, String)]| -> BTreeSet<(String, String)> {
            attributes.iter().cloned().collect()
        };
        let same = |item: &&mut Item| sorted(&item.attributes) == sorted(&attributes);
        let modified = self.items.iter().map(|item| item.modified).max().unwrap_or(1000);
        if let Some(item) = self.items.iter_mut().find(same) {
            (item.secret, item.modified) = (secret, modified);
            return item.path.clone();
        }
        let mut free = (100..).map(|number| item(number, ""));
        let item = free.find(|free| self.items.iter().all(|item| item.path != free.path)).unwrap();
        let path = item.path.clone();
        self.items.push(Item { secret, attributes, modified, ..item });
        path
    }
}
