//! A sparse index, over the network.

use std::net::IpAddr;

use lockgate_adapters::{HttpError, NativeHttp, ProxyFailure};
use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, Secret};
use lockgate_index::{Fetched, Retries, Sparse};
use lockgate_system::Confinement;
use url::Url;

use super::Asked;
use super::said::{MAX_TOLD, Said};
use crate::Notice;
use crate::child::in_child;
use crate::failed::{Failed, chain_of};

/// The port of https.
const HTTPS: u16 = 443;
/// By how much a whole answer may take longer than a connection or a pause. cargo waits without end for
/// one that keeps coming; a hostile registry could make use of that.
const WHOLE: u32 = 10;

/// Why an address is not asked.
#[derive(Debug, thiserror::Error)]
enum NotContacted {
    /// One that a registry sends a request on to.
    #[error("it sends the request on to port {0}, and only its own and that of https are asked")]
    OtherPort(u16),
    /// What a project or a registry names, and the user does not.
    #[error(
        "`{host}` was not contacted: its address {address} is not on the internet ({what}), and your own configuration does not name it; if it is right, name it as the registry's index in the `config.toml` of cargo's home directory"
    )]
    NotOnInternet { host: String, address: IpAddr, what: &'static str },
}

/// The network, with errors in the words of a login.
struct Network(NativeHttp);

impl Http for Network {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        self.0.send(request).map_err(|error| match error.downcast_ref() {
            Some(HttpError::Private { host, address, what }) => {
                NotContacted::NotOnInternet { host: host.clone(), address: *address, what }.into()
            }
            _ => error,
        })
    }
}

impl Asked<'_> {
    /// Asks without a token, in a process that can open nothing of the user's.
    pub(super) fn fetched(&self, url: &Url) -> Result<Said, Failed> {
        in_child(|| {
            self.asking.confine_to(&self.walls())?;
            match self.send(url, None)? {
                Fetched::Config(file) => Ok(Said::Config { json: text(file)? }),
                Fetched::Unauthorized { challenges, ports } => {
                    Ok(Said::Refused { challenges, ports })
                }
            }
        })
    }

    /// What such a process may still do.
    pub(super) fn walls(&self) -> Confinement {
        self.asking.walls(&self.http.settings, self.ports())
    }

    /// Those at which a registry is asked.
    fn ports(&self) -> Vec<u16> {
        self.location.url().port_or_known_default().into_iter().chain([HTTPS]).collect()
    }

    pub(super) fn send(&self, url: &Url, token: Option<&Secret>) -> Result<Fetched, Failed> {
        let http = Network(
            NativeHttp::configured(self.http.settings.clone()).stalling_at_most(self.http.timeout),
        );
        let tell = |retry: &lockgate_index::Retry| {
            self.broker.tell(&Notice::Retrying(&retry.to_string()));
        };
        let sparse = Sparse {
            http: &http,
            may_contact: &|url| self.may_contact(url),
            is_spurious: &is_spurious,
            private_network: self.is_users(),
            deadline: self.http.timeout.saturating_mul(WHOLE),
            retries: Retries { most: self.broker.context().cargo.index_retries(), tell: &tell },
        };
        sparse.fetch(url, token).map_err(|error| chain_of(&error))
    }

    fn may_contact(&self, url: &Url) -> Result<(), AdapterError> {
        self.address_decided(url, self.allowed(url))
    }

    fn allowed(&self, url: &Url) -> Result<(), AdapterError> {
        let ceiling = &self.broker.context().machine.ceiling;
        ceiling.allows_address(url, self.question.registry)?;
        let port = url.port_or_known_default().unwrap_or_default();
        match self.ports().contains(&port) {
            true => Ok(()),
            false => Err(NotContacted::OtherPort(port).into()),
        }
    }
}

/// What may be over by itself, by cargo's rule: nothing that was refused here.
fn is_spurious(error: &AdapterError) -> bool {
    matches!(
        error.downcast_ref(),
        Some(
            HttpError::Exchange { .. }
                | HttpError::Deadline { .. }
                | HttpError::Stalled { .. }
                | HttpError::Lookup { .. }
                | HttpError::NoAddress { .. }
                | HttpError::Proxy(
                    ProxyFailure::Unreachable { .. }
                        | ProxyFailure::LoginWanted { .. }
                        | ProxyFailure::LoginRefused { .. }
                        | ProxyFailure::NotConnected { .. }
                        | ProxyFailure::Answer { .. }
                )
        )
    )
}

/// A registry's file as text, for the parent.
pub(super) fn text(file: Vec<u8>) -> Result<String, Failed> {
    // Here, where it does no harm: what the parent gets is right, or short.
    let config = super::parsed(&file)?;
    let file = String::from_utf8(file).unwrap_or_default();
    if file.len() <= MAX_TOLD {
        return Ok(file);
    }
    let short = serde_json::json!({
        "dl": "", "api": config.api, "auth-required": config.auth_required,
    });
    Some(short.to_string())
        .filter(|short| short.len() <= MAX_TOLD)
        .ok_or_else(|| Failed::because("the address of the registry's web API is too long"))
}
