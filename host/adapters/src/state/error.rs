//! What people are told when a provider's state is not read or written.

use std::path::PathBuf;

use lockgate_core::{escape, shorten};
use lockgate_system::FileError;

/// Why a provider's state was not read or written. Never holds anything of what is kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content of a file.
    #[error("{}:{line}: {what}; remove the file, and the provider does without it", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// Written by a later version of this program.
    #[error("`{}` was written by a newer lockgate; use that one", .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// A value that is too long.
    #[error("a provider may keep at most {limit} bytes under one name, origins included")]
    TooLarge {
        /// The most bytes there may be.
        limit: usize,
    },
    /// More names than there may be.
    #[error(
        "a provider may keep at most {limit} names for one registry; it has to remove one first"
    )]
    TooManyNames {
        /// The most there may be.
        limit: usize,
    },
    /// A lineage that cannot be the name of a folder.
    #[error("`{}` cannot be the name of a provider's state folder", escape(&shorten(.0, 64)))]
    Lineage(String),
}
