//! The most that anyone may give, set by the machine's administrator.

mod caps;
mod forbidden;
mod host_itself;
mod network;
mod read;
mod selector;

use std::path::PathBuf;

use lockgate_core::{HttpTable, Registry};

pub(crate) use caps::{CapList, Caps, Court};
pub use forbidden::Forbidden;

use crate::decide::Facts;
use crate::error::{Place, PolicyError};
use crate::identity::Identity;
use crate::meet::Entry;
use crate::registries::RegistryPattern;
use crate::rules::StoreRule;
use caps::Cap;
use selector::Selector;

/// The administrator's policy. The default restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Ceiling {
    message: Option<String>,
    lockgate_home: Option<Entry<bool>>,
    reveal_option: Option<Entry<bool>>,
    bridges: Option<Entry<bool>>,
    caller: Option<Entry<CallerRule>>,
    required: Vec<Entry<Requirement>>,
    audit_collector: Option<AuditCollector>,
    allowed: Option<Entry<Vec<Selector>>>,
    blocked: Vec<Entry<Selector>>,
    forced: Vec<Forced>,
    http: Option<HttpTable>,
    caps: Vec<Cap>,
}

/// Who may ask for credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CallerRule {
    /// Every program.
    #[default]
    Any,
    /// Every program that runs at a terminal.
    Terminal,
    /// Every program, when a person at the terminal confirms it.
    Confirm,
    /// These programs, by absolute path.
    Programs(Vec<PathBuf>),
}

/// What has to stand before anything is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Everything is recorded.
    Audit,
    /// Every hardening of the process and both walls.
    Hardening,
    /// A registry's name has one index, given by configuration that a project cannot write.
    PinnedIndexes,
}

/// Who collects audit lines beside the user's own file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditCollector {
    /// systemd's journal.
    Journald,
    /// The system's log daemon.
    Syslog,
}

/// The providers of a registry, whatever the user's configuration says.
#[derive(Clone, Debug)]
struct Forced {
    registry: RegistryPattern,
    /// A name each, with what else the user's own configuration may say behind it.
    lines: Vec<String>,
    /// For each line what its provider has to be, since a name can be given to any.
    selectors: Vec<Vec<Selector>>,
    place: Place,
}

impl Ceiling {
    /// Reads a policy. `source` is what errors and decisions call the text: the file's path.
    ///
    /// # Errors
    /// If anything in the text is not enforced, with the line.
    pub fn parse(text: &str, source: &str) -> Result<Self, PolicyError> {
        read::read(text, source)
    }

    /// What is said with every refusal.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Whether the variable `LOCKGATE_HOME` may move the user's own folder.
    ///
    /// # Errors
    /// If not, with the line.
    pub fn allows_lockgate_home(&self) -> Result<(), Forbidden> {
        self.check(&self.lockgate_home, "LOCKGATE_HOME is not heeded on this machine")
    }

    /// Whether the option `--reveal` of the command line exists.
    ///
    /// # Errors
    /// If not, with the line.
    pub fn allows_reveal_option(&self) -> Result<(), Forbidden> {
        self.check(&self.reveal_option, "secrets are not shown on this machine")
    }

    /// Who may ask for credentials.
    pub fn caller(&self) -> &CallerRule {
        const ANY: &CallerRule = &CallerRule::Any;
        self.caller.as_ref().map_or(ANY, |entry| &entry.value)
    }

    /// The line that says who may ask.
    pub fn caller_place(&self) -> Option<&Place> {
        self.caller.as_ref().map(|entry| &entry.place)
    }

    /// The line that requires this; none if it is not required.
    pub fn requires(&self, requirement: Requirement) -> Option<&Place> {
        let entry = self.required.iter().find(|entry| entry.value == requirement);
        entry.map(|entry| &entry.place)
    }

    /// Who collects audit lines.
    pub fn audit_collector(&self) -> Option<AuditCollector> {
        self.audit_collector
    }

