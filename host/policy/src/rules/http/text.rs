//! The text of an address, before and after a URL parser has read it.

use url::{Host, Url};

use crate::host::HostPattern;

/// Refuses what a URL parser would quietly mend or take for something else, and finds the path.
pub(super) fn check_text(text: &str) -> Result<&str, &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or("does not begin with `https://`")?;
    if rest.contains(['\\', '?', '#']) || rest.contains(char::is_whitespace) {
        return Err("has more than a host, a port and a path; leave query and fragment out");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.contains('@') {
        true => Err("has a user; leave it out"),
        false => Ok(path),
    }
}

pub(super) fn check_path(url: &Url, path: &str) -> Result<(), &'static str> {
    let lower = path.to_ascii_lowercase();
    if ["%2f", "%5c", "%2e"].iter().any(|part| lower.contains(part)) {
        return Err("has an encoded slash, backslash or dot in its path");
    }
    if path.contains('*') {
        return Err("has a `*` in its path; a path covers what is below it by itself");
    }
    match path.is_empty() || path == url.path() {
        true => Ok(()),
        false => Err("has a path with `.`, `..` or characters that have to be percent-encoded"),
    }
}

pub(super) fn is_loopback(host: &HostPattern) -> bool {
    match &host.host {
        Host::Domain(name) => name == "localhost" && !host.subdomains,
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}
