//! The native code behind each capability.

mod environment;
mod files;
mod http;
#[cfg(target_os = "linux")]
mod process;
mod prompt;
mod state;
mod stores;

pub use environment::ProcessEnvironment;
pub use files::LocalFiles;
pub use http::{HttpError, NativeHttp};
#[cfg(target_os = "linux")]
pub use process::{NativePrograms, PROGRAM_DEADLINE, ProcessError};
pub use prompt::{
    FramedPrompt, PromptError, StandardPrompt, TerminalPrompt, interrupt_foreground_job,
};
pub use state::{StateError, StateFolder};
pub use stores::{
    CargoCredentials, CredentialTable, CredentialsError, Logins, LoginsError, RECOVERY_SUFFIX,
};
