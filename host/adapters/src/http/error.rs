//! What people are told when a request comes to nothing.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use lockgate_core::{AdapterError, HeaderError, escape, shorten};

/// Why there is no response. Never holds a value of a header, a body or a query.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Neither https nor http, no host, or a user in the URL.
    #[error("a request is sent only to an http or https URL with a host and without a user")]
    Url,
    /// TLS is not built in.
    #[error(
        "`{host}` was not contacted: this build of Lockgate has no TLS, so https cannot be used"
    )]
    NoTls {
        /// The host of the URL.
        host: String,
    },
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
    /// The time is up.
    #[error("there was no whole response from `{host}` within {} s", deadline.as_secs_f32())]
    Deadline {
        /// The host of the URL.
        host: String,
        /// For the whole exchange.
        deadline: Duration,
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
    /// The connection failed, or what came over it is not HTTP.
    #[error("the request to `{host}` failed")]
    Exchange {
        /// The host of the URL.
        host: String,
        /// What went wrong.
        #[source]
        source: AdapterError,
    },
}

impl From<HttpError> for ureq::Error {
    fn from(error: HttpError) -> Self {
        Self::Other(Box::new(error))
    }
}
