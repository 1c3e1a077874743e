//! Secret stores, and what is recorded beside them.

mod cargo_credentials;
pub(crate) mod docker_config;
#[cfg(target_os = "linux")]
mod encrypted_file;
mod entry_file;
mod file;
#[cfg(target_os = "linux")]
mod kernel_keyring;
mod listed;
mod logins;
#[cfg(target_os = "linux")]
mod secret_service;

pub use cargo_credentials::{CargoCredentials, CredentialTable, CredentialsError, RECOVERY_SUFFIX};
pub use docker_config::{DockerConfigFileError, DockerConfigStore};
#[cfg(target_os = "linux")]
pub use encrypted_file::{
    EncryptedFileError, EncryptedFileStore, EncryptedFiles, EncryptedFilesCondition, EncryptionKey,
    WrongSetting,
};
pub use file::{FileStore, FileStoreError};
#[cfg(target_os = "linux")]
pub use kernel_keyring::{KernelKeyring, KernelKeyringError, KeyringEntry};
pub use listed::Listed;
pub use logins::{Logins, LoginsError};
#[cfg(target_os = "linux")]
pub use secret_service::{
    CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme, KeyringProcess, KeyringProcessError,
    KeyringProcessStore, SecretService, SecretServiceError, SecretServiceStore,
};
