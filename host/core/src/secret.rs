//! The one type that holds secret bytes.

use std::fmt;

use zeroize::Zeroizing;

/// Bytes that must not be shown. There is no `Display`, `Debug` says nothing of the content, and
/// the memory is zeroed when the value is dropped. [`Secret::expose`] is the only way to the bytes.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes. Each call is a place where a secret may leave; keep what it returns short-lived.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, or `None` if they are not UTF-8.
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text.into_bytes())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_says_nothing_of_the_content() {
        let shown = format!("{:?} {:#?}", Secret::from("hunter2"), Some(Secret::from("x")));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.starts_with("Secret(..)"), "{shown}");
    }
}
