//! Which hosts are connected to directly although there is a proxy, by curl's rules.

use std::net::IpAddr;

use url::Host;

/// Longest list, in bytes, and longest entry: a list of every host of a company has some KiB.
const MAX_LIST: usize = 64 << 10;
const MAX_ENTRY: usize = 256;

/// Hosts that are connected to directly: names with everything below them, addresses and networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy {
    all: bool,
    entries: Vec<String>,
}

/// Why a list of such hosts cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoProxyError {
    /// An entry that is no host.
    #[error(
        "an entry of `no-proxy` is a name (`corp.example`), an address, a network (`10.0.0.0/8`), \
         or `*` for every host"
    )]
    Entry,
}

impl NoProxy {
    /// Reads the variable `no_proxy`: entries with commas between them; `*` alone is every host. As in
    /// curl the list ends where a blank stands between two entries without a comma.
    pub fn of_variable(text: &str) -> Self {
        if text == "*" {
            return Self { all: true, entries: Vec::new() };
        }
        let text = text.get(..MAX_LIST).unwrap_or(text);
        let mut entries = Vec::new();
        for piece in text.split(',') {
            let mut words = piece.split([' ', '\t']).filter(|word| !word.is_empty());
            entries.extend(words.next().map(str::to_owned));
            if words.next().is_some() {
                break;
            }
        }
        Self { all: false, entries }
    }

    /// Takes entries as a configuration file lists them.
    ///
    /// # Errors
    /// If one is no host, or too long for one.
    pub fn of_entries<'a>(
        entries: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, NoProxyError> {
        let mut read = Self::default();
        for entry in entries {
            let is_host = |c: char| !c.is_control() && !c.is_whitespace() && c != ',';
            match entry {
                "*" => read.all = true,
                _ if entry.is_empty() || entry.len() > MAX_ENTRY || !entry.chars().all(is_host) => {
                    return Err(NoProxyError::Entry);
                }
                _ if entry.contains(['*', '@']) || entry.contains("://") => {
                    return Err(NoProxyError::Entry);
                }
                _ => read.entries.push(entry.to_owned()),
            }
        }
        Ok(read)
    }

    /// What the list says, entry by entry.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        self.all.then_some("*").into_iter().chain(self.entries.iter().map(String::as_str))
    }

    /// The entries of both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.all |= other.all;
        self.entries.extend(other.entries);
        self
    }

    /// Whether a host is connected to directly.
    pub fn covers(&self, host: &Host<&str>) -> bool {
        let covers = |entry: &String| match host {
            Host::Domain(name) => covers_name(entry, name),
            Host::Ipv4(address) => covers_address(entry, (*address).into()),
            Host::Ipv6(address) => covers_address(entry, (*address).into()),
        };
        self.all || self.entries.iter().any(covers)
    }
}

/// A name is for itself and everything below it, with a dot before it or without.
fn covers_name(entry: &str, name: &str) -> bool {
    let entry = entry.strip_suffix('.').unwrap_or(entry);
    let entry = entry.strip_prefix('.').unwrap_or(entry);
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some(before) = name.len().checked_sub(entry.len()) else { return false };
    let (Some(above), Some(tail)) = (name.get(..before), name.get(before..)) else { return false };
    !entry.is_empty()
        && tail.eq_ignore_ascii_case(entry)
        && (above.is_empty() || above.ends_with('.'))
}

fn covers_address(entry: &str, address: IpAddr) -> bool {
    let (network, bits) = match entry.split_once('/') {
        Some((network, bits)) => (network, bits.parse::<u32>().ok()),
        None => (entry, Some(0)),
    };
    let network = network.trim_start_matches('[').trim_end_matches(']');
    let (Ok(network), Some(bits)) = (network.parse::<IpAddr>(), bits) else { return false };
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            same_start(network.to_bits().into(), address.to_bits().into(), bits, 32)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            same_start(network.to_bits(), address.to_bits(), bits, 128)
        }
        _ => false,
    }
}

/// Whether two addresses of `width` bits begin with the same `bits`; none stands for all of them.
fn same_start(one: u128, other: u128, bits: u32, width: u32) -> bool {
    match bits {
        0 => one == other,
        bits if bits <= width => (one ^ other).checked_shr(width - bits).unwrap_or(0) == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::NoProxy;

    fn covers(list: &str, host: &str) -> bool {
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        NoProxy::of_variable(list).covers(&url.host().unwrap())
    }

    #[test]
    fn a_list_covers_what_it_covers_in_curl() {
        for (list, host, expected) in [
            ("", "a.example", false),
            ("*", "a.example", true),
            ("*", "10.0.0.1", true),
            // Only alone: in a list it is a name that nobody has.
            ("b.example,*", "a.example", false),
            ("*.a.example", "x.a.example", false),
            ("a.example", "a.example", true),
            ("A.Example", "a.example", true),
            ("a.example", "x.a.example", true),
            ("a.example", "xa.example", false),
            (".a.example", "a.example", true),
            (".a.example", "x.a.example", true),
            ("a.example.", "a.example", true),
            ("a.example", "a.example.", true),
            ("x.a.example", "a.example", false),
            (".", "a.example", false),
            ("b.example, a.example", "a.example", true),
            ("b.example,,\ta.example", "a.example", true),
            ("b.example a.example", "a.example", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/0", "10.0.0.1", false),
            ("10.0.0.0/x", "10.0.0.0", false),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("0.0.1", "10.0.0.1", false),
            ("::1", "[::1]", true),
            ("fd00::/8", "[fd12::1]", true),
            ("fd00::/8", "[fe12::1]", false),
            ("10.0.0.0/8", "[::ffff:10.0.0.1]", false),
        ] {
            assert_eq!(covers(list, host), expected, "{list:?} {host}");
        }
    }

    #[test]
    fn entries_of_a_file_are_hosts() {
        for entry in ["", "a b", "a,b", "https://a.example", "*.a.example", "u@a", "a\r\nb"] {
            assert!(NoProxy::of_entries([entry]).is_err(), "{entry:?}");
        }
        let read = NoProxy::of_entries(["a.example", "10.0.0.0/8"]).unwrap();
        assert_eq!(read, NoProxy::of_variable("a.example,10.0.0.0/8"));
        assert_eq!(NoProxy::of_entries(["*"]).unwrap(), NoProxy::of_variable("*"));
    }
}
