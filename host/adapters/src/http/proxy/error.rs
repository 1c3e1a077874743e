//! What people are told when the way through a proxy comes to nothing.

use lockgate_core::{AdapterError, Proxy, ProxyRefused};
use rustls::Error as TlsError;

use crate::http::HttpError;
use crate::http::error::Via;

/// Why nothing came through a proxy. Never holds its user and password.
#[derive(Debug, thiserror::Error)]
pub enum ProxyFailure {
    /// The proxy that the request would go through cannot be used.
    #[error("`{host}` was not contacted")]
    Unusable {
        /// The host of the URL.
        host: String,
        /// Why.
        #[source]
        source: ProxyRefused,
    },
    /// http without TLS to another machine than this one.
    #[error(
        "`{host}` was not contacted through the proxy `{proxy}`: http without TLS goes only to \
         this machine; use https"
    )]
    Plain {
        /// The host of the URL.
        host: String,
        /// The proxy.
        proxy: String,
    },
    /// No connection to the proxy.
    #[error("the proxy `{proxy}` could not be reached")]
    Unreachable {
        /// The proxy.
        proxy: String,
        /// What went wrong.
        #[source]
        source: AdapterError,
    },
    /// The proxy wants to know who asks.
    #[error(
        "the proxy `{proxy}` wants to know who asks (407); name it as \
         `http://USER:PASSWORD@HOST:PORT`"
    )]
    LoginWanted {
        /// The proxy.
        proxy: String,
    },
    /// The proxy knows no such user.
    #[error("the proxy `{proxy}` did not take the user and password that it was given (407)")]
    LoginRefused {
        /// The proxy.
        proxy: String,
    },
    /// The proxy does not connect to the host.
    #[error("the proxy `{proxy}` did not connect to `{host}`: it answered with status {status}")]
    NotConnected {
        /// The proxy.
        proxy: String,
        /// The host of the URL.
        host: String,
        /// The status.
        status: u16,
    },
    /// The proxy speaks something else.
    #[error("the proxy `{proxy}` was not used: its answer {what}")]
    Answer {
        /// The proxy.
        proxy: String,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl ProxyFailure {
    /// The proxy does not say for whom it works.
    pub(crate) fn login(proxy: String, given: bool) -> Self {
        match given {
            true => Self::LoginRefused { proxy },
            false => Self::LoginWanted { proxy },
        }
    }

    /// The proxy itself is not believed.
    pub(crate) fn of_tls(error: TlsError, proxy: &Proxy) -> HttpError {
        match HttpError::of_tls(error, proxy.host_text(), Via::default()) {
            HttpError::Exchange { source, .. } => {
                Self::Unreachable { proxy: proxy.to_string(), source }.into()
            }
            named => named,
        }
    }
}

impl From<ProxyFailure> for ureq::Error {
    fn from(error: ProxyFailure) -> Self {
        HttpError::from(error).into()
    }
}
