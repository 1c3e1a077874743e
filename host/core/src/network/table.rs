//! `[http]` of Lockgate's own configuration and of the administrator's policy.

use std::path::PathBuf;

use super::{Authorities, HttpSettings, NoProxy, ProxyRules, ProxySetting};
use crate::Secret;

/// How the requests of providers travel.
#[derive(Clone, Debug, Default)]
pub struct HttpTable {
    /// The proxy; none without it.
    pub proxy: Option<ProxyChoice>,
    /// Hosts that are connected to directly all the same.
    pub no_proxy: NoProxy,
    /// The absolute path of a PEM file with the authorities that are believed instead of the system's.
    pub ca_file: Option<PathBuf>,
}

/// Which proxy is meant.
#[derive(Clone, Debug)]
pub enum ProxyChoice {
    /// The one that the environment names.
    Environment,
    /// This one.
    Named(ProxySetting),
}

impl HttpTable {
    /// The settings of all requests. This machine itself is connected to directly. `variable` is
    /// asked where the table says that the environment counts, and nowhere else.
    pub fn settings(&self, variable: impl Fn(&str) -> Option<Secret>) -> HttpSettings {
        let rules = match &self.proxy {
            None => ProxyRules::default(),
            Some(ProxyChoice::Environment) => ProxyRules::of_environment(variable),
            Some(ProxyChoice::Named(setting)) => {
                ProxyRules::always(setting.clone(), NoProxy::default())
            }
        };
        HttpSettings {
            proxies: rules.but_for(self.no_proxy.clone()).this_machine_directly(),
            authorities: self.ca_file.clone().map_or(Authorities::System, Authorities::Only),
            ..HttpSettings::default()
        }
    }
}
