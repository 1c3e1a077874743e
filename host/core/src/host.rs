//! Hosts by their one spelling.

use std::net::IpAddr;

use url::Host;

/// A host by its one spelling: an IPv4 address within an IPv6 one (`[::ffff:127.0.0.1]`) is the very
/// same host.
pub fn canonical_host(host: Host<String>) -> Host<String> {
    match host {
        Host::Ipv6(address) => match IpAddr::V6(address).to_canonical() {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        },
        other => other,
    }
}
