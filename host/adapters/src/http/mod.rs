//! HTTP, one request at a time: no redirects, no proxy, no cookies, and no address but those that
//! were checked.

mod address;
mod error;
mod exchange;
mod resolver;
#[cfg(test)]
mod tests;
mod tls;

use std::sync::Arc;

use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, check_header};
use ureq::Agent;
use ureq::config::Config;
use ureq::unversioned::transport::{Connector, TcpConnector};

pub use error::HttpError;
use exchange::{MAX_RESPONSE_HEADER_BYTES, exchange};
use resolver::{CheckedResolver, Lookup, SystemLookup};
use tls::{Roots, TlsConnector};

/// Methods that are sent. CONNECT would open a tunnel, and TRACE sends a request's own headers, and
/// the secrets in them, back as a readable body.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Most headers of a request: several times what any token endpoint asks for.
const MAX_REQUEST_HEADERS: usize = 64;

/// HTTP over this machine's network.
#[derive(Debug)]
pub struct NativeHttp {
    lookup: Arc<dyn Lookup>,
    roots: Roots,
}

impl NativeHttp {
    /// HTTP with the system's resolver and the authorities that the system trusts. Nothing is opened
    /// before the first request, and nothing of TLS before the first one with https.
    #[must_use]
    pub fn new() -> Self {
        Self { lookup: Arc::new(SystemLookup), roots: Roots::default() }
    }

    /// The same, trusting the authorities in this PEM text and no others.
    #[must_use]
    pub fn with_roots(pem: Vec<u8>) -> Self {
        Self { lookup: Arc::new(SystemLookup), roots: Roots::given(pem) }
    }

    /// A client for one request: nothing of it, no connection either, outlives the request.
    fn agent(&self, request: &HttpRequest, tls: Option<TlsConnector>) -> Agent {
        let config = Config::builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .user_agent(concat!("lockgate/", env!("CARGO_PKG_VERSION")))
            .accept("")
            .accept_encoding("")
            .max_response_header_size(MAX_RESPONSE_HEADER_BYTES)
            .timeout_global(Some(request.deadline))
            .build();
        let resolver = CheckedResolver {
            lookup: Arc::clone(&self.lookup),
            private_network: request.private_network,
        };
        match tls {
            None => Agent::with_parts(config, TcpConnector::default(), resolver),
            Some(tls) => {
                let connector = ().chain(TcpConnector::default()).chain(tls);
                Agent::with_parts(config, connector, resolver)
            }
        }
    }
}

impl Default for NativeHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl Http for NativeHttp {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        let host = check_request(&request)?;
        let secure = request.url.scheme() == "https";
        let tls = secure.then(|| tls::connector(&request, &self.roots)).transpose()?;
        Ok(exchange(&self.agent(&request, tls), &request, host)?)
    }
}

/// What must hold of a request, whatever was checked before, and its host.
fn check_request(request: &HttpRequest) -> Result<&str, HttpError> {
    let url = &request.url;
    let host = url.host_str().filter(|_| url.username().is_empty() && url.password().is_none());
    let host = host.ok_or(HttpError::Url)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(HttpError::Url);
    }
    if !METHODS.contains(&request.method.as_str()) {
        return Err(HttpError::Method(request.method.clone()));
    }
    if request.headers.len() > MAX_REQUEST_HEADERS {
        return Err(HttpError::RequestHeaders { limit: MAX_REQUEST_HEADERS });
    }
    for (name, value) in &request.headers {
        check_header(name, value)?;
    }
    Ok(host)
}
