//! What stands behind a guest's handles.

#![allow(unreachable_pub, reason = "the generated bindings re-export their resources' types")]

use lockgate_core::{Origin, Origins, ProcessGrant, Program, Secret};

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

/// Behind a `child`: a program that was started. It ends with this.
pub struct Child {
    pub(crate) grant: ProcessGrant,
    /// None once it was waited for.
    pub(crate) program: Option<Box<dyn Program>>,
    /// Of what it says: its own, and those of all that was written to it, which it may echo.
    pub(crate) origins: Origins,
    /// Secrets that it was told and lines that it answered, not to be seen in its diagnostics.
    pub(crate) exchanged: Vec<Secret>,
}

impl Child {
    /// A program that was started with these variables, which it may echo.
    pub(crate) fn new(
        grant: ProcessGrant,
        program: Box<dyn Program>,
        environment: Vec<String>,
    ) -> Self {
        let own = [Origin::Program(grant.program.clone())];
        let handed_on = environment.into_iter().map(Origin::Environment);
        let origins = own.into_iter().chain(handed_on).collect();
        Self { grant, program: Some(program), origins, exchanged: Vec::new() }
    }
}
