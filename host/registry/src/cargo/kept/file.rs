//! One file of tokens, without the tokens.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use lockgate_core::{PlainKey, PlainToml, PlainValue, read_plain_toml};

use crate::cargo::binding::CredentialTable;
use crate::cargo::file::FileLayer;
use crate::cargo::value::{Entry, Table, Value};
use crate::cargo::{Definition, Layer, schema};
use crate::source::{Quoting, SourceText};

/// A key of such a file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptEntry {
    /// In its table; in the others of a file with the words before it.
    pub(crate) key: String,
    pub(crate) defined: Definition,
}

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct KeptFile {
    pub(crate) path: Arc<Path>,
    tables: HashMap<CredentialTable, Vec<KeptEntry>>,
    /// What it includes, and aliases.
    pub(super) others: Vec<KeptEntry>,
}

impl KeptFile {
    /// One that says nothing, or is gone.
    pub(super) fn empty(path: &Arc<Path>) -> Self {
        Self { path: Arc::clone(path), tables: HashMap::new(), others: Vec::new() }
    }

    /// Where the token of a table is.
    pub(crate) fn token(&self, table: &CredentialTable) -> Option<&Definition> {
        self.entries(table).find(|entry| entry.key == "token").map(|entry| &entry.defined)
    }

    /// The tables of registries that it has.
    pub(super) fn tables(&self) -> impl Iterator<Item = &CredentialTable> {
        self.tables.keys()
    }

    /// What it says in a table.
    pub(super) fn entries(&self, table: &CredentialTable) -> impl Iterator<Item = &KeptEntry> {
        self.tables.get(table).into_iter().flatten()
    }

    /// A plain file that includes no other one; `None` if the whole parser has to decide.
    pub(super) fn plain(path: &Arc<Path>, text: &str) -> Option<Self> {
        let source = SourceText::new(path, text, Quoting::WithoutSecrets);
        let mut reader = Plain {
            source: &source,
            file: Self::empty(path),
            place: Place::Root,
            entries: Vec::new(),
            old: None,
            has_registry: false,
            doubt: false,
        };
        let is_plain = read_plain_toml(text, &mut reader);
        (is_plain && !reader.doubt).then(|| reader.finish())
    }

    /// Any file that the whole parser has read; the secrets in it go with it.
    pub(super) fn whole(layer: FileLayer) -> Self {
        let path = layer.path.unwrap_or_else(|| Path::new("").into());
        let mut file = Self::empty(&path);
        let values = &layer.values;
        let table = |entry: &Entry| entry.table().map(kept).unwrap_or_default();
        let old = values.get("token").filter(|token| token.secret().is_some());
        if let Some(registry) = values.get("registry") {
            file.tables.insert(CredentialTable::CratesIo, table(registry));
        } else if let Some(old) = old {
            file.old_token(old.definition.clone());
        }
        for (name, entry) in values.get("registries").and_then(Entry::table).into_iter().flatten() {
            file.tables.insert(CredentialTable::Named(name.clone()), table(entry));
        }
        for entry in values.get("include").and_then(Entry::list).into_iter().flatten() {
            file.others
                .push(KeptEntry { key: "include".to_owned(), defined: entry.definition.clone() });
        }
        let aliases = values.get("credential-alias").map(table).unwrap_or_default();
        file.others.extend(aliases.into_iter().map(alias));
        file
    }

    /// The token of old, which stands for that of `[registry]` where there is no such table.
    fn old_token(&mut self, defined: Definition) {
        let token = KeptEntry { key: "token".to_owned(), defined };
        self.tables.insert(CredentialTable::CratesIo, vec![token]);
    }
}

/// The keys of a table; a secret that is no text is none.
fn kept(table: &Table) -> Vec<KeptEntry> {
    let is_real = |(key, entry): &(&String, &Entry)| {
        !schema::is_secret(key) || matches!(entry.value, Value::Secret(_))
    };
    let entry = |(key, entry): (&String, &Entry)| KeptEntry {
        key: key.clone(),
        defined: entry.definition.clone(),
    };
    table.iter().filter(is_real).map(entry).collect()
}

fn alias(entry: KeptEntry) -> KeptEntry {
    KeptEntry { key: format!("credential-alias.{}", entry.key), ..entry }
}

struct Plain<'s> {
    source: &'s SourceText<'s>,
    file: KeptFile,
    place: Place,
    /// Of the registry's table that is being read.
    entries: Vec<KeptEntry>,
    old: Option<Definition>,
    has_registry: bool,
    doubt: bool,
}

/// Where in the file.
enum Place {
    Root,
    In(CredentialTable),
    Aliases,
    /// Where a registry may be written as a value.
    Registries,
    Elsewhere,
}

impl Plain<'_> {
    fn defined(&self, at: usize) -> Definition {
        let path = Arc::clone(&self.file.path);
        Definition::File { path, line: self.source.line(at), layer: Layer::Home }
    }

    fn finish_table(&mut self) {
        if let Place::In(table) = std::mem::replace(&mut self.place, Place::Elsewhere) {
            // As much memory as they need: most tables have one.
            self.file.tables.insert(table, self.entries.drain(..).collect());
        }
    }

    fn finish(mut self) -> KeptFile {
        self.finish_table();
        if let Some(old) = self.old.take().filter(|_| !self.has_registry) {
            self.file.old_token(old);
        }
        self.file
    }
}

impl<'a> PlainToml<'a> for Plain<'_> {
    fn table(&mut self, path: &[PlainKey<'a>]) {
        let names: [Option<&str>; 3] = std::array::from_fn(|at| path.get(at).map(|key| &*key.name));
        self.finish_table();
        self.has_registry |= names.first() == Some(&Some("registry"));
        self.place = match names {
            [Some("registry"), None, _] => Place::In(CredentialTable::CratesIo),
            [Some("registries"), None, _] => Place::Registries,
            [Some("registries"), Some(name), None] => {
                Place::In(CredentialTable::Named(name.to_owned()))
            }
            [Some("credential-alias"), None, _] => Place::Aliases,
            _ => Place::Elsewhere,
        };
    }

    fn entry(&mut self, key: PlainKey<'a>, value: PlainValue<'a>) {
        let defined = self.defined(key.at);
        let is_text = matches!(value, PlainValue::Text(_));
        let entry = KeptEntry { key: key.name.into_owned(), defined };
        match (&self.place, entry.key.as_str()) {
            (Place::In(_), key) if schema::is_secret(key) && !is_text => {}
            (Place::In(_), _) => self.entries.push(entry),
            (Place::Aliases, _) => self.file.others.push(alias(entry)),
            (Place::Root, "token") if is_text => self.old = Some(entry.defined),
            (Place::Root, "include" | "registry" | "registries" | "credential-alias")
            | (Place::Registries, _) => self.doubt = true,
            (Place::Root | Place::Elsewhere, _) => {}
        }
    }
}
