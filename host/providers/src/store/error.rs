use std::path::PathBuf;

use lockgate_policy::PolicyError;
use lockgate_system::FileError;

use crate::{CompileError, Digest, ExaminationError, NameError};

/// Why the store did not do what it was asked for. Nothing damaged is ever taken for a default.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A name that no provider can have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A file or folder cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// There is none.
    #[error("no provider `{name}` is installed; `lockgate provider list` shows those that are")]
    NotInstalled {
        /// The name that was asked for.
        name: String,
    },
    /// The record cannot be read.
    #[error("the record `{}` is damaged; install the provider again", .path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The record is of a later version of this program.
    #[error(
        "the record `{}` has version {version}, which a newer Lockgate wrote; use that one, or remove the provider and install it again",
        .path.display()
    )]
    NewerRecord {
        /// The record.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A file is missing, or is not what was written.
    #[error("`{}` {problem}; install the provider again", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as the rest of a sentence.
        problem: &'static str,
    },
    /// The grant of a built-in bridge is not what was written.
    #[error(
        "`{}` is damaged or was changed by hand; remove it and grant the programs again with `lockgate provider grant`",
        .path.display()
    )]
    BridgeGrant {
        /// The file.
        path: PathBuf,
    },
    /// The compiled code cannot be used; the component may be compiled again.
    #[error("the compiled code `{}` {reason}; run `lockgate provider rebuild`", .path.display())]
    Stale {
        /// The file.
        path: PathBuf,
        /// Why, as the rest of a sentence.
        reason: StaleReason,
    },
    /// Somebody else changed it since it was looked at.
    #[error("another process changed the provider `{name}` meanwhile; look at it and try again")]
    Changed {
        /// Its name.
        name: String,
    },
    /// The file is no provider.
    #[error("the file is no provider that this host can run")]
    Examine(#[from] ExaminationError),
    /// Its manifest or grant is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// It could not be compiled.
    #[error("the provider {digest} was not compiled, so that it cannot be run")]
    Compile {
        /// Whose code.
        digest: Digest,
        /// Why.
        source: CompileError,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}

/// Why compiled code is not loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaleReason {
    /// There is none.
    #[error("is missing")]
    Missing,
    /// Another version of this program compiled it, or one for another machine.
    #[error("was compiled by another version of Lockgate, or for another machine")]
    Version,
    /// Not what was compiled.
    #[error("is not what was compiled: its hash differs from the record's")]
    Hash,
}
