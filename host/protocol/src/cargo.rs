//! cargo's credential-provider protocol, version 1, from the provider's side.
//!
//! The provider writes [`HELLO`], then answers each request line ([`read_line`], [`decode`]) with one
//! response line ([`encode`], [`encode_refusal`], [`encode_error`]) until its input ends, and exits
//! with status 0: cargo discards even a good answer of a provider that exits otherwise.
//!
//! What is read as cargo's own `cargo-credential` library reads it: unknown fields are ignored, white
//! space that JSON allows (a CR before the line's end, say) too. It is stricter where two readers
//! could differ: known keys may not come twice, objects may not be written as arrays, and every size
//! has a bound.

mod fields;
mod frame;
mod login_url;
mod request;
mod response;
#[cfg(test)]
mod tests;

pub use frame::{FrameError, MAX_REQUEST, read_line};
pub use login_url::{LoginUrlError, check_login_url};
pub use request::{RequestError, decode};
pub use response::{encode, encode_error, encode_refusal};

/// The first line that a provider writes: the versions of the protocol that it speaks.
pub const HELLO: &str = "{\"v\":[1]}\n";
