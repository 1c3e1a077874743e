//! One look-up of a name, and the check of every address that it gives.

use std::fmt::Debug;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use lockgate_core::{HttpRequest, Proxy, is_local_name};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::Host;

use super::address::{AddressKind, classify};
use super::{HttpError, ProxyFailure};

/// Most addresses of one name: what ureq's list holds. Further ones are not connected to.
const MAX_ADDRESSES: usize = 16;

/// How names become addresses: the system's resolver, or a stub in tests.
pub(super) trait Lookup: Debug + Send + Sync {
    /// The addresses of a host, which is a name or an address (IPv6 in brackets).
    fn lookup(&self, host: &str, port: u16, within: Duration) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver, in a thread of its own since it knows no deadline.
#[derive(Debug)]
pub(super) struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str, port: u16, within: Duration) -> io::Result<Vec<SocketAddr>> {
        let target = format!("{host}:{port}");
        let (sender, receiver) = mpsc::sync_channel(1);
        thread::Builder::new().name("name look-up".into()).spawn(move || {
            // Nobody listens any more once the deadline has passed.
            let _ = sender.send(target.to_socket_addrs());
        })?;
        match receiver.recv_timeout(within) {
            Ok(addresses) => Ok(addresses?.take(MAX_ADDRESSES).collect()),
            Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::TimedOut.into()),
            Err(RecvTimeoutError::Disconnected) => Err(io::Error::other("the look-up ended")),
        }
    }
}

/// Hands ureq the addresses that one look-up gave, if each of them may be connected to. ureq
/// connects to these and looks nothing up again.
#[derive(Debug)]
pub(super) struct CheckedResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) private_network: bool,
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let failed = |source| HttpError::Lookup { host: host.to_owned(), source };
        let mut checked = self.empty();
        for address in found(&*self.lookup, host, port, timeout, failed)? {
            check(host, address.ip(), secure, self.private_network)?;
            checked.push(address);
        }
        match checked.is_empty() {
            true => Err(ureq::Error::HostNotFound),
            false => Ok(checked),
        }
    }
}

/// Hands ureq the addresses of the proxy, which the configuration names, wherever it is: of the target
/// nothing is looked up.
#[derive(Debug)]
pub(super) struct ProxyResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) proxy: Proxy,
}

impl Resolver for ProxyResolver {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let Self { lookup, proxy } = self;
        let unreachable = |source: io::Error| {
            let source = source.into();
            HttpError::from(ProxyFailure::Unreachable { proxy: proxy.to_string(), source })
        };
        let mut addresses = self.empty();
        let host = proxy.host_text();
        for address in found(&**lookup, &host, proxy.port, timeout, unreachable)? {
            addresses.push(address);
        }
        match addresses.is_empty() {
            true => Err(unreachable(io::Error::other("it has no address")).into()),
            false => Ok(addresses),
        }
    }
}

fn found(
    lookup: &dyn Lookup,
    host: &str,
    port: u16,
    timeout: NextTimeout,
    failed: impl FnOnce(io::Error) -> HttpError,
) -> Result<impl Iterator<Item = SocketAddr>, ureq::Error> {
    match lookup.lookup(host, port, *timeout.after) {
        Ok(found) => Ok(found.into_iter().take(MAX_ADDRESSES)),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Err(ureq::Error::Timeout(timeout.reason))
        }
        Err(error) => Err(failed(error).into()),
    }
}

/// What can be checked of a target that a proxy looks up: an address that stands in the URL itself, and
/// the names of this machine.
pub(super) fn check_target(request: &HttpRequest, proxy: &Proxy) -> Result<(), HttpError> {
    let secure = request.url.scheme() == "https";
    let host = request.url.host().ok_or(HttpError::Url)?;
    let address = match host {
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
        Host::Domain(name) if is_local_name(name) => Ipv4Addr::LOCALHOST.into(),
        Host::Domain(_) if secure => return Ok(()),
        Host::Domain(name) => {
            let (host, proxy) = (name.to_owned(), proxy.to_string());
            return Err(ProxyFailure::Plain { host, proxy }.into());
        }
    };
    check(&host.to_string(), address, secure, request.private_network)
}

/// One address that may not be connected to is enough to refuse the name: an honest one does not
/// mix them.
fn check(
    host: &str,
    address: IpAddr,
    secure: bool,
    private_network: bool,
) -> Result<(), HttpError> {
    let kind = classify(address);
    let host = host.to_owned();
    match kind {
        AddressKind::Unusable(what) => return Err(HttpError::Unusable { host, address, what }),
        AddressKind::Loopback if !private_network => {
            return Err(HttpError::Private { host, address, what: "this machine" });
        }
        AddressKind::Private(what) if !private_network => {
            return Err(HttpError::Private { host, address, what });
        }
        AddressKind::Global | AddressKind::Loopback | AddressKind::Private(_) => {}
    }
    match secure || kind == AddressKind::Loopback {
        true => Ok(()),
        false => Err(HttpError::Plain { host, address }),
    }
}

#[cfg(test)]
mod tests {
    use super::{HttpError, check};

    #[test]
    fn plain_http_goes_to_this_machine_alone_and_by_grant() {
        for (address, secure, private, allowed) in [
            ("1.1.1.1", true, false, true),
            ("1.1.1.1", true, true, true),
            ("1.1.1.1", false, true, false),
            ("10.0.0.1", true, false, false),
            ("10.0.0.1", true, true, true),
            ("10.0.0.1", false, true, false),
            ("169.254.169.254", false, true, false),
            ("127.0.0.1", false, false, false),
            ("127.0.0.1", false, true, true),
            ("::ffff:127.0.0.1", false, false, false),
            ("::ffff:127.0.0.1", false, true, true),
            ("0.0.0.0", true, true, false),
            ("224.0.0.1", true, true, false),
        ] {
            let outcome = check("a.example", address.parse().unwrap(), secure, private);
            assert_eq!(outcome.is_ok(), allowed, "{address} {secure} {private} {outcome:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_host_the_address_and_the_grant() {
        let error = check("a.example", "10.0.0.1".parse().unwrap(), true, false).unwrap_err();
        assert!(matches!(error, HttpError::Private { .. }));
        let shown = error.to_string();
        for word in ["a.example", "10.0.0.1", "private-network"] {
            assert!(shown.contains(word), "{shown}");
        }
    }
}
