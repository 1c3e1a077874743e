//! docker's credential-helper protocol, from the helper's side.
//!
//! A client starts the helper once for each [`Action`], its one argument, and writes what it is about
//! to the helper's standard input ([`read_input`]): for `store` a JSON object ([`decode_store`]), for
//! `get` and `erase` the server ([`decode_server`]). The helper answers on standard output, `get` and
//! `list` with one line of JSON ([`encode_get`], [`encode_list`]), a failure with one line of text
//! ([`encode_error`]) and an exit status other than 0.
//!
//! What is read as the library of docker's own helpers reads it: keys in any case, the last of two
//! equal ones, unknown ones and whatever follows the object ignored, white space around a server
//! dropped. It is stricter where that changes what was said: a line end or another control character
//! inside of a server is refused, while docker's library takes it out and looks for another server; so
//! is text that is not UTF-8, which docker's library replaces.

mod action;
mod input;
mod json;
mod request;
mod response;

pub use action::{Action, ActionError};
pub use input::{InputError, MAX_INPUT, read_input};
pub use request::{RequestError, StoreRequest, decode_server, decode_store};
pub use response::{EncodeError, encode_error, encode_get, encode_list};

/// What a client takes for "there is no credential", if it is the whole answer.
pub const NOT_FOUND: &str = "credentials not found in native keychain";
/// What a client takes for "no server was named", if it is the whole answer.
pub const MISSING_SERVER: &str = "no credentials server URL";
/// What a client takes for "no user was named", if it is the whole answer.
pub const MISSING_USERNAME: &str = "no credentials username";
