//! HTTP, one request at a time: no redirects, no cookies, no proxy but the configured one, and
//! directly to no address but those that were checked.

mod address;
mod error;
mod exchange;
mod proxy;
mod resolver;
#[cfg(test)]
mod tests;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use lockgate_core::{
    AdapterError, Http, HttpRequest, HttpResponse, HttpSettings, Proxy, ProxyScheme, Secret,
    check_header,
};
use ureq::Agent;
use ureq::config::Config;
use ureq::http::HeaderValue;
use ureq::unversioned::transport::{Connector, TcpConnector};

pub use error::{HttpError, Via};
use exchange::{MAX_RESPONSE_HEADER_BYTES, exchange};
pub use proxy::ProxyFailure;
use proxy::{PROXY_LOGIN, ProxyConnector};
use resolver::{CheckedResolver, Lookup, ProxyResolver, SystemLookup, check_target};
use tls::{Roots, TlsConnector};

/// Methods that are sent. CONNECT would open a tunnel, and TRACE sends a request's own headers, and
/// the secrets in them, back as a readable body.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Most headers of a request: several times what any token endpoint asks for.
const MAX_REQUEST_HEADERS: usize = 64;
/// What servers are told about the program.
const USER_AGENT: &str = concat!("lockgate/", env!("CARGO_PKG_VERSION"));

/// HTTP over this machine's network.
#[derive(Debug)]
pub struct NativeHttp {
    lookup: Arc<dyn Lookup>,
    settings: HttpSettings,
    roots: Roots,
    /// Whom proxies are believed by, where that is somebody else.
    proxy_roots: Option<Roots>,
    /// For each step of a request, where that is less than its deadline.
    stall: Option<Duration>,
    /// What servers are shown that want to know who asks, in PEM.
    identity: Option<Secret>,
}

impl NativeHttp {
    /// HTTP with the system's resolver and the authorities that the system trusts, through no proxy.
    /// Nothing is opened before the first request, and nothing of TLS before the first one with https.
    #[must_use]
    pub fn new() -> Self {
        Self::configured(HttpSettings::default())
    }

    /// The same with these settings. Through a proxy the addresses of names are not looked up here, so
    /// that none of them is checked: what is decided on is the name.
    #[must_use]
    pub fn configured(settings: HttpSettings) -> Self {
        Self {
            lookup: Arc::new(SystemLookup),
            roots: Roots::configured(settings.authorities.clone()),
            proxy_roots: settings.proxy_authorities.clone().map(Roots::configured),
            settings,
            stall: None,
            identity: None,
        }
    }

    /// The same, where looking a name up, connecting, and each wait for the other side end after this
    /// time, in which nothing came.
    #[must_use]
    pub fn stalling_at_most(self, stall: Duration) -> Self {
        Self { stall: Some(stall), ..self }
    }

    /// The same, believing the authorities in this PEM text as well.
    #[must_use]
    pub fn believing_also(self, pem: Vec<u8>) -> Self {
        Self { roots: self.roots.and(pem), ..self }
    }

    /// The same, showing servers that want to know who asks this certificate chain, with its private
    /// key, in PEM, where the request names no file with one.
    #[must_use]
    pub fn known_by(self, pem: Secret) -> Self {
        Self { identity: Some(pem), ..self }
    }

    /// HTTP trusting the authorities in this PEM text and no others.
    #[must_use]
    pub fn with_roots(pem: Vec<u8>) -> Self {
        Self { roots: Roots::given(pem), ..Self::new() }
    }

    fn directly(&self, request: &HttpRequest) -> Result<Agent, HttpError> {
        let resolver = CheckedResolver {
            lookup: Arc::clone(&self.lookup),
            private_network: request.private_network,
        };
        let tcp = TcpConnector::default();
        let config = self.config(request)?;
        Ok(match self.tls(request)? {
            None => Agent::with_parts(config, tcp, resolver),
            Some(tls) => Agent::with_parts(config, ().chain(tcp).chain(tls), resolver),
        })
    }

    fn through(&self, proxy: &Proxy, request: &HttpRequest) -> Result<Agent, HttpError> {
        check_target(request, proxy)?;
        let resolver = ProxyResolver { lookup: Arc::clone(&self.lookup), proxy: proxy.clone() };
        let way =
            ProxyConnector::new(proxy, self.proxy_tls(proxy)?, &request.url, self.user_agent()?)?;
        let config = self.config(request)?;
        Ok(match self.tls(request)? {
            None => Agent::with_parts(config, way, resolver),
            Some(tls) => Agent::with_parts(config, ().chain(way).chain(tls), resolver),
        })
    }

    fn tls(&self, request: &HttpRequest) -> Result<Option<TlsConnector>, HttpError> {
        if request.url.scheme() != "https" {
            return Ok(None);
        }
        let name = tls::server_name(&request.url)?;
        let identity = match (&request.client_certificate, &self.identity) {
            (Some(path), _) => Some(tls::read_identity(path)?),
            (None, Some(pem)) => Some(tls::given_identity(pem)?),
            (None, None) => None,
        };
        tls::connector(name, identity, &self.roots, self.settings.tls).map(Some)
    }

    fn proxy_tls(&self, proxy: &Proxy) -> Result<Option<TlsConnector>, HttpError> {
        if proxy.scheme == ProxyScheme::Http {
            return Ok(None);
        }
        let roots = self.proxy_roots.as_ref().unwrap_or(&self.roots);
        tls::connector(tls::name_of(&proxy.host)?, None, roots, self.settings.tls).map(Some)
    }

    fn user_agent(&self) -> Result<&str, HttpError> {
        let text = self.settings.user_agent.as_deref().unwrap_or(USER_AGENT);
        match HeaderValue::from_str(text) {
            Ok(_) => Ok(text),
            Err(_) => Err(HttpError::UserAgent),
        }
    }

    /// The settings of a client for one request: nothing of it, no connection either, outlives the
    /// request. ureq's own proxies are not used: they keep passwords as text.
    fn config(&self, request: &HttpRequest) -> Result<Config, HttpError> {
        Ok(Config::builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .user_agent(self.user_agent()?)
            .accept("")
            .accept_encoding("")
            .max_response_header_size(MAX_RESPONSE_HEADER_BYTES)
            .timeout_global(Some(request.deadline))
            .timeout_resolve(self.stall)
            .timeout_connect(self.stall)
            .timeout_per_read(self.stall)
            .timeout_per_write(self.stall)
            .build())
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
        let unusable = |source| ProxyFailure::Unusable { host: host.to_owned(), source };
        let proxy = self.settings.proxies.proxy_for(&request.url).map_err(unusable)?;
        let Some(proxy) = proxy else {
            return Ok(exchange(&self.directly(&request)?, &request, host, &Via::default())?);
        };
        let via = Via::proxy(proxy);
        let response = exchange(&self.through(proxy, &request)?, &request, host, &via)?;
        if response.status == PROXY_LOGIN && request.url.scheme() != "https" {
            let given = proxy.login.is_some();
            return Err(ProxyFailure::login(proxy.to_string(), given).into());
        }
        Ok(response)
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
