//! How connections are made: directly or through which proxy, and whom servers are believed by.

mod no_proxy;
mod proxy;
mod rules;
mod table;

use std::path::{Path, PathBuf};

pub use no_proxy::{NoProxy, NoProxyError};
pub use proxy::{Proxy, ProxyError, ProxyScheme};
pub use rules::{PROXY_VARIABLES, ProxyRefused, ProxyRules, ProxySetting, is_local_name};

pub use table::{HttpTable, ProxyChoice};

/// How connections are made. The default: directly, believing the authorities of the system.
#[derive(Clone, Debug, Default)]
pub struct HttpSettings {
    /// Which requests go through which proxy.
    pub proxies: ProxyRules,
    /// Whom servers are believed by.
    pub authorities: Authorities,
    /// Whom proxies are believed by that are spoken to over TLS; the same without it.
    pub proxy_authorities: Option<Authorities>,
    /// Which versions of TLS are spoken.
    pub tls: TlsVersions,
    /// What servers are told about the program; `lockgate/VERSION` without it.
    pub user_agent: Option<String>,
}

impl HttpSettings {
    /// The ports of the proxies that there are.
    pub fn proxy_ports(&self) -> impl Iterator<Item = u16> {
        self.proxies.settings().filter_map(|setting| Some(setting.proxy.as_ref().ok()?.port))
    }

    /// The files that are read before the first server is believed, beside the system's own.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        let of_proxy = self.proxy_authorities.as_ref();
        std::iter::once(&self.authorities).chain(of_proxy).filter_map(|authorities| {
            match authorities {
                Authorities::System => None,
                Authorities::Only(file) | Authorities::SystemAnd(file) => Some(file.as_path()),
            }
        })
    }
}

/// Whose certificates are believed. The files are PEM, their paths absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authorities {
    /// Those of the system's authorities.
    #[default]
    System,
    /// Those of the authorities in this file.
    Only(PathBuf),
    /// Both.
    SystemAnd(PathBuf),
}

/// Which versions of TLS are spoken. Older ones than 1.2 never are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TlsVersions {
    /// 1.2 and 1.3.
    #[default]
    Both,
    /// 1.2 alone.
    Only12,
    /// 1.3 alone.
    Only13,
}
