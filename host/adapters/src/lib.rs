//! The native code behind each capability.

mod environment;
mod files;
mod http;
mod json;
#[cfg(target_os = "linux")]
mod process;
mod prompt;
mod state;
mod stores;

pub use environment::ProcessEnvironment;
pub use files::LocalFiles;
pub use http::{HttpError, NativeHttp, ProxyFailure, Via};
#[cfg(target_os = "linux")]
pub use process::{DockerHelpers, NativePrograms, PROGRAM_DEADLINE, PassPrograms, ProcessError};
pub use prompt::{
    FramedPrompt, PromptError, StandardPrompt, TerminalPrompt, ask_at_input,
    interrupt_foreground_job,
};
pub use state::{StateError, StateFolder};
#[cfg(target_os = "linux")]
pub use stores::{
    CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme, KeyringProcess, KeyringProcessError,
    KeyringProcessStore, SecretService, SecretServiceError, SecretServiceStore,
};
pub use stores::{
    CargoCredentials, CredentialTable, CredentialsError, DockerConfigFileError, DockerConfigStore,
    FileStore, FileStoreError, Listed, Logins, LoginsError, RECOVERY_SUFFIX,
};
#[cfg(target_os = "linux")]
pub use stores::{
    EncryptedFileError, EncryptedFileStore, EncryptedFiles, EncryptedFilesCondition, EncryptionKey,
    WrongSetting,
};

/// docker's own file: reading it, and changing it beside docker.
pub mod docker_config {
    pub use crate::stores::docker_config::{Edited, change, is_readable_by_others, read};
}

#[cfg(target_os = "linux")]
pub use stores::{KernelKeyring, KernelKeyringError, KeyringEntry};
