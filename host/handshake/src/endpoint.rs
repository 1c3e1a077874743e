//! Where a server's registry is asked.

use lockgate_core::{DOCKER_HUB_HOSTS, is_local_name};
use url::{Host, Url};

/// Where Docker Hub's registry is.
const HUB: &str = "https://registry-1.docker.io/";

/// Why a server cannot be asked.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EndpointError {
    /// In docker's words.
    #[error("unable to parse server address: {0}")]
    NotAServer(url::ParseError),
    /// A user or password in it.
    #[error("unable to parse server address: it has a user in it; give the user with `--username`")]
    User,
}

/// The addresses of a server's registry, in the order in which they are asked: over https, and on this
/// machine itself over plain http as well, as docker does. What is behind the host is not used.
///
/// # Errors
/// If the server has no host.
pub fn endpoints(server: &str) -> Result<Vec<Url>, EndpointError> {
    let behind = server.split_once("://").map_or(server, |(_, behind)| behind);
    let host = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let url = Url::parse(&format!("https://{host}/")).map_err(EndpointError::NotAServer)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointError::User);
    }
    if url.host_str().is_some_and(|host| DOCKER_HUB_HOSTS.contains(&host)) {
        return Ok(Url::parse(HUB).into_iter().collect());
    }
    let mut endpoints = vec![url.clone()];
    if is_this_machine(&url) {
        // A URL of https cannot be made one of http without its port.
        endpoints.extend(Url::parse(&format!("http://{host}/")));
    }
    Ok(endpoints)
}

/// Whether the host is this machine by its very name, without a look-up.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::endpoints;

    fn shown(server: &str) -> Vec<String> {
        endpoints(server).unwrap().into_iter().map(String::from).collect()
    }

    #[test]
    fn a_server_is_asked_over_https_and_this_machine_over_http_too() {
        for (server, expected) in [
            ("ghcr.io", &["https://ghcr.io/"][..]),
            ("http://corp.example:5000/v2/", &["https://corp.example:5000/"]),
            ("https://index.docker.io/v1/", &["https://registry-1.docker.io/"]),
            ("docker.io", &["https://registry-1.docker.io/"]),
            ("127.0.0.1:5000", &["https://127.0.0.1:5000/", "http://127.0.0.1:5000/"]),
            ("localhost", &["https://localhost/", "http://localhost/"]),
            ("[::1]:5000", &["https://[::1]:5000/", "http://[::1]:5000/"]),
            ("localhost.evil.example", &["https://localhost.evil.example/"]),
            ("127.0.0.1.evil.example", &["https://127.0.0.1.evil.example/"]),
            ("10.0.0.1:5000", &["https://10.0.0.1:5000/"]),
        ] {
            assert_eq!(shown(server), expected, "{server}");
        }
    }

    #[test]
    fn what_has_no_host_or_a_user_is_an_error() {
        for server in ["bad^host", "https://", "", "a b", "h:99999"] {
            let error = endpoints(server).unwrap_err().to_string();
            assert!(error.starts_with("unable to parse server address: "), "{server}: {error}");
        }
        assert!(endpoints("user@evil.example").unwrap_err().to_string().contains("--username"));
    }
}
