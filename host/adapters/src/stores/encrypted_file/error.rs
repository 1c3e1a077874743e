//! What people are told when an entry of the encrypted store is not read or written.

use std::path::PathBuf;

use lockgate_core::AdapterError;
use lockgate_system::FileError;

use super::settings::WrongSetting;
use crate::FileStoreError;

/// Why an entry was not read or written. Never holds anything of a secret, a key or a passphrase.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptedFileError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is inside an encrypted file.
    #[error(transparent)]
    Content(#[from] FileStoreError),
    /// An entry that the key does not open.
    #[error(
        "`{}` cannot be decrypted; log out of the registry and log in again, unless its key can be \
         brought back", .path.display()
    )]
    Entry {
        /// The file.
        path: PathBuf,
        /// Why.
        source: AdapterError,
    },
    /// A new entry, of which nothing was written.
    #[error("the secret cannot be encrypted; nothing was kept")]
    NotEncrypted(#[source] AdapterError),
    /// The file with the store's key.
    #[error("the key of the encrypted store in `{}` cannot be used", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: AdapterError,
    },
    /// A file with a key that the configuration names.
    #[error("`{}`, the key file of `lockgate:encrypted-file`, {what}", .path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        what: &'static str,
    },
    /// There is something to read and nothing to read it with.
    #[error(
        "`{}`, the key of the encrypted store, is missing; put it back, or log out of each registry \
         that is kept there, after which a login makes a new one", .path.display()
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// A parameter in the configuration.
    #[error(transparent)]
    Setting(#[from] WrongSetting),
    /// Nobody can be asked for the passphrase.
    #[error(
        "the encrypted store is locked, and its passphrase cannot be asked for; run `lockgate cargo \
         token` or `lockgate docker get SERVER` in a terminal, which unlocks it for other commands \
         too, or set `key-file` of `lockgate:encrypted-file` in config.toml"
    )]
    Locked(#[source] AdapterError),
    /// It was asked for often enough.
    #[error(
        "the passphrase was wrong each time, and the encrypted store stays locked; if it is forgotten, log \
         out of each registry that is kept there and remove `{}`, after which a login makes a new one",
        .path.display()
    )]
    WrongPassphrase {
        /// The file with the key.
        path: PathBuf,
    },
    /// A new one that was not typed twice.
    #[error("no new passphrase was given that is the same twice; nothing was kept")]
    NoNewPassphrase,
    /// Two first logins at once.
    #[error("another command has just made the encrypted store in `{}`; log in again", .path.display())]
    MadeMeanwhile {
        /// The file with the key.
        path: PathBuf,
    },
}
