//! What people are told when an entry of the store is not read or written.

use std::path::PathBuf;

use lockgate_system::FileError;

/// Why an entry was not read or written. Never holds anything of the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileStoreError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content of a file.
    #[error("{}:{line}: {what}; remove the file and log in again", .path.display())]
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
    /// More than the store keeps.
    #[error("the {what} is longer than {limit} bytes, which is the most that a file keeps")]
    TooLong {
        /// Of what.
        what: &'static str,
        /// In bytes.
        limit: usize,
    },
}
