use alloc::string::{String, ToString};

use crate::{Part, Secret};

impl From<&str> for Part<'_> {
    fn from(text: &str) -> Self {
        Self::Text(text.to_string())
    }
}

impl From<String> for Part<'_> {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a Secret> for Part<'a> {
    fn from(secret: &'a Secret) -> Self {
        Self::Secret(secret)
    }
}
