//! TLS, behind the address check: rustls between ureq and the connection that it made.

mod identity;
mod roots;
mod stream;
#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;

use lockgate_core::TlsVersions;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, SupportedProtocolVersion};
use url::{Host, Url};

use super::HttpError;
use identity::Identity;
pub(super) use identity::{given as given_identity, read as read_identity};
pub(super) use roots::Roots;
pub(super) use stream::{TlsConnector, left};

/// The one protocol that is spoken. Said to the server, so that what speaks another behind the same
/// certificate (FTP, SMTP) does not answer.
const PROTOCOL: &[u8] = b"http/1.1";

/// What makes a connection one with TLS: 1.2 or 1.3, the server's certificate checked for `name`, keys
/// written nowhere and nothing kept for another connection.
pub(super) fn connector(
    name: ServerName<'static>,
    identity: Option<Identity>,
    roots: &Roots,
    versions: TlsVersions,
) -> Result<TlsConnector, HttpError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&spoken(versions))
        .map_err(HttpError::TlsSetup)?
        .with_root_certificates(roots.get()?);
    let mut config = match identity {
        Some(identity) => identity.show_to_servers(builder)?,
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(TlsConnector { config: Arc::new(config), name })
}

fn spoken(versions: TlsVersions) -> Vec<&'static SupportedProtocolVersion> {
    match versions {
        TlsVersions::Both => vec![&TLS13, &TLS12],
        TlsVersions::Only12 => vec![&TLS12],
        TlsVersions::Only13 => vec![&TLS13],
    }
}

/// The name that the server of a URL has to show.
pub(super) fn server_name(url: &Url) -> Result<ServerName<'static>, HttpError> {
    name_of(&url.host().ok_or(HttpError::Url)?)
}

/// The same for a host.
pub(super) fn name_of<S: AsRef<str>>(host: &Host<S>) -> Result<ServerName<'static>, HttpError> {
    match host {
        Host::Domain(name) => {
            ServerName::try_from(name.as_ref().to_owned()).map_err(|_| HttpError::Url)
        }
        Host::Ipv4(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Ipv6(address) => Ok(ServerName::IpAddress((*address).into())),
    }
}
