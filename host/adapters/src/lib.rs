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
pub use process::{NativePrograms, PROGRAM_DEADLINE, ProcessError};
pub use prompt::{
    FramedPrompt, PromptError, StandardPrompt, TerminalPrompt, interrupt_foreground_job,
};
pub use state::{StateError, StateFolder};
#[cfg(target_os = "linux")]
pub use stores::{
    CARGO_ENTRIES, DOCKER_ENTRIES, EntryScheme, KeyringProcess, KeyringProcessError,
    KeyringProcessStore, SecretService, SecretServiceError, SecretServiceStore,
};
pub use stores::{
    CargoCredentials, CredentialTable, CredentialsError, FileStore, FileStoreError, Logins,
    LoginsError, RECOVERY_SUFFIX,
};
#[cfg(target_os = "linux")]
pub use stores::{KernelKeyring, KernelKeyringError, KeyringEntry};
