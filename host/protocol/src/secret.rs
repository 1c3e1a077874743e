//! Bytes that may be secret, on their way out of a request.

use std::fmt;

use lockgate_core::Secret;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use zeroize::Zeroizing;

/// Appends without the copy that a growing vector leaves in the memory that it frees.
pub(crate) fn append(bytes: &mut Zeroizing<Vec<u8>>, part: &[u8]) {
    let needed = bytes.len() + part.len();
    if needed > bytes.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * bytes.capacity())));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(part);
}

/// A JSON string that is a secret. It is copied once, straight into the [`Secret`], unless it has
/// escapes, which the parser resolves in a buffer of its own.
pub(crate) struct Sealed(pub(crate) Secret);

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(SealedVisitor)
    }
}

struct SealedVisitor;

impl Visitor<'_> for SealedVisitor {
    type Value = Sealed;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Sealed, E> {
        Ok(Sealed(Secret::from(text)))
    }
}
