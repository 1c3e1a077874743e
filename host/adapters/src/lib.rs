//! The native code behind each capability.

mod environment;
mod files;
mod http;
mod prompt;
mod stores;

pub use environment::ProcessEnvironment;
pub use files::LocalFiles;
pub use http::{HttpError, NativeHttp};
pub use prompt::{FramedPrompt, PromptError, StandardPrompt, TerminalPrompt};
pub use stores::{CargoCredentials, CredentialTable, CredentialsError, Logins, LoginsError};
