//! Links that are shown to a person, or opened for one.

use url::{Host, Url};

/// Whether a link that somebody untrusted chose may be shown as one to follow: https, or http to
/// this machine, and without a user or a password, behind which the real host would hide.
#[must_use]
pub fn may_be_opened(link: &Url) -> bool {
    let secure = link.scheme() == "https" || (link.scheme() == "http" && is_loopback(link));
    secure && link.host().is_some() && link.username().is_empty() && link.password().is_none()
}

fn is_loopback(link: &Url) -> bool {
    match link.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::may_be_opened;

    #[test]
    fn https_and_this_machine_without_a_user() {
        for (link, may) in [
            ("https://sso.example/device", true),
            ("https://127.0.0.1/", true),
            ("http://127.0.0.1:39213/me", true),
            ("http://127.1.2.3/", true),
            ("http://[::1]/me", true),
            ("http://LOCALHOST/me", true),
            ("http://sso.example/", false),
            ("http://0.0.0.0/", false),
            ("http://localhost.evil.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("https://crates.io@evil.example/", false),
            ("https://:word@evil.example/", false),
            ("http://user@localhost/", false),
            ("file:///etc/passwd", false),
            ("ftp://localhost/", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(may_be_opened(&link.parse().unwrap()), may, "{link}");
        }
    }
}
