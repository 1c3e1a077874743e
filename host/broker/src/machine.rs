//! What holds for the user on this machine, wherever a command runs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lockgate_adapters::FileStore;
#[cfg(target_os = "linux")]
use lockgate_adapters::{EncryptedFiles, TerminalPrompt};
use lockgate_audit::{AuditError, Collector, Trail};
use lockgate_core::Registry;
use lockgate_policy::{AuditCollector, Ceiling, Forbidden};
use lockgate_providers::Store;
use lockgate_registry::OwnConfig;
use lockgate_system::{Confined, Folders, Hardening, home_folder};

use crate::files::{read_own_config, read_policy};
use crate::http::ProxyVariables;
use crate::{Choice, ContextError, administrator};

/// The provider whose settings are those of the store of encrypted files, whoever uses it.
#[cfg(target_os = "linux")]
const ENCRYPTED_FILE_PROVIDER: &str = "lockgate:encrypted-file";

/// Lockgate's own part of the configuration, read once for a process. No project and no file of a
/// client has a part in it, so that none of them keeps it from being looked at.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Lockgate's own configuration.
    pub own: OwnConfig,
    /// Lockgate's own places.
    pub folders: Folders,
    /// The most that anybody may give, set by the machine's administrator.
    pub ceiling: Ceiling,
    /// What the process did to harden itself.
    pub hardening: &'static [Hardening],
    home: Option<PathBuf>,
    pub(crate) proxy_variables: ProxyVariables,
}

impl Machine {
    /// Reads the administrator's policy and the user's own configuration. `variables` is the
    /// environment.
    ///
    /// # Errors
    /// If a file is malformed, unreadable or could have been written by others, or there is no home.
    pub fn load(
        variables: &BTreeMap<OsString, OsString>,
        hardening: &'static [Hardening],
    ) -> Result<Self, ContextError> {
        let lookup = |name: &str| variables.get(&OsString::from(name)).cloned();
        let ceiling = read_policy()?;
        if lookup("LOCKGATE_HOME").is_some() {
            ceiling.allows_lockgate_home().map_err(ContextError::OtherHome)?;
        }
        let folders = Folders::find(lookup)?;
        let own = match read_own_config(&folders.config_file)? {
            Some(text) => OwnConfig::parse(&text, &folders.config_file)?,
            None => OwnConfig::default(),
        };
        let home = home_folder(lookup).ok();
        let proxy_variables = ProxyVariables::of(variables);
        Ok(Self { own, folders, ceiling, hardening, home, proxy_variables })
    }

    /// The providers that are installed.
    pub fn providers(&self) -> Store {
        Store::open(&self.folders.providers)
    }

    /// The folder of the audit.
    pub fn audit_folder(&self) -> PathBuf {
        self.folders.state.join(lockgate_audit::FOLDER)
    }

    /// The user's home folder, if it is known.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The providers that are asked where a client wants `choices`: the administrator's come before
    /// them.
    pub fn asked(&self, registry: &Registry, choices: &[Choice]) -> Vec<Choice> {
        administrator::forced(&self.ceiling, registry).unwrap_or_else(|| choices.to_vec())
    }

    /// Whether a request could be recorded now. Makes the folder of the audit where it is missing, as
    /// a request does.
    ///
    /// # Errors
    /// If the file or the administrator's collector cannot be opened.
    pub fn check_audit(&self) -> Result<(), AuditError> {
        self.trail().prepare()
    }

    /// Whether every measure stands that the administrator requires.
    ///
    /// # Errors
    /// The first that does not.
    pub fn check_hardening(&self, confined: &Confined) -> Result<(), Forbidden> {
        administrator::check_hardening(&self.ceiling, self.hardening, confined)
    }

    pub(crate) fn trail(&self) -> Trail {
        let collector = self.ceiling.audit_collector().map(|collector| match collector {
            AuditCollector::Journald => Collector::Journald,
            AuditCollector::Syslog => Collector::Syslog,
        });
        Trail::with_collector(&self.audit_folder(), collector)
    }

    /// The entry of a registry in Lockgate's own store of files.
    pub(crate) fn file_store(&self, registry: &Registry) -> FileStore {
        FileStore::new(&self.folders.state, registry)
    }

    /// Lockgate's own store of encrypted files. Its passphrase is asked for at the terminal, since
    /// standard input may be a client's or have a token.
    #[cfg(target_os = "linux")]
    pub fn encrypted_files(&self) -> EncryptedFiles {
        let settings = self.own.settings_of(ENCRYPTED_FILE_PROVIDER);
        EncryptedFiles::new(&self.folders.state, &settings, Some(Box::new(TerminalPrompt::new())))
    }

    /// A folder of its own, so that a request that changes it reaches nothing else.
    pub(crate) fn logins_folder(&self) -> PathBuf {
        self.folders.state.join("logins")
    }
}
