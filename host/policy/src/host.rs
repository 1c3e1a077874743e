//! Hosts as rules write them.

use lockgate_core::canonical_host;
use url::Host;

/// A host, or all names below one (`*.corp.example`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostPattern {
    /// In canonical form; with `subdomains`, the part behind `*.`.
    pub(crate) host: Host<String>,
    /// Whether the names below it are meant, and not itself.
    pub(crate) subdomains: bool,
}

impl HostPattern {
    /// A pattern from a host that a URL parser has put into canonical form.
    ///
    /// Which names belong to a registrar is not known here: only a single label (`*.com`) is
    /// refused as too wide, and `*.co.uk` is the reader's business.
    ///
    /// # Errors
    /// The rest of a sentence that begins with the host.
    pub(crate) fn new(host: Host<&str>) -> Result<Self, &'static str> {
        let Host::Domain(name) = host else {
            return Ok(Self { host: host.to_owned(), subdomains: false });
        };
        let (base, subdomains) = match name.strip_prefix("*.") {
            Some(base) => (base, true),
            None => (name, false),
        };
        if base.contains('*') {
            return Err("has a `*` that is not a leading `*.` of its host");
        }
        if base.split('.').any(str::is_empty) {
            return Err("has a host with an empty label; write it without a dot at its end");
        }
        if subdomains && !base.contains('.') {
            return Err("covers a whole top-level domain; name at least two labels after `*.`");
        }
        Ok(Self { host: Host::Domain(base.to_owned()), subdomains })
    }

    /// Whether this very host is meant, however its address is spelled.
    pub(crate) fn covers(&self, host: &Host<String>) -> bool {
        match (host, &self.host) {
            (Host::Domain(name), Host::Domain(base)) if self.subdomains => is_below(name, base),
            (host, own) => {
                let canonical = |host: &Host<String>| canonical_host(host.clone());
                !self.subdomains && canonical(host) == canonical(own)
            }
        }
    }

    /// What both patterns mean; none if that is nothing.
    pub(crate) fn meet(&self, other: &Self) -> Option<Self> {
        if self == other || self.contains(other) {
            return Some(other.clone());
        }
        other.contains(self).then(|| self.clone())
    }

    fn contains(&self, other: &Self) -> bool {
        self.subdomains >= other.subdomains && self.covers(&other.host)
    }

    /// Length of the host in bytes: the longer of two that overlap is the narrower one.
    pub(crate) fn len(&self) -> usize {
        match &self.host {
            Host::Domain(name) => name.len(),
            Host::Ipv4(_) | Host::Ipv6(_) => 0,
        }
    }
}

impl std::fmt::Display for HostPattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let star = if self.subdomains { "*." } else { "" };
        write!(formatter, "{star}{}", self.host)
    }
}

fn is_below(name: &str, base: &str) -> bool {
    name.strip_suffix(base).is_some_and(|left| left.len() > 1 && left.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use url::Host;

    use super::HostPattern;

    fn pattern(text: &str) -> HostPattern {
        HostPattern::new(Host::Domain(text)).unwrap()
    }

    #[test]
    fn two_patterns_meet_in_the_narrower_one() {
        for (one, other, met) in [
            ("a.example", "a.example", Some("a.example")),
            ("*.corp.example", "sso.corp.example", Some("sso.corp.example")),
            ("*.corp.example", "*.eu.corp.example", Some("*.eu.corp.example")),
            ("*.corp.example", "*.corp.example", Some("*.corp.example")),
            ("*.corp.example", "corp.example", None),
            ("*.corp.example", "evilcorp.example", None),
            ("*.corp.example", "*.evilcorp.example", None),
            ("a.example", "b.example", None),
        ] {
            let (one, other) = (pattern(one), pattern(other));
            let met = met.map(pattern);
            assert_eq!(one.meet(&other), met, "{one} and {other}");
            assert_eq!(other.meet(&one), met, "{other} and {one}");
        }
    }
}
