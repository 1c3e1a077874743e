//! The keys under which clients keep one and the same server.

use lockgate_core::{DOCKER_HUB, DOCKER_HUB_HOSTS};

/// Hub's own key without its slash.
const HUB_WITHOUT_SLASH: &str = "https://index.docker.io/v1";
/// Where docker keeps the tokens of Hub's web login: keys of their own, that stand for no server.
pub const HUB_TOKENS: [&str; 2] =
    ["https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token"];

/// The other keys under which an entry of this very server may be kept, nearest first, and never the
/// given one. A port counts, and `http://` is another server than the same host without it, which is
/// `https://`. A key with a path has the one with or without a slash at its end.
#[must_use]
pub fn aliases(server: &str) -> Vec<String> {
    let mut family = family(server);
    family.retain(|key| key != server);
    family
}

/// The one key of a family that stands for all of it.
pub(crate) fn canonical(server: &str) -> String {
    family(server).into_iter().next().unwrap_or_else(|| server.to_owned())
}

/// The key by which it is decided who keeps a server: Hub's own for the tokens of its web login too,
/// which docker keeps where it keeps Hub's password.
pub(crate) fn deciding_key(server: &str) -> String {
    if is_hub_token(server) { DOCKER_HUB.to_owned() } else { canonical(server) }
}

/// All keys of a server, the given one among them, or none if it has no other. Every key of a family
/// has the same family in the same order.
fn family(server: &str) -> Vec<String> {
    let hub = hub_family();
    if hub.iter().any(|key| key == server) {
        return hub;
    }
    let key = server.strip_suffix('/').unwrap_or(server);
    if is_hub_token(key) {
        return Vec::new();
    }
    let with_slash = format!("{key}/");
    let host = match key.split_once("://") {
        Some(("https", host)) => host,
        Some((_, rest)) if is_plain(rest) => return vec![key.to_owned(), with_slash],
        None if is_plain(key) && !key.contains('/') => key,
        None if is_plain(key) => return vec![key.to_owned(), with_slash],
        Some(_) | None => return Vec::new(),
    };
    if !is_plain(host) {
        Vec::new()
    } else if host.contains('/') {
        vec![key.to_owned(), with_slash]
    } else {
        of_host(host)
    }
}

fn of_host(host: &str) -> Vec<String> {
    vec![host.to_owned(), format!("https://{host}"), format!("https://{host}/"), format!("{host}/")]
}

fn hub_family() -> Vec<String> {
    let own = [DOCKER_HUB.to_owned(), HUB_WITHOUT_SLASH.to_owned()];
    own.into_iter().chain(DOCKER_HUB_HOSTS.into_iter().flat_map(of_host)).collect()
}

/// Whether a key without its scheme and its last slash is a host, or a host and a path, and nothing
/// that two programs could read differently.
fn is_plain(key: &str) -> bool {
    let odd = |c: char| matches!(c, '?' | '#' | '@' | '\\' | '%') || c.is_whitespace();
    !key.starts_with('/')
        && !key.ends_with('/')
        && !key.contains("//")
        && !key.chars().any(odd)
        && !key.is_empty()
}

/// Whether a key is one under which docker keeps a token of Hub's web login.
pub(crate) fn is_hub_token(key: &str) -> bool {
    HUB_TOKENS.contains(&key)
}

/// Whether a key or an argument means Docker Hub.
pub(crate) fn is_hub(server: &str) -> bool {
    hub_family().iter().any(|key| key == server)
}

/// The host, with its port if it has one, of a key or of what a person typed, as docker takes it:
/// nothing is lowered, no port is left out, and an IPv6 address has brackets only before a port.
#[must_use]
pub fn hostname(key: &str) -> String {
    match key.split_once("://").and_then(|(scheme, rest)| url_host(scheme, rest)) {
        Some(host) => host,
        None => key.split('/').next().unwrap_or_default().to_owned(),
    }
}

/// The host of a URL as Go's parser finds it.
fn url_host(scheme: &str, rest: &str) -> Option<String> {
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_host = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || HOST_SIGNS.contains(c);
    if !is_scheme || !host.chars().all(is_host) {
        return None;
    }
    let (name, port) = match host.strip_prefix('[') {
        Some(address) => address.split_once(']')?,
        None => host.rfind(':').map_or((host, ""), |colon| host.split_at(colon)),
    };
    let port = if port.is_empty() { port } else { port.strip_prefix(':')? };
    match (name.is_empty() || !port.chars().all(|c| c.is_ascii_digit()), port) {
        (true, _) => None,
        (false, "") => Some(name.to_owned()),
        (false, port) if name.contains(':') => Some(format!("[{name}]:{port}")),
        (false, port) => Some(format!("{name}:{port}")),
    }
}

/// What may stand in a host besides letters and digits, for Go's parser.
const HOST_SIGNS: &str = "-_.~!$&'()*+,;=:[]<>\"";

/// The key under which a login to this server is kept: its host, and for each spelling of Docker Hub
/// its own key. docker keeps logins to `index.docker.io` where it never looks for them.
#[must_use]
pub fn login_server(argument: Option<&str>) -> String {
    let argument = argument.unwrap_or_default();
    let host = hostname(argument);
    if argument.is_empty() || is_hub(argument) || is_hub(&host) {
        DOCKER_HUB.to_owned()
    } else {
        host
    }
}

/// Every key that a logout erases, each once: docker's (the host, with `https://` and `http://`, and
/// what was typed), and for Docker Hub its own key first and all of its hosts, which docker forgets.
#[must_use]
pub fn logout_servers(argument: Option<&str>) -> Vec<String> {
    let argument = argument.unwrap_or_default();
    let server = login_server(Some(argument));
    let host = if argument.is_empty() { String::new() } else { hostname(argument) };
    let mut keys = vec![server.clone()];
    if server == DOCKER_HUB {
        keys.extend(DOCKER_HUB_HOSTS.map(str::to_owned));
    }
    if !host.is_empty() && argument != DOCKER_HUB {
        keys.extend([format!("https://{host}"), format!("http://{host}"), argument.to_owned()]);
    }
    let mut seen = std::collections::BTreeSet::new();
    keys.retain(|key| seen.insert(key.clone()));
    keys
}

#[cfg(test)]
#[path = "server/tests.rs"]
mod tests;
