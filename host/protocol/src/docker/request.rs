//! What docker asks.

use std::fmt;

use lockgate_core::{
    Ecosystem, Registry, RegistryError, Secret, TokenError, check_identity, is_go_field,
};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{MISSING_SERVER, MISSING_USERNAME};
use crate::secret::Sealed;

/// A credential to keep.
#[derive(Debug)]
pub struct StoreRequest {
    /// What it is for.
    pub registry: Registry,
    /// The account: `<token>` says that the secret is an identity token.
    pub username: String,
    /// The password or token, which may be empty.
    pub secret: Secret,
}

/// Why an input is not a request. None quotes the input, which could hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No server is named.
    #[error("{MISSING_SERVER}")]
    MissingServer,
    /// No user is named.
    #[error("{MISSING_USERNAME}")]
    MissingUsername,
    /// The server is not text.
    #[error("the server in the client's request is not UTF-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// The server could not be anybody's.
    #[error("the server in the client's request cannot be used")]
    Server(#[source] RegistryError),
    /// The account's name could not be anybody's.
    #[error("the user in the client's request cannot be used")]
    Username(#[source] TokenError),
    /// Something else than a JSON object.
    #[error("the client's request is not a JSON object with `ServerURL`, `Username` and `Secret`")]
    NotAnObject,
    /// Broken JSON.
    #[error("the client's request is not well-formed JSON")]
    Json(#[source] serde_json::Error),
    /// A field of another JSON type, or text that is not Unicode.
    #[error("`{field}` of the client's request is not a string")]
    NotAString {
        /// Its key.
        field: &'static str,
    },
}

/// Reads what `store` was given. The server is taken without the white space around it, as `get` and
/// `erase` look for it.
///
/// # Errors
/// If it is no JSON object with the three fields as strings, or names no server (judged first) or user.
pub fn decode_store(input: &[u8]) -> Result<StoreRequest, RequestError> {
    if !input.trim_ascii_start().starts_with(b"{") {
        return Err(RequestError::NotAnObject);
    }
    let mut parser = serde_json::Deserializer::from_slice(input);
    let fields = Fields::deserialize(&mut parser).map_err(RequestError::Json)?;
    let server: String = text("ServerURL", fields.server)?.unwrap_or_default();
    let username: String = text("Username", fields.username)?.unwrap_or_default();
    let secret: Option<Sealed> = text("Secret", fields.secret)?;
    let registry = registry(&server)?;
    if username.is_empty() {
        return Err(RequestError::MissingUsername);
    }
    check_identity(&Secret::from(username.as_str())).map_err(RequestError::Username)?;
    let secret = secret.map(|Sealed(secret)| secret).unwrap_or_default();
    Ok(StoreRequest { registry, username, secret })
}

/// Reads what `get` and `erase` are given: a server, with white space around it or without.
///
/// # Errors
/// If no server is named, or it could not be anybody's: it has control characters, is longer than 4 KiB
/// or not text.
pub fn decode_server(input: &[u8]) -> Result<Registry, RequestError> {
    registry(std::str::from_utf8(input).map_err(RequestError::NotUtf8)?)
}

fn registry(server: &str) -> Result<Registry, RequestError> {
    match Registry::new(Ecosystem::Oci, server.trim()) {
        Err(RegistryError::Empty) => Err(RequestError::MissingServer),
        registry => registry.map_err(RequestError::Server),
    }
}

/// A field's text; nothing if it is absent.
fn text<'a, T: Deserialize<'a>>(
    field: &'static str,
    value: Option<&'a RawValue>,
) -> Result<Option<T>, RequestError> {
    let parse = |value: &'a RawValue| serde_json::from_str(value.get());
    value.map(parse).transpose().map_err(|_| RequestError::NotAString { field })
}

/// The fields of an object, not looked into, so that the parser's own errors never quote a value.
#[derive(Default)]
struct Fields<'a> {
    server: Option<&'a RawValue>,
    username: Option<&'a RawValue>,
    secret: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    fn field(&mut self, key: &str) -> Option<&mut Option<&'a RawValue>> {
        let is = |name: &str| is_go_field(key, name);
        Some(match () {
            () if is("ServerURL") => &mut self.server,
            () if is("Username") => &mut self.username,
            () if is("Secret") => &mut self.secret,
            () => return None,
        })
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = map.next_key::<String>()? {
            let Some(field) = fields.field(&key) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value: &RawValue = map.next_value()?;
            // As in Go, `null` says nothing.
            if value.get() != "null" {
                *field = Some(value);
            }
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests;