    /// How the requests of providers travel, in place of all that the user's own configuration says
    /// about it.
    pub fn http(&self) -> Option<&HttpTable> {
        self.http.as_ref()
    }

    /// The providers that a registry has, whatever the user's configuration says, and the line: of
    /// the first pattern that matches it.
    pub fn providers_for(&self, registry: &Registry) -> Option<(&[String], &Place)> {
        let forced = self.forced_for(registry)?;
        Some((&forced.lines, &forced.place))
    }

    /// All lines that give registries their providers, with their places.
    pub fn forced_providers(&self) -> impl Iterator<Item = (&[String], &Place)> {
        self.forced.iter().map(|forced| (forced.lines.as_slice(), &forced.place))
    }

    /// Whether this provider may run at all.
    ///
    /// # Errors
    /// If it is blocked, not among those that are allowed, or a bridge where none may be.
    pub fn admits(&self, identity: &Identity<'_>) -> Result<(), Forbidden> {
        let is_meant = |entry: &&Entry<Selector>| entry.value.restricts(identity);
        if let Some(entry) = self.blocked.iter().find(is_meant) {
            return Err(self.refusal(&entry.place, format!("`{}` is blocked", entry.value)));
        }
        if let Some(allowed) = &self.allowed
            && !allowed.value.iter().any(|selector| selector.matches(identity))
        {
            let reason = "the provider is not among those that are allowed";
            return Err(self.refusal(&allowed.place, reason));
        }
        match identity.bridge {
            true => self.check(&self.bridges, "bridges to native programs are not allowed"),
            false => Ok(()),
        }
    }

    /// Whether this provider may run and have this store, whichever registries it may serve; `registry`
    /// is any one.
    ///
    /// # Errors
    /// As [`Self::admits`], or if the store is denied to it or not among those that are allowed.
    pub fn admits_store(
        &self,
        identity: &Identity<'_>,
        store: &str,
        registry: &Registry,
    ) -> Result<(), Forbidden> {
        self.admits(identity)?;
        let facts = &Facts { registry, token_variable: None, home: None };
        let court = Court { caps: self.caps_for(identity), facts };
        court.judge_part(&StoreRule(store.to_owned()))
    }

    /// A refusal because of a line of this policy, with the policy's message.
    pub fn refusal(&self, place: &Place, reason: impl Into<String>) -> Forbidden {
        Forbidden { place: place.clone(), reason: reason.into(), message: self.message.clone() }
    }

    /// Whether this provider is one of the registry's own.
    pub(crate) fn check_forced(
        &self,
        identity: &Identity<'_>,
        registry: &Registry,
    ) -> Result<(), Forbidden> {
        let Some(forced) = self.forced_for(registry) else { return Ok(()) };
        let named = || {
            let lines = forced.lines.iter().zip(&forced.selectors);
            lines.filter(|(line, _)| line.split(' ').next() == Some(identity.name))
        };
        let is_it = |selectors: &[Selector]| selectors.iter().any(|one| one.matches(identity));
        let reason = match (named().next(), named().any(|(_, selectors)| is_it(selectors))) {
            (_, true) => return Ok(()),
            (Some(_), false) => "the registry is served by another provider of this name",
            (None, false) => "the registry is served by other providers",
        };
        Err(self.refusal(&forced.place, reason))
    }

    fn forced_for(&self, registry: &Registry) -> Option<&Forced> {
        self.forced.iter().find(|forced| forced.registry.matches(registry))
    }

    /// What counts for this provider.
    pub(crate) fn caps_for(&self, identity: &Identity<'_>) -> Vec<&Cap> {
        self.caps.iter().filter(|cap| cap.applies_to(identity)).collect()
    }

    fn check(&self, flag: &Option<Entry<bool>>, reason: &str) -> Result<(), Forbidden> {
        match flag {
            Some(Entry { value: false, place }) => Err(self.refusal(place, reason)),
            _ => Ok(()),
        }
    }
}
