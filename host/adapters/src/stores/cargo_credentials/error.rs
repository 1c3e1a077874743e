//! What can be wrong with cargo's credentials file.

use std::io;
use std::path::{Path, PathBuf};

use lockgate_core::TokenError;
use lockgate_system::FileError;

/// Why a token was not read from or written to cargo's credentials file. Nothing in it is text of
/// the file, which holds tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// The token cannot be one.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// There is no name to save under; in cargo's words.
    #[error("can't save credentials for anonymous registry")]
    Anonymous,
    /// Saving would lose part of what was given.
    #[error("cargo's credentials file has no place for an account name beside the token")]
    Identity,
    /// The content.
    #[error("{}:{line}: {what}; nothing was changed, correct the file by hand", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A write was interrupted, and what is there now is neither the old content nor the new one.
    #[error(
        "`{}` is not valid TOML, and a change of it was interrupted; take what is right from `{}`, then remove that copy",
        .path.display(), .copy.display()
    )]
    Interrupted {
        /// The file.
        path: PathBuf,
        /// The old and the new content.
        copy: PathBuf,
    },
    /// A write failed, and so did putting the old content back.
    #[error(
        "cannot write `{}` ({write}); the old content is in `{}`, and the next use puts it back",
        .path.display(), .copy.display()
    )]
    NotPutBack {
        /// The file.
        path: PathBuf,
        /// The old and the new content.
        copy: PathBuf,
        /// Why it was not written.
        write: io::Error,
        /// Why the old content was not put back.
        #[source]
        back: FileError,
    },
    /// The copy that an interrupted write left is not one.
    #[error("`{}` is damaged; compare it with the credentials file beside it, then remove it", .path.display())]
    Copy {
        /// The copy.
        path: PathBuf,
    },
}

/// Something wrong in the content, before the file's name is known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) what: String,
}

impl Problem {
    pub(super) fn at(self, path: &Path) -> CredentialsError {
        CredentialsError::Content { path: path.to_owned(), line: self.line, what: self.what }
    }
}
