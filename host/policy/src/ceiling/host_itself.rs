//! What the host itself does where no provider asks for it: a login asks the registry's index first,
//! perhaps with a program. Only what is denied to everybody counts, since what is allowed is about
//! providers.

use lockgate_core::{Registry, canonical_host};
use toml_edit::Value;
use url::{Host, Url};

use super::{Ceiling, Court, Forbidden};
use crate::decide::Facts;
use crate::grant::Grant;
use crate::identity::Identity;
use crate::meet::{Entry, Rule};
use crate::rules::HttpRule;

impl Ceiling {
    /// Whether the host may ask this address about a registry, by whatever scheme; of files nothing is
    /// said.
    ///
    /// # Errors
    /// If `[deny] http` has it, or something below it, with the line. Of another scheme than http's
    /// the host alone counts, since rules are about those of http.
    pub fn allows_address(&self, url: &Url, registry: &Registry) -> Result<(), Forbidden> {
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else { return Ok(()) };
        // With a dot at its end it is the same host, which rules write without.
        let host = host.strip_suffix('.').unwrap_or(host);
        let canonical = Host::parse(host).map(|host| canonical_host(host).to_string());
        let host = canonical.as_deref().unwrap_or(host);
        match http_rules(url, host) {
            Some(asked) => self.allows_all(&asked, registry),
            None => self.allows_host(host, registry),
        }
    }

    /// Whether nothing on this host is denied, at whatever port.
    fn allows_host(&self, host: &str, registry: &Registry) -> Result<(), Forbidden> {
        const UNNAMED: &str = "https://unnamed.invalid";
        let parsed = |text: &str| rules("http", text).map(|grant| grant.rules.http);
        let canonical = Url::parse(&format!("https://{host}")).ok();
        let asked = canonical.and_then(|url| parsed(&format!("https://{}", url.host_str()?)));
        // A host that no rule can be about could be any of those that are denied.
        let known = asked.clone().or_else(|| parsed(UNNAMED)).unwrap_or_default();
        self.allows_all(&known, registry)?;
        let facts = &Facts { registry, token_variable: None, home: None };
        let court = Court { caps: self.caps_for(&Identity::default()), facts };
        let is_asked = |denied: &HttpRule| {
            let shares = |asked: &Entry<HttpRule>| denied.shares_host(&asked.value);
            asked.as_ref().is_none_or(|asked| asked.iter().any(shares))
        };
        let denied = court.denied::<HttpRule>().find(|(rule, _)| is_asked(rule));
        denied.map_or(Ok(()), |(_, forbidden)| Err(forbidden))
    }

    /// Whether the host may start this program, by its absolute path, to ask about a registry.
    ///
    /// # Errors
    /// If no bridges to native programs are allowed, or `[deny] process` has it, with the line.
    pub fn allows_program(&self, program: &str, registry: &Registry) -> Result<(), Forbidden> {
        self.check(&self.bridges, "native programs are not started")?;
        let named = rules("process", program).map(|grant| grant.rules.process);
        self.allows_all(&named.unwrap_or_default(), registry)
    }

    fn allows_all<R: Rule>(
        &self,
        rules: &[Entry<R>],
        registry: &Registry,
    ) -> Result<(), Forbidden> {
        let facts = &Facts { registry, token_variable: None, home: None };
        let court = Court { caps: self.caps_for(&Identity::default()), facts };
        rules.iter().try_for_each(|entry| court.judge_denied(&entry.value))
    }
}

/// What a grant of this address would be, else of its whole server; `None` if no rule is about such a
/// URL.
fn http_rules(url: &Url, host: &str) -> Option<Vec<Entry<HttpRule>>> {
    if !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    let mut address = url.clone();
    address.set_host(Some(host)).ok()?;
    let plain = rules("http", address.as_str());
    let server = || rules("http", &address.origin().ascii_serialization());
    plain.or_else(server).map(|grant| grant.rules.http)
}

