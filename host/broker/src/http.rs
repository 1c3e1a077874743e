//! How the requests of providers travel. cargo's own `[http]` is about cargo's indexes alone.

use std::collections::BTreeMap;
use std::ffi::OsString;

use lockgate_core::{HttpSettings, PROXY_VARIABLES, Secret};

use crate::Machine;

/// The variables that name proxies, which are heeded where the configuration says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProxyVariables(BTreeMap<&'static str, Secret>);

impl ProxyVariables {
    pub(crate) fn of(variables: &BTreeMap<OsString, OsString>) -> Self {
        let set = |name: &'static str| {
            let value = variables.get(&OsString::from(name))?.to_str()?;
            Some((name, Secret::from(value)))
        };
        Self(PROXY_VARIABLES.into_iter().filter_map(set).collect())
    }
}

impl Machine {
    /// How the requests of providers travel: as the administrator's policy says, else as Lockgate's own
    /// configuration does, else directly.
    pub fn http(&self) -> HttpSettings {
        let table = self.ceiling.http().or_else(|| self.own.http());
        let variable = |name: &str| self.proxy_variables.0.get(name).cloned();
        table.map(|table| table.settings(variable)).unwrap_or_default()
    }
}
