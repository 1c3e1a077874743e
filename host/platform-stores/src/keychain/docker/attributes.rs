//! What an entry of the keychain has beside its secret.

use std::collections::BTreeMap;

/// Those that docker's entries have. Everything but the label and the time makes the entry: the system
/// keeps no two in which all of it is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attribute {
    Account,
    /// How the server asks for the password.
    Authentication,
    /// When it was changed last, in whole seconds since the beginning of 2001.
    Changed,
    Label,
    Path,
    Port,
    Protocol,
    Server,
}

impl Attribute {
    #[cfg(target_os = "macos")]
    pub(crate) const ALL: [Self; 8] = [
        Self::Account,
        Self::Authentication,
        Self::Changed,
        Self::Label,
        Self::Path,
        Self::Port,
        Self::Protocol,
        Self::Server,
    ];
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// Of one entry, or that entries are searched by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attributes(BTreeMap<Attribute, Value>);

impl Attributes {
    pub(crate) fn set(&mut self, attribute: Attribute, value: Value) {
        self.0.insert(attribute, value);
    }

    /// The same with a text more.
    pub(crate) fn with(mut self, attribute: Attribute, text: &str) -> Self {
        self.set(attribute, Value::Text(text.to_owned()));
        self
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Attribute, &Value)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value))
    }

    /// None if it is not there, no text or an empty one.
    pub(crate) fn text(&self, attribute: Attribute) -> Option<&str> {
        match self.0.get(&attribute)? {
            Value::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, attribute: Attribute) -> Option<i64> {
        match self.0.get(&attribute)? {
            Value::Number(number) => Some(*number),
            Value::Text(_) => None,
        }
    }
}