/// The rule that a grant of this would be.
fn rules(key: &str, subject: &str) -> Option<Grant> {
    Grant::parse(&format!("{key} = [{}]", Value::from(subject)), "what the host does").ok()
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Registry};

    use super::Ceiling;

    fn ceiling(text: &str) -> Ceiling {
        Ceiling::parse(text, "/etc/lockgate/policy.toml").unwrap()
    }

    fn registry() -> Registry {
        Registry::new(Ecosystem::Cargo, "sparse+https://cargo.evil.example/i/").unwrap()
    }

    fn address(text: &str, url: &str) -> Result<(), String> {
        let allowed = ceiling(text).allows_address(&url.parse().unwrap(), &registry());
        allowed.map_err(|forbidden| forbidden.to_string())
    }

    #[test]
    fn an_address_that_is_denied_is_not_asked_and_others_are() {
        let text = "message = \"Ask Ops.\"\n[deny]\nhttp = [\"https://*.evil.example\"]\n";
        let refused = address(text, "https://cargo.evil.example/i/config.json").unwrap_err();
        assert!(refused.contains("policy.toml:3") && refused.contains("Ask Ops."), "{refused}");
        assert!(address(text, "https://cargo.evil.example/a%2fb?x=y").is_err());
        assert_eq!(address(text, "https://good.example/config.json"), Ok(()));
        assert!(address("[deny]\nhttp = [\"*\"]\n", "https://good.example/").is_err());
        assert_eq!(address("", "https://cargo.evil.example/"), Ok(()));
        assert_eq!(address("[allow]\nhttp = []\n", "https://good.example/"), Ok(()));
    }

    #[test]
    fn a_host_that_is_denied_is_not_asked_by_another_scheme_or_spelling() {
        let text =
            "[deny]\nhttp = [\"https://evil.example/path\", \"https://*.evil.example:8443\"]\n";
        for url in [
            "ssh://git@evil.example/i",
            "ssh://EVIL.example:2222/i",
            "ssh://evil%2eexample/i",
            "ssh://evil.example./i",
            "git://cargo.evil.example/i",
            "http://cargo.evil.example/i",
            "https://evil.example./path/i",
            "https://cargo.evil.example.:8443/i",
        ] {
            let refused = address(text, url).unwrap_err();
            assert!(refused.contains("policy.toml:2"), "{url}: {refused}");
        }
        for url in [
            "ssh://git@good.example/evil.example",
            "ssh://evil.example.org/i",
            "git://notevil.example/i",
            "https://evil.example./other",
            "file:///evil.example",
        ] {
            assert_eq!(address(text, url), Ok(()), "{url}");
        }
        assert!(address("[deny]\nhttp = [\"*\"]\n", "ssh://good.example/i").is_err());
        assert!(address("[deny]\nhttp = [\"https://127.0.0.1\"]\n", "ssh://127.1/i").is_err());
        assert!(address(text, "ssh://evil..example/i").is_err(), "no rule can be about it");
        assert_eq!(address("", "ssh://evil..example/i"), Ok(()));
    }

    /// Regression: another spelling of the same address was another host.
    #[test]
    fn an_address_that_is_denied_is_not_asked_as_an_ipv6_one_either() {
        let denied = "[deny]\nhttp = [\"http://127.0.0.1:5000\", \"https://10.0.0.1\"]\n";
        for url in [
            "http://127.0.0.1:5000/v2/",
            "http://[::ffff:127.0.0.1]:5000/v2/",
            "http://[::ffff:7f00:1]:5000/v2/",
            "https://[::ffff:10.0.0.1]/v2/",
            "ssh://git@[::ffff:10.0.0.1]/i",
        ] {
            let refused = address(denied, url).unwrap_err();
            assert!(refused.contains("policy.toml:2"), "{url}: {refused}");
            assert_eq!(address("", url), Ok(()), "the twin: {url}");
        }
        for url in ["http://[::1]:5000/v2/", "https://[::ffff:10.0.0.2]/v2/"] {
            assert_eq!(address(denied, url), Ok(()), "{url}");
        }
        let spelled = "[deny]\nhttp = [\"https://[::ffff:10.0.0.1]\"]\n";
        assert!(address(spelled, "https://10.0.0.1/v2/").is_err());
    }

    #[test]
    fn a_program_that_is_denied_is_not_started() {
        let program =
            |text: &str| ceiling(text).allows_program("/usr/bin/git", &registry()).is_ok();
        assert!(program(""));
        assert!(!program("[deny]\nprocess = [\"/usr/bin/git\"]\n"));
        assert!(!program("[deny]\nprocess = [\"*\"]\n"));
        assert!(!program("bridges = false\n"));
        assert!(program("[deny]\nprocess = [\"/usr/bin/op\"]\n"));
    }
}
