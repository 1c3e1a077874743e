//! Which request goes through which proxy.

use std::sync::Arc;

use url::{Host, Url};

use super::{NoProxy, Proxy, ProxyError};
use crate::Secret;

/// The variables that [`ProxyRules::of_environment`] asks for.
pub const PROXY_VARIABLES: [&str; 7] =
    ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];

/// A proxy and where it is named.
#[derive(Clone, Debug)]
pub struct ProxySetting {
    /// Where it is named, in words: a file and line, or a variable.
    pub place: String,
    /// The proxy. What is wrong with it matters when a request would go through it.
    pub proxy: Result<Proxy, ProxyError>,
}

/// Why a request goes nowhere: the proxy that it would go through cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the proxy that {place} names cannot be used")]
pub struct ProxyRefused {
    /// Where it is named.
    pub place: String,
    /// What is wrong with it.
    pub source: ProxyError,
}

/// Which requests go through which proxy. The default: none.
#[derive(Clone, Debug, Default)]
pub struct ProxyRules {
    https: Option<Arc<ProxySetting>>,
    http: Option<Arc<ProxySetting>>,
    no_proxy: NoProxy,
    this_machine_directly: bool,
}

fn first_set(
    variable: &impl Fn(&str) -> Option<Secret>,
    names: &[&'static str],
) -> Option<(&'static str, Secret)> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    names.iter().find_map(|name| Some((*name, set(name)?)))
}

impl NoProxy {
    /// What the environment says: `no_proxy`, else `NO_PROXY`.
    pub fn of_environment(variable: impl Fn(&str) -> Option<Secret>) -> Self {
        let set = first_set(&variable, &["no_proxy", "NO_PROXY"]);
        let list = set.as_ref().and_then(|(_, list)| list.expose_text());
        list.map(Self::of_variable).unwrap_or_default()
    }
}

impl ProxySetting {
    /// Reads the address of a proxy that `place` names.
    pub fn new(address: &Secret, place: impl Into<String>) -> Self {
        let text = address.expose_text().ok_or(ProxyError::Syntax);
        Self { place: place.into(), proxy: text.and_then(Proxy::parse) }
    }
}

impl ProxyRules {
    /// This proxy for everything that `no_proxy` does not cover.
    pub fn always(setting: ProxySetting, no_proxy: NoProxy) -> Self {
        let setting = Arc::new(setting);
        let (https, http) = (Some(Arc::clone(&setting)), Some(setting));
        Self { https, http, no_proxy, this_machine_directly: false }
    }

    /// The proxies that the environment names, as curl takes them: `https_proxy`, `HTTPS_PROXY` and
    /// `http_proxy`, else `all_proxy` and `ALL_PROXY`, unless `no_proxy` or `NO_PROXY` covers the host.
    /// `HTTP_PROXY` is not asked, as it is a header of the client's in programs that a web server
    /// starts. An empty variable is one that is not set.
    pub fn of_environment(variable: impl Fn(&str) -> Option<Secret>) -> Self {
        let setting = |names: &[&'static str]| {
            let (name, value) = first_set(&variable, names)?;
            let place = format!("environment variable `{name}`");
            Some(Arc::new(ProxySetting::new(&value, place)))
        };
        Self {
            https: setting(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            http: setting(&["http_proxy", "all_proxy", "ALL_PROXY"]),
            no_proxy: NoProxy::of_environment(&variable),
            this_machine_directly: false,
        }
    }

    /// The same, with these hosts connected to directly as well.
    #[must_use]
    pub fn but_for(mut self, hosts: NoProxy) -> Self {
        self.no_proxy = self.no_proxy.and(hosts);
        self
    }

    /// The same, with loopback addresses and `localhost` connected to directly: what is meant by them
    /// is this machine and not the proxy's.
    #[must_use]
    pub fn this_machine_directly(mut self) -> Self {
        self.this_machine_directly = true;
        self
    }

    /// The proxies that there are, that for https first.
    pub fn settings(&self) -> impl Iterator<Item = &ProxySetting> {
        let http = self
            .http
            .as_ref()
            .filter(|http| !self.https.as_ref().is_some_and(|https| Arc::ptr_eq(http, https)));
        self.https.iter().chain(http).map(Arc::as_ref)
    }

    /// The hosts that are connected to directly.
    pub fn no_proxy(&self) -> &NoProxy {
        &self.no_proxy
    }

    /// The proxy through which a request to `url` goes; `None` if it goes directly.
    ///
    /// # Errors
    /// If it would go through one that cannot be used.
    pub fn proxy_for(&self, url: &Url) -> Result<Option<&Proxy>, ProxyRefused> {
        let setting = if url.scheme() == "https" { &self.https } else { &self.http };
        let (Some(setting), Some(host)) = (setting, url.host()) else { return Ok(None) };
        let directly =
            self.no_proxy.covers(&host) || (self.this_machine_directly && is_this_machine(&host));
        if directly {
            return Ok(None);
        }
        let refused = |source: &ProxyError| ProxyRefused {
            place: setting.place.clone(),
            source: source.clone(),
        };
        setting.proxy.as_ref().map(Some).map_err(refused)
    }
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_local_name(name),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.to_canonical().is_loopback(),
    }
}

/// Whether a name is this machine's on every machine: `localhost` and what is below it.
pub fn is_local_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::{NoProxy, ProxyRules, ProxySetting};

    fn environment(pairs: &[(&str, &str)]) -> ProxyRules {
        ProxyRules::of_environment(|name| {
            let (_, value) = pairs.iter().find(|(known, _)| *known == name)?;
            Some((*value).into())
        })
    }

    fn route(rules: &ProxyRules, url: &str) -> String {
        match rules.proxy_for(&url.parse().unwrap()) {
            Ok(None) => "-".to_owned(),
            Ok(Some(proxy)) => proxy.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_environment_counts_as_in_curl() {
        let (https, http) = ("https://a.example/", "http://a.example/");
        for (set, url, expected) in [
            (&[("https_proxy", "one:1")][..], https, "http://one:1"),
            (&[("https_proxy", "one:1")], http, "-"),
            (&[("HTTPS_PROXY", "one:1")], https, "http://one:1"),
            (&[("HTTPS_PROXY", "one:1"), ("https_proxy", "two:2")], https, "http://two:2"),
            (&[("HTTPS_PROXY", "one:1"), ("https_proxy", "")], https, "http://one:1"),
            (&[("http_proxy", "one:1")], http, "http://one:1"),
            (&[("http_proxy", "one:1")], https, "-"),
            (&[("HTTP_PROXY", "one:1")], http, "-"),
            (&[("all_proxy", "one:1")], http, "http://one:1"),
            (&[("ALL_PROXY", "one:1")], https, "http://one:1"),
            (&[("ALL_PROXY", "one:1"), ("https_proxy", "two:2")], https, "http://two:2"),
            (&[("ALL_PROXY", "one:1"), ("no_proxy", "a.example")], https, "-"),
            (&[("ALL_PROXY", "one:1"), ("NO_PROXY", "example")], https, "-"),
            (
                &[("ALL_PROXY", "one:1"), ("NO_PROXY", "*"), ("no_proxy", "b")],
                https,
                "http://one:1",
            ),
        ] {
            assert_eq!(route(&environment(set), url), expected, "{set:?} {url}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_matters_where_it_would_be_used() {
        let rules = environment(&[("https_proxy", "socks5://one:1"), ("no_proxy", "b.example")]);
        let told = "the proxy that environment variable `https_proxy` names cannot be used";
        assert_eq!(route(&rules, "https://a.example/"), told);
        assert_eq!(route(&rules, "https://b.example/"), "-");
        assert_eq!(route(&rules, "http://a.example/"), "-");
    }

    #[test]
    fn this_machine_is_not_the_proxys() {
        let all = ProxyRules::always(ProxySetting::new(&"proxy:1".into(), "x"), NoProxy::default());
        let own = all.clone().this_machine_directly();
        for host in
            ["localhost", "a.localhost.", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"]
        {
            let url = format!("http://{host}:8080/");
            assert_eq!(route(&all, &url), "http://proxy:1", "{url}");
            assert_eq!(route(&own, &url), "-", "{url}");
        }
        for url in ["https://10.0.0.1/", "https://localhost.example/"] {
            assert_eq!(route(&own, url), "http://proxy:1", "{url}");
        }
    }
}
