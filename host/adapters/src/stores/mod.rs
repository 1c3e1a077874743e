//! Secret stores, and what is recorded beside them.

mod cargo_credentials;
mod logins;

pub use cargo_credentials::{CargoCredentials, CredentialTable, CredentialsError};
pub use logins::{Logins, LoginsError};
