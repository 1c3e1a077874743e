//! The way through a proxy: a tunnel for https, and for http without TLS the proxy's own form of a
//! request. What the proxy answers is as untrusted as what any server answers.

mod absolute;
mod answer;
mod error;
#[cfg(test)]
mod tests;
mod tunnel;

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lockgate_core::{Proxy, Secret};
use ureq::unversioned::transport::{ConnectionDetails, Connector, TcpConnector, Transport};
use url::{Position, Url};
use zeroize::Zeroizing;

use super::HttpError;
use super::tls::TlsConnector;
use absolute::AbsoluteForm;
pub use error::ProxyFailure;

/// The status with which a proxy asks who is there.
pub(super) const PROXY_LOGIN: u16 = 407;

/// Makes connections to one target through one proxy.
pub(super) struct ProxyConnector {
    proxy: Proxy,
    /// For a proxy that is spoken to over TLS.
    tls: Option<TlsConnector>,
    user_agent: String,
    way: Way,
}

/// What a request's connection is.
enum Way {
    /// A tunnel to this host, and to this host and port.
    Tunnel { host: String, target: String },
    /// A connection to the proxy itself, which is asked for things below this origin.
    Absolute { origin: String },
}

impl ProxyConnector {
    pub(super) fn new(
        proxy: &Proxy,
        tls: Option<TlsConnector>,
        url: &Url,
        user_agent: &str,
    ) -> Result<Self, HttpError> {
        Ok(Self { proxy: proxy.clone(), tls, user_agent: user_agent.to_owned(), way: way(url)? })
    }

    /// The connection to the proxy itself.
    fn reach(&self, details: &ConnectionDetails<'_>) -> Result<Box<dyn Transport>, ureq::Error> {
        let connected = Connector::<()>::connect(&TcpConnector::default(), details, None)
            .map_err(|error| self.unreachable(error))?;
        match &self.tls {
            None => connected.map(Transport::boxed),
            Some(tls) => tls
                .connect(details, connected)
                .map_err(|error| self.unbelieved(error))?
                .map(Transport::boxed),
        }
        .ok_or(ureq::Error::ConnectionFailed)
    }

    fn unreachable(&self, error: ureq::Error) -> ureq::Error {
        match error {
            ureq::Error::Io(source) => {
                let proxy = self.proxy.to_string();
                ProxyFailure::Unreachable { proxy, source: source.into() }.into()
            }
            other => other,
        }
    }

    fn unbelieved(&self, error: ureq::Error) -> ureq::Error {
        match error {
            ureq::Error::Io(error) => match error.downcast::<rustls::Error>() {
                Ok(error) => ProxyFailure::of_tls(error, &self.proxy).into(),
                Err(error) => self.unreachable(error.into()),
            },
            other => other,
        }
    }

    /// The value of `Proxy-Authorization`.
    fn authorization(&self) -> Option<Secret> {
        let login = self.proxy.login.as_ref()?;
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(login.expose()));
        Some(Secret::new([b"Basic ", encoded.as_bytes()].concat()))
    }
}

impl<In: Transport> Connector<In> for ProxyConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let transport = self.reach(details)?;
        Ok(Some(match &self.way {
            Way::Tunnel { host, target } => self.tunnel(transport, details, host, target)?,
            Way::Absolute { origin } => {
                AbsoluteForm::new(transport, details, origin, self.authorization()).boxed()
            }
        }))
    }
}

impl fmt::Debug for ProxyConnector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ProxyConnector").field("proxy", &self.proxy).finish()
    }
}

fn way(url: &Url) -> Result<Way, HttpError> {
    let host = url.host_str().ok_or(HttpError::Url)?.to_owned();
    let port = url.port_or_known_default().ok_or(HttpError::Url)?;
    Ok(match url.scheme() {
        "https" => Way::Tunnel { target: format!("{host}:{port}"), host },
        _ => Way::Absolute { origin: url[..Position::BeforePath].to_owned() },
    })
}
