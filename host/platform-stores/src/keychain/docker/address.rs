//! A server of docker's as the keychain keeps it: taken apart, and put together again.

use std::fmt;

use super::attributes::{Attribute, Attributes, Value};
use crate::StoreError;

/// A server's address, whose parts are attributes of its entry. A server without a scheme is the one
/// with `https://`, as for docker's helper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    scheme: Scheme,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: Option<u16>,
    /// Empty, or with its slash at the front.
    path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Https,
    Http,
}

impl Scheme {
    const ALL: [Self; 2] = [Self::Https, Self::Http];

    fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    /// The system's four letters (`kSecAttrProtocolHTTPS`, `kSecAttrProtocolHTTP`).
    fn code(self) -> &'static str {
        match self {
            Self::Https => "htps",
            Self::Http => "http",
        }
    }
}

impl Address {
    /// A server as docker names it. What docker's helper would leave out of the entry, or change, is
    /// refused: two servers would be one.
    pub(crate) fn read(server: &str) -> Result<Self, StoreError> {
        Self::parse(server).ok_or(StoreError::NotAServer)
    }

    fn parse(server: &str) -> Option<Self> {
        let odd = |c: char| "?#@%\\".contains(c) || c.is_whitespace() || c.is_control();
        if server.contains(odd) {
            return None;
        }
        let (scheme, rest) = match server.split_once("://") {
            Some((name, rest)) => {
                let is_it = |scheme: &Scheme| scheme.name().eq_ignore_ascii_case(name);
                (Scheme::ALL.into_iter().find(is_it)?, rest)
            }
            None => (Scheme::Https, server.strip_prefix("//").unwrap_or(server)),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority)?;
        Some(Self { scheme, host: host.to_owned(), port, path: path.to_owned() })
    }

    /// The address that an entry is for; none if it is one that [`Address::read`] does not read.
    pub(super) fn of(attributes: &Attributes) -> Option<Self> {
        let code = attributes.text(Attribute::Protocol)?;
        let address = Self {
            scheme: Scheme::ALL.into_iter().find(|scheme| scheme.code() == code)?,
            host: attributes.text(Attribute::Server)?.to_owned(),
            // The system keeps none as zero.
            port: match attributes.number(Attribute::Port) {
                None | Some(0) => None,
                Some(port) => Some(u16::try_from(port).ok()?),
            },
            path: attributes.text(Attribute::Path).unwrap_or_default().to_owned(),
        };
        (Self::parse(&address.to_string()).as_ref() == Some(&address)).then_some(address)
    }

    /// What the entry has of it. An empty part is left out, as docker's helper does.
    pub(super) fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::default();
        attributes.set(Attribute::Server, Value::Text(self.host.clone()));
        attributes.set(Attribute::Protocol, Value::Text(self.scheme.code().to_owned()));
        if let Some(port) = self.port {
            attributes.set(Attribute::Port, Value::Number(port.into()));
        }
        if !self.path.is_empty() {
            attributes.set(Attribute::Path, Value::Text(self.path.clone()));
        }
        attributes
    }
}

fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            let _address: std::net::Ipv6Addr = host.parse().ok()?;
            (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
        }
        None if authority.contains(['[', ']']) => return None,
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = match port {
        Some(digits) => Some(read_port(digits)?),
        None => None,
    };
    (!host.is_empty()).then_some((host, port))
}

/// One that is written as it is read: `080` would be another name of the same server.
fn read_port(digits: &str) -> Option<u16> {
    let port: u16 = digits.parse().ok()?;
    (port != 0 && port.to_string() == digits).then_some(port)
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://", self.scheme.name())?;
        match self.host.contains(':') {
            true => write!(formatter, "[{}]", self.host)?,
            false => formatter.write_str(&self.host)?,
        }
        if let Some(port) = self.port {
            write!(formatter, ":{port}")?;
        }
        formatter.write_str(&self.path)
    }
}
