//! Secret stores, and what is recorded beside them.

mod cargo_credentials;
mod file;
#[cfg(target_os = "linux")]
mod kernel_keyring;
mod logins;
#[cfg(target_os = "linux")]
mod secret_service;

pub use cargo_credentials::{CargoCredentials, CredentialTable, CredentialsError, RECOVERY_SUFFIX};
pub use file::{FileStore, FileStoreError};
#[cfg(target_os = "linux")]
pub use kernel_keyring::{KernelKeyring, KernelKeyringError, KeyringEntry};
pub use logins::{Logins, LoginsError};
#[cfg(target_os = "linux")]
pub use secret_service::{
    CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme, KeyringProcess, KeyringProcessError,
    KeyringProcessStore, SecretService, SecretServiceError, SecretServiceStore,
};
