//! TLS, behind the address check: rustls between ureq and the connection that it made.

mod identity;
mod roots;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use lockgate_core::HttpRequest;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use url::Host;

use super::HttpError;
pub(super) use roots::Roots;
pub(super) use stream::TlsConnector;

/// The one protocol that is spoken. Said to the server, so that what speaks another behind the same
/// certificate (FTP, SMTP) does not answer.
const PROTOCOL: &[u8] = b"http/1.1";

/// What makes a connection for this request one with TLS: 1.2 or 1.3, the server's certificate
/// checked for the name in the URL, keys written nowhere and nothing kept for another connection.
pub(super) fn connector(request: &HttpRequest, roots: &Roots) -> Result<TlsConnector, HttpError> {
    let name = server_name(request)?;
    let identity = request.client_certificate.as_deref().map(identity::read).transpose()?;
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
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

fn server_name(request: &HttpRequest) -> Result<ServerName<'static>, HttpError> {
    match request.url.host().ok_or(HttpError::Url)? {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| HttpError::Url),
        Host::Ipv4(address) => Ok(ServerName::IpAddress(address.into())),
        Host::Ipv6(address) => Ok(ServerName::IpAddress(address.into())),
    }
}
