//! Answers of a registry that mean nothing to cargo, in its words.

use std::fmt;

use lockgate_core::{HttpResponse, shorten};
use url::Url;

/// Most bytes of a server's words that an error shows, as in cargo.
const MAX_SHOWN: usize = 512;
/// The headers that help to find a request in a server's records, as in cargo.
const TOLD_HEADERS: [&str; 6] =
    ["x-amz-cf-id", "x-amz-cf-pop", "x-amz-request-id", "x-amz-id-2", "x-cache", "x-served-by"];

/// An answer that cargo has no use for. `{:#}` shows the headers, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsuccessful {
    url: Url,
    address: Option<String>,
    status: u16,
    headers: Vec<String>,
    body: String,
}

impl fmt::Display for Unsuccessful {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, address, status, headers, body } = self;
        write!(formatter, "failed to get successful HTTP response from `{url}`")?;
        if let Some(address) = address {
            write!(formatter, " ({address})")?;
        }
        writeln!(formatter, ", got {status}")?;
        if formatter.alternate() && !headers.is_empty() {
            writeln!(formatter, "debug headers:\n{}", headers.join("\n"))?;
        }
        write!(formatter, "body:\n{body}")
    }
}

impl Unsuccessful {
    /// Whether it may be over by itself: a server that fails or is busy.
    pub(crate) fn is_spurious(&self) -> bool {
        self.status == 429 || (500..600).contains(&self.status)
    }
}

/// Those of which cargo knows no meaning.
pub(crate) fn unsuccessful(url: &Url, response: &HttpResponse) -> Option<Unsuccessful> {
    if matches!(response.status, 200 | 304 | 401 | 404 | 410 | 451) {
        return None;
    }
    let told = response.headers.iter().filter(|(name, _)| TOLD_HEADERS.contains(&name.as_str()));
    let headers = told.filter_map(|(name, value)| {
        Some(format!("{name}: {}", shorten(value.expose_text()?, MAX_SHOWN)))
    });
    let body = match response.body.expose_text() {
        Some(text) => shorten(text, MAX_SHOWN).into_owned(),
        None => format!("[{} non-utf8 bytes]", response.body.len()),
    };
    let address = matches!(url.host(), Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)));
    let address = url.host_str().filter(|_| address);
    Some(Unsuccessful {
        url: url.clone(),
        address: address.map(|shown| shown.trim_matches(['[', ']']).to_owned()),
        status: response.status,
        headers: headers.take(TOLD_HEADERS.len()).collect(),
        body,
    })
}
