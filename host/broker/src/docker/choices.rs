//! Who is asked about a server of docker's.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use lockgate_core::{Operation, Registry, escape};

use crate::stores::{
    HAS_DESKTOP_KEYRINGS, desktop_keyring_answers, desktop_keyring_takes_new, keys_of_server,
};
use crate::{Choice, Context, administrator};

/// The provider of the operating system's own store.
const OS_STORE: &str = "lockgate:os-store";
/// The provider of Lockgate's own files.
const FILE_STORE: &str = "lockgate:file";

/// The providers of one request, in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The first that answers, or takes a login, is the last that is asked.
    pub choices: Vec<Choice>,
    /// Those that give up their older entry once one of the others took a login.
    pub replaced: Vec<Choice>,
    /// What a person has to be told after a login, since nobody chose the store.
    pub fallback_warning: Option<Unencrypted>,
    /// What a person has to be told after a logout, since an entry may be where nobody could look.
    pub not_looked_at: Option<KeyringNotAsked>,
}

/// A logout could not ask the desktop's keyring, where a login of another session may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringNotAsked {
    server: String,
}

impl fmt::Display for KeyringNotAsked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "no keyring answers here, so none was looked at; a login to {0} that was made on a desktop may \
             still be in its keyring: `lockgate docker get {0}` shows it in that session, and the same \
             logout there removes it",
            escape(&self.server),
        )
    }
}

/// A credential is kept in a file that is not encrypted, because nothing better takes it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unencrypted {
    /// Whether a keyring answers, which has none that new entries go to.
    pub without_default: bool,
    /// The folder that it is kept in.
    pub folder: PathBuf,
    /// Lockgate's own configuration, where a person can choose.
    pub config_file: PathBuf,
}

impl fmt::Display for Unencrypted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.without_default {
            true => {
                "the keyring that answers here has no default collection for new entries (`seahorse` \
                 makes one)"
            }
            false => "no keyring answers here",
        };
        write!(
            formatter,
            "{why}, so the credential is kept unencrypted in {}, readable by you alone; to choose where \
             credentials are kept, or to keep them there without this warning, put \
             `[docker]` with `providers = [\"{FILE_STORE}\"]` or another provider into {}",
            self.folder.display(),
            self.config_file.display(),
        )
    }
}

impl Context {
    /// The providers of a server: the administrator's, else those that Lockgate's own configuration
    /// lists for it, the first of which is asked first. Where nothing is listed, the desktop's keyring
    /// if one answers, and for a login if it has a default collection, else Lockgate's own files.
    ///
    /// A file's entry is asked for before the keyring: a login that goes to the keyring removes it, so
    /// that one which is there is the newer one, of a time when no keyring took it.
    #[must_use]
    pub fn docker_choices(&self, registry: &Registry, operation: &Operation) -> Chosen {
        let machine = &self.machine;
        if let Some(choices) = administrator::forced(&machine.ceiling, registry) {
            return Chosen { choices, ..Chosen::default() };
        }
        match machine.own.providers_for(registry) {
            Some(listed) => {
                let choices = listed.iter().filter_map(|listed| Choice::of_line(&listed.name));
                Chosen { choices: choices.map(Choice::trusted).collect(), ..Chosen::default() }
            }
            None => self.default_choices(registry, operation),
        }
    }

    fn default_choices(&self, registry: &Registry, operation: &Operation) -> Chosen {
        let (os, file) = (named(OS_STORE), named(FILE_STORE));
        let with = |choices| Chosen { choices, ..Chosen::default() };
        let answers = desktop_keyring_answers();
        let in_file = || self.has_file_entry(registry);
        match operation {
            Operation::Login(_) if answers && desktop_keyring_takes_new() => {
                let replaced = if in_file() { vec![file] } else { Vec::new() };
                Chosen { replaced, ..with(vec![os]) }
            }
            Operation::Login(_) => {
                let fallback_warning = Some(Unencrypted {
                    without_default: answers,
                    folder: self.machine.file_store(registry).folder().to_owned(),
                    config_file: self.machine.folders.config_file.clone(),
                });
                Chosen { fallback_warning, ..with(vec![file]) }
            }
            Operation::Get(_) if !answers => with(vec![file]),
            Operation::Logout if !answers => {
                let not_asked = || KeyringNotAsked { server: registry.url().to_owned() };
                // An entry in a file is what a login here has left.
                let not_looked_at = (HAS_DESKTOP_KEYRINGS && !in_file()).then(not_asked);
                Chosen { not_looked_at, ..with(vec![file]) }
            }
            Operation::Get(_) | Operation::Logout if in_file() => with(vec![file, os]),
            Operation::Get(_) | Operation::Logout => with(vec![os]),
        }
    }

    fn has_file_entry(&self, registry: &Registry) -> bool {
        keys_of_server(registry).iter().any(|key| self.machine.file_store(key).has_entry())
    }

    /// The providers that may serve some server of docker's, each once.
    pub(super) fn docker_providers(&self) -> Vec<Choice> {
        let machine = &self.machine;
        let of_servers = machine.own.docker_servers().flat_map(|(_, list)| list);
        let listed = machine.own.docker_providers().iter().chain(of_servers);
        let listed = listed.map(|listed| &listed.name);
        let forced = machine.ceiling.forced_providers().flat_map(|(lines, _)| lines);
        let mut all: Vec<Choice> =
            listed.chain(forced).filter_map(|line| Choice::of_line(line)).collect();
        if machine.own.docker_providers().is_empty() {
            all.push(named(FILE_STORE));
            all.extend(desktop_keyring_answers().then(|| named(OS_STORE)));
        }
        let mut seen = BTreeSet::new();
        all.retain(|choice| seen.insert(choice.provider.clone()));
        all.into_iter().map(Choice::trusted).collect()
    }

    /// Whether a get of this server would ask the provider.
    pub(super) fn is_asked(&self, registry: &Registry, provider: &str) -> bool {
        let machine = &self.machine;
        let is_it = |choice: &Choice| choice.provider == provider;
        if let Some(forced) = administrator::forced(&machine.ceiling, registry) {
            return forced.iter().any(is_it);
        }
        match machine.own.providers_for(registry) {
            Some(listed) => {
                let mut choices = listed.iter().filter_map(|one| Choice::of_line(&one.name));
                choices.any(|choice| is_it(&choice))
            }
            None => provider == FILE_STORE || provider == OS_STORE,
        }
    }
}

fn named(provider: &str) -> Choice {
    Choice { provider: provider.to_owned(), arguments: Vec::new(), trusted: true, exact: false }
}
