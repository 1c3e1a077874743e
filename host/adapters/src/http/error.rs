//! What people are told when a request comes to nothing.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use std::{fmt, io};

use lockgate_core::{AdapterError, HeaderError, Proxy, escape, shorten};
use rustls::{AlertDescription, CertificateError};

use super::proxy::ProxyFailure;

/// Why there is no response. Never holds a value of a header, a body or a query.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Neither https nor http, no host, or a user in the URL.
    #[error("a request is sent only to an http or https URL with a host and without a user")]
    Url,
    /// CONNECT, TRACE and what is no method of HTTP's.
    #[error("the HTTP method `{}` is never sent", escape(&shorten(.0, 32)))]
    Method(String),
    /// A header that may not be sent.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// More headers than a request may have.
    #[error("the request has more than {limit} headers")]
    RequestHeaders {
        /// The most there may be.
        limit: usize,
    },
    /// The name could not be looked up.
    #[error("the address of `{host}` could not be looked up")]
    Lookup {
        /// The name.
        host: String,
        /// What the resolver says.
        #[source]
        source: io::Error,
    },
    /// The name has no addresses.
    #[error("`{host}` has no address")]
    NoAddress {
        /// The name.
        host: String,
    },
    /// An address of this machine or of the networks around it, without the grant.
    #[error(
        "`{host}` was not contacted: its address {address} is not on the internet ({what}); \
         if that is right, grant it with `private-network = true`"
    )]
    Private {
        /// The host of the URL.
        host: String,
        /// The address.
        address: IpAddr,
        /// What the address is.
        what: &'static str,
    },
    /// An address that no host has.
    #[error("`{host}` was not contacted: its address {address} is {what}")]
    Unusable {
        /// The host of the URL.
        host: String,
        /// The address.
        address: IpAddr,
        /// What the address is.
        what: &'static str,
    },
    /// http without TLS to another machine.
    #[error(
        "`{host}` was not contacted: http without TLS goes only to this machine, and {address} is another one; use https"
    )]
    Plain {
        /// The host of the URL.
        host: String,
        /// The address.
        address: IpAddr,
    },
    /// The way through a proxy came to nothing.
    #[error(transparent)]
    Proxy(#[from] ProxyFailure),
    /// What servers would be told about the program is no value of a header.
    #[error("`user-agent` has a control character (a line end, for example)")]
    UserAgent,
    /// The time is up.
    #[error("there was no whole response from `{host}`{via} within {} s", deadline.as_secs_f32())]
    Deadline {
        /// The host of the URL.
        host: String,
        /// The way there.
        via: Via,
        /// For the whole exchange.
        deadline: Duration,
    },
    /// One step took too long.
    #[error("`{host}`{via} was not connected to, or neither took nor sent anything, for {} s", limit.as_secs_f32())]
    Stalled {
        /// The host of the URL.
        host: String,
        /// The way there.
        via: Via,
        /// For one step.
        limit: Duration,
    },
    /// The response's headers are too many or too large.
    #[error("the response from `{host}` has more headers than {count}, or than {bytes} bytes")]
    ResponseHeaders {
        /// The host of the URL.
        host: String,
        /// The most there may be.
        count: usize,
        /// The most bytes of all of them.
        bytes: usize,
    },
    /// The response's body is too large.
    #[error("the response from `{host}` is larger than {limit} bytes")]
    Body {
        /// The host of the URL.
        host: String,
        /// The most bytes there may be.
        limit: usize,
    },
    /// A list of authorities cannot be read: the system's own, or one that the configuration names.
    #[error(
        "https cannot be used: the list of trusted authorities `{}` cannot be read",
        path.display()
    )]
    Authorities {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: AdapterError,
    },
    /// There is no such list.
    #[error(
        "https cannot be used: no list of the authorities that this system trusts was found; \
         install the package `ca-certificates`"
    )]
    NoAuthorities,
    /// TLS itself could not be set up.
    #[error("https cannot be used")]
    TlsSetup(#[source] rustls::Error),
    /// The file with the client's certificate cannot be read.
    #[error("the client certificate `{}` cannot be read", .path.display())]
    ClientCertificateFile {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        #[source]
        source: AdapterError,
    },
    /// The file with the client's certificate is not one that can be used.
    #[error("the client certificate `{}` cannot be used: {what}", .path.display())]
    ClientCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The server's certificate is not to be believed.
    #[error("`{host}`{via} was not trusted, and nothing was sent to it: its certificate {what}")]
    Certificate {
        /// The host of the URL.
        host: String,
        /// The way there.
        via: Via,
        /// What is wrong with it, and what to do about it.
        what: &'static str,
        /// What the check of the certificate says.
        #[source]
        source: Box<rustls::Error>,
    },
    /// The server wants to know who asks.
    #[error(
        "`{host}` wants a client certificate that it accepts; grant one with \
         `client-certificate = \"FILE\"`"
    )]
    ClientCertificateWanted {
        /// The host of the URL.
        host: String,
        /// What the server says.
        #[source]
        source: rustls::Error,
    },
    /// The connection failed, or what came over it is not HTTP.
    #[error("the request to `{host}`{via} failed")]
    Exchange {
        /// The host of the URL.
        host: String,
        /// The way there.
        via: Via,
        /// What went wrong.
        #[source]
        source: AdapterError,
    },
}

impl HttpError {
    pub(super) fn of_tls(error: rustls::Error, host: String, via: Via) -> Self {
        match &error {
            rustls::Error::InvalidCertificate(reason) => {
                Self::Certificate { host, via, what: problem(reason), source: error.into() }
            }
            rustls::Error::AlertReceived(
                AlertDescription::CertificateRequired
                | AlertDescription::BadCertificate
                | AlertDescription::UnknownCA
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateUnknown,
            ) => Self::ClientCertificateWanted { host, source: error },
            _ => Self::Exchange { host, via, source: error.into() },
        }
    }
}

/// The way to a host, in words behind its name: nothing, or through which proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Via(Option<Box<str>>);

impl Via {
    pub(super) fn proxy(proxy: &Proxy) -> Self {
        Self(Some(proxy.to_string().into()))
    }
}

impl fmt::Display for Via {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => Ok(()),
            Some(proxy) => write!(formatter, " through the proxy `{proxy}`"),
        }
    }
}

/// What is wrong with a server's certificate, and what to do.
fn problem(error: &CertificateError) -> &'static str {
    use CertificateError as Error;
    match error {
        Error::Expired | Error::ExpiredContext { .. } => {
            "has expired; its owner has to renew it, unless this machine's clock is wrong"
        }
        Error::NotValidYet | Error::NotValidYetContext { .. } => {
            "is not valid yet; look whether this machine's clock is right"
        }
        Error::NotValidForName | Error::NotValidForNameContext { .. } => {
            "is for another name; use the name that the certificate has, or have it reissued"
        }
        // A signature that is not the authority's comes from one that only has its name.
        Error::UnknownIssuer | Error::BadSignature => {
            "is from no authority that this system trusts; if it is from your own, install that \
             authority's certificate into the system's trust store (`update-ca-certificates` or \
             `update-ca-trust`)"
        }
        Error::UnsupportedSignatureAlgorithmContext { .. }
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "is signed in a way that is not safe any more (SHA-1, for example); its owner has to \
             renew it"
        }
        Error::Revoked => "was revoked",
        _ => "is not valid",
    }
}

impl From<HttpError> for ureq::Error {
    fn from(error: HttpError) -> Self {
        Self::Other(Box::new(error))
    }
}
