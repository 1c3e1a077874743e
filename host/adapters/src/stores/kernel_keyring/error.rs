//! What people are told when the kernel's keyring is not read or written.

use lockgate_system::KeyringError;

/// Why an entry of the kernel's keyring was not read or written. Never holds anything of its content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KernelKeyringError {
    /// The keyring itself.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// Something else has the name.
    #[error(
        "the key `{description}` in the kernel's keyring was not written by Lockgate, or was changed; \
         log in again, which puts another one in its place"
    )]
    NotOurs {
        /// The key's description.
        description: String,
    },
    /// Somebody took the rights to it away.
    #[error(
        "the key `{description}` in the kernel's keyring has rights that keep Lockgate from it; log in \
         again, which puts another one in its place"
    )]
    Denied {
        /// The key's description.
        description: String,
    },
    /// Written by a later version of this program.
    #[error(
        "the key `{description}` in the kernel's keyring was written by a newer lockgate; use that one"
    )]
    Newer {
        /// The key's description.
        description: String,
    },
    /// A secret that does not fit.
    #[error(
        "the kernel's keyring keeps secrets of at most {most} bytes; keep this one in another store"
    )]
    TooLong {
        /// The most bytes there may be.
        most: usize,
    },
}
