//! Secret stores, and what is recorded beside them.

mod cargo_credentials;
mod logins;

pub use cargo_credentials::{CargoCredentials, CredentialTable, CredentialsError, RECOVERY_SUFFIX};
pub use logins::{Logins, LoginsError};
