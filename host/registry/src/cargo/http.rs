//! `[http]` and `[net]`: how cargo reaches registries. A project does not decide how credentials
//! travel, so its files are not asked.

mod read;
mod tls;

use std::time::Duration;

use lockgate_core::{Authorities, HttpSettings, NoProxy, ProxyRules, ProxySetting};

use super::environment::{PROXY, TIMEOUT};
use super::schema::text;
use super::{CargoConfig, Definition, TypeError};
use crate::ConfigError;
use crate::source::visible;

/// Whom servers are believed by, and whom proxies are.
const CA_INFO: &str = "cainfo";
const PROXY_CA_INFO: &str = "proxy-cainfo";
const AUTHORITIES: [&str; 2] = [CA_INFO, PROXY_CA_INFO];

/// What `http.timeout` is without a setting, in seconds.
const USUAL_TIMEOUT: u64 = 30;
/// What it is as 0, by which curl takes its own.
const CURLS_TIMEOUT: u64 = 300;
/// The most that it is: nobody waits longer.
const MAX_TIMEOUT: u64 = 3600;

/// How cargo reaches registries, as far as the user's own configuration says.
#[derive(Clone, Debug)]
pub struct CargoHttp {
    /// How connections are made.
    pub settings: HttpSettings,
    /// How long a connection and a pause may take: `http.timeout`, else `HTTP_TIMEOUT`, else 30 s.
    pub timeout: Duration,
    /// Whether git is run for git indexes: `net.git-fetch-with-cli`.
    pub git_fetch_with_cli: bool,
    /// Whether the network is not used: `net.offline`.
    pub offline: bool,
}

/// What is wrong with `[http]` or `[net]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CargoHttpError {
    /// A value of another type than the key has.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// A variable that is not what its key has to be.
    #[error("environment variable `{variable}` must be {expected}")]
    Variable {
        /// Its name.
        variable: String,
        /// What it must be, in words.
        expected: &'static str,
    },
    /// A number that is less than nothing.
    #[error("`{key}` in {defined} must not be negative")]
    Negative {
        /// The key.
        key: String,
        /// Where it is.
        defined: Definition,
    },
    /// A version of TLS that cargo does not know, in cargo's words.
    #[error(
        "Invalid ssl version `{}`, choose from 'default', 'tlsv1', 'tlsv1.0', 'tlsv1.1', 'tlsv1.2', 'tlsv1.3'.",
        visible(.0)
    )]
    TlsVersion(String),
    /// Versions of TLS of which none is spoken.
    #[error(
        "`http.ssl-version` in {0} leaves no version of TLS that is spoken; 1.2 and 1.3 are, and older ones are not safe"
    )]
    NoTlsVersion(Definition),
    /// A line end, or another character that no header has.
    #[error("`http.user-agent` in {0} has a character that no header can have")]
    UserAgent(Definition),
}

impl CargoConfig {
    /// How cargo reaches registries, as far as trusted configuration says: files of the user's own,
    /// variables and the command line. As in cargo `http.proxy` counts before the variables that curl
    /// reads (`https_proxy` and so on), and an empty one stands for no proxy at all. Unlike cargo,
    /// git's own `http.proxy` is not read.
    ///
    /// # Errors
    /// If a key of `[http]` or `[net]` has a value that cargo does not take, or that is not safe. What
    /// is wrong with the address of a proxy is told when something would go through it.
    pub fn http(&self) -> Result<CargoHttp, ConfigError> {
        Ok(self.read_http()?)
    }

    fn read_http(&self) -> Result<CargoHttp, CargoHttpError> {
        self.check_unused()?;
        let settings = HttpSettings {
            proxies: self.proxies()?,
            authorities: self.authorities(CA_INFO)?.unwrap_or_default(),
            proxy_authorities: self.authorities(PROXY_CA_INFO)?,
            tls: self.tls_versions()?,
            user_agent: self.user_agent()?,
        };
        Ok(CargoHttp {
            settings,
            timeout: Duration::from_secs(self.timeout()?),
            git_fetch_with_cli: self.flag(&["net", "git-fetch-with-cli"])?.unwrap_or(false),
            offline: self.flag(&["net", "offline"])?.unwrap_or(false),
        })
    }

    /// What is of no use here and still has to be right, as in cargo.
    fn check_unused(&self) -> Result<(), CargoHttpError> {
        self.number(&["http", "low-speed-limit"])?;
        for key in ["check-revoke", "debug", "multiplexing"] {
            self.flag(&["http", key])?;
        }
        Ok(())
    }

    fn proxies(&self) -> Result<ProxyRules, CargoHttpError> {
        let variable = |name: &str| self.environment.proxy(name).cloned();
        match self.secret_text(&["http", "proxy"], PROXY)? {
            None => Ok(ProxyRules::of_environment(variable)),
            Some((address, _)) if address.is_empty() => Ok(ProxyRules::default()),
            Some((address, defined)) => {
                let setting = ProxySetting::new(&address, defined.to_string());
                Ok(ProxyRules::always(setting, NoProxy::of_environment(variable)))
            }
        }
    }

    /// As in cargo, whose OpenSSL looks into the system's folder as well, the system's authorities are
    /// believed beside those that a file names. Unlike cargo, variables name none: a project may set them
    /// (`.envrc`), and whoever adds an authority and leads requests elsewhere is given tokens.
    fn authorities(&self, key: &str) -> Result<Option<Authorities>, CargoHttpError> {
        let found = text(&self.trusted, &["http", key])?;
        Ok(found.and_then(|entry| {
            let root = entry.definition.root(&self.working_directory);
            Some(Authorities::SystemAnd(root.join(entry.text()?)))
        }))
    }

    /// The variables that would name authorities, with their keys.
    pub(super) fn authority_variables(&self) -> impl Iterator<Item = (String, Definition)> {
        AUTHORITIES.into_iter().filter_map(|key| {
            let (_, defined) = self.environment.get(&["http", key])?;
            Some((format!("http.{key}"), defined))
        })
    }

    fn user_agent(&self) -> Result<Option<String>, CargoHttpError> {
        match self.text(&self.trusted, &["http", "user-agent"])? {
            Some((text, defined)) if text.chars().any(|c| !matches!(c, ' '..='~')) => {
                Err(CargoHttpError::UserAgent(defined))
            }
            found => Ok(found.map(|(text, _)| text.to_owned())),
        }
    }

    fn timeout(&self) -> Result<u64, CargoHttpError> {
        let variable = || self.environment.named(TIMEOUT)?.parse().ok();
        let seconds = self.number(&["http", "timeout"])?.or_else(variable);
        Ok(match seconds.unwrap_or(USUAL_TIMEOUT) {
            0 => CURLS_TIMEOUT,
            seconds => seconds.min(MAX_TIMEOUT),
        })
    }
}
