//! The secret stores of macOS and Windows. A crate of its own, since it has to compile for systems
//! that the rest of the adapters do not know yet; nothing of it is in a program for Linux.

#[cfg(windows)]
mod credential_manager;
#[cfg(any(windows, target_os = "macos", test))]
mod entry;
#[cfg(any(windows, target_os = "macos", test))]
mod error;
#[cfg(any(target_os = "macos", test))]
mod keychain;

#[cfg(windows)]
pub use credential_manager::CredentialManager;
#[cfg(any(windows, target_os = "macos", test))]
pub use entry::Entry;
#[cfg(any(windows, target_os = "macos", test))]
pub use error::{StoreError, SystemError};
#[cfg(target_os = "macos")]
pub use keychain::Keychain;
#[cfg(any(target_os = "macos", test))]
pub use keychain::Listed;
