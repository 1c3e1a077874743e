//! One proxy, read as curl reads it.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::{Secret, escape, shorten};

/// Longest address of a proxy, in bytes: room for a long host, a user and a token as a password.
const MAX_ADDRESS: usize = 8 << 10;
/// Longest scheme that an error shows.
const MAX_SCHEME: usize = 16;
/// The port of an address without one, as curl has it.
const PLAIN_PORT: u16 = 1080;
const TLS_PORT: u16 = 443;

/// A proxy that is spoken to over HTTP. Its `Display` is its address, without the user.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// How it is spoken to.
    pub scheme: ProxyScheme,
    /// Its name or address.
    pub host: Host<String>,
    /// Its port.
    pub port: u16,
    /// `USER:PASSWORD`, decoded, if it wants to know who asks.
    pub login: Option<Secret>,
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyScheme {
    /// Without TLS.
    Http,
    /// With TLS.
    Https,
}

/// Why a text is not the address of a proxy that can be used. The text is not quoted: it may hold a
/// password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// Not `http://HOST:PORT`, or nothing of the kind.
    #[error("it is not the address of a proxy; write `http://HOST:PORT`")]
    Syntax,
    /// A blank, a line end or another control character, also where it is percent-encoded.
    #[error("the address has a blank or a control character (a line end, for example)")]
    Control,
    /// Longer than any address.
    #[error("the address is longer than {MAX_ADDRESS} bytes")]
    TooLong,
    /// A SOCKS proxy.
    #[error("SOCKS proxies are not supported; name an `http://` or `https://` proxy")]
    Socks,
    /// Another scheme.
    #[error("a proxy is spoken to by `http` or `https`, not by `{0}`")]
    Scheme(String),
}

impl Proxy {
    /// Reads an address as curl does: `http://` if it has no scheme, port 1080 (with https 443) if it
    /// has none, user and password percent-encoded.
    ///
    /// # Errors
    /// If it is no such address.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        if text.len() > MAX_ADDRESS {
            return Err(ProxyError::TooLong);
        }
        if text.chars().any(|character| character.is_control() || character.is_whitespace()) {
            return Err(ProxyError::Control);
        }
        let (scheme, rest) = scheme_of(text)?;
        let url = Zeroizing::new(format!("{}://{rest}", scheme.name()));
        let url = Url::parse(&url).map_err(|_| ProxyError::Syntax)?;
        let host = url.host().ok_or(ProxyError::Syntax)?.to_owned();
        // The parser leaves out the usual port, which is another one than curl's.
        let port = match (url.port(), has_port(rest)) {
            (Some(port), _) => port,
            (None, true) => url.port_or_known_default().ok_or(ProxyError::Syntax)?,
            (None, false) => scheme.usual_port(),
        };
        Ok(Self { scheme, host, port, login: login(&url)? })
    }

    /// Its name or address as a look-up takes it, an IPv6 address in brackets.
    pub fn host_text(&self) -> String {
        self.host.to_string()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}:{}", self.scheme.name(), self.host, self.port)
    }
}

impl ProxyScheme {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn usual_port(self) -> u16 {
        match self {
            Self::Http => PLAIN_PORT,
            Self::Https => TLS_PORT,
        }
    }
}

fn scheme_of(text: &str) -> Result<(ProxyScheme, &str), ProxyError> {
    let Some((scheme, rest)) = text.split_once("://") else { return Ok((ProxyScheme::Http, text)) };
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok((ProxyScheme::Http, rest)),
        "https" => Ok((ProxyScheme::Https, rest)),
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => Err(ProxyError::Socks),
        // `user:pa://word@host` has its password before the sign.
        other if other.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
            Err(ProxyError::Scheme(escape(&shorten(other, MAX_SCHEME))))
        }
        _ => Err(ProxyError::Syntax),
    }
}

/// Whether the authority of `rest`, which follows the scheme, ends in a port.
fn has_port(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn login(url: &Url) -> Result<Option<Secret>, ProxyError> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(url.as_str().len());
    bytes.extend(percent_decode_str(url.username()));
    bytes.push(b':');
    bytes.extend(percent_decode_str(url.password().unwrap_or_default()));
    let login = Secret::new(bytes);
    match login.expose().iter().any(u8::is_ascii_control) {
        true => Err(ProxyError::Control),
        false => Ok(Some(login)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Proxy, ProxyError};

    fn shown(text: &str) -> String {
        let proxy = Proxy::parse(text).unwrap();
        let login = proxy.login.as_ref().and_then(|login| login.expose_text());
        format!("{proxy} {}", login.unwrap_or("-"))
    }

    #[test]
    fn an_address_is_read_as_curl_reads_it() {
        for (text, expected) in [
            ("http://proxy.corp.example:3128", "http://proxy.corp.example:3128 -"),
            ("http://proxy.corp.example:3128/", "http://proxy.corp.example:3128 -"),
            ("proxy.corp.example:3128", "http://proxy.corp.example:3128 -"),
            ("proxy", "http://proxy:1080 -"),
            ("http://proxy", "http://proxy:1080 -"),
            ("http://proxy:80", "http://proxy:80 -"),
            ("https://proxy", "https://proxy:443 -"),
            ("HTTPS://Proxy:8443", "https://proxy:8443 -"),
            ("http://[::1]:3128", "http://[::1]:3128 -"),
            ("http://[::1]", "http://[::1]:1080 -"),
            ("http://user:pass@proxy:1", "http://proxy:1 user:pass"),
            ("user:pass@proxy:1", "http://proxy:1 user:pass"),
            ("http://user@proxy", "http://proxy:1080 user:"),
            ("http://us%40er:p%3Aw%2525@proxy", "http://proxy:1080 us@er:p:w%25"),
            ("http://a:b@c@proxy:2", "http://proxy:2 a:b@c"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_being_quoted() {
        let long = format!("http://proxy/{}hunter2", "x".repeat(9000));
        for (text, expected) in [
            ("", ProxyError::Syntax),
            ("http://", ProxyError::Syntax),
            ("http://hunter2@", ProxyError::Syntax),
            ("http://u:hunter2@proxy:99999", ProxyError::Syntax),
            ("u:hunter2://x@proxy", ProxyError::Syntax),
            ("socks5h://u:hunter2@proxy", ProxyError::Socks),
            ("ftp://u:hunter2@proxy", ProxyError::Scheme("ftp".into())),
            ("http://u:hunter2@proxy\r\nX: y", ProxyError::Control),
            ("http://u:hunter2%0d%0aX:y@proxy", ProxyError::Control),
            ("http://u:hunter2%00@proxy", ProxyError::Control),
            ("http://u:hunter2@pro xy", ProxyError::Control),
            (long.as_str(), ProxyError::TooLong),
        ] {
            let error = Proxy::parse(text).unwrap_err();
            assert_eq!(error, expected, "{text:?}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn neither_display_nor_debug_shows_the_user() {
        let proxy = Proxy::parse("http://alice:hunter2@proxy:1").unwrap();
        let shown = format!("{proxy} {proxy:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("alice"), "{shown}");
    }
}
