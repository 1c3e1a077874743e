//! What stands behind a guest's handles.

#![allow(unreachable_pub, reason = "the generated bindings re-export their resources' types")]

use lockgate_core::{Origins, Secret};

use crate::formats::Format;

/// Behind a `secret`: bytes that can be put together and never taken apart.
pub struct Sealed {
    pub(crate) bytes: Secret,
    pub(crate) origins: Origins,
}

/// Behind a `document`: bytes that came from outside in one piece.
pub struct Document {
    pub(crate) bytes: Secret,
    pub(crate) origins: Origins,
    pub(crate) entry: Entry,
}

/// The way from where the bytes entered to this document, which decides what may be plain.
#[derive(Clone)]
pub enum Entry {
    /// The bytes as they entered.
    Whole,
    /// What is at a path of one format.
    At(Format, Vec<String>),
    /// Decoded or split: no path of a grant leads here.
    Elsewhere,
}

impl Entry {
    /// The way to what is at `path` of this document, read as `format`.
    pub(crate) fn join(&self, format: Format, path: &[String]) -> Self {
        match self {
            Self::Whole => Self::At(format, path.to_vec()),
            Self::At(known, steps) if *known == format => {
                Self::At(format, [steps.as_slice(), path].concat())
            }
            _ => Self::Elsewhere,
        }
    }
}

impl Document {
    pub(crate) fn new(bytes: Secret, origins: Origins) -> Self {
        Self { bytes, origins, entry: Entry::Whole }
    }
}
