//! Which registry is meant and which providers serve it, from the clients' own configuration and
//! from Lockgate's. Nothing here reads a file or the environment by itself: the caller hands both
//! over, so every rule can be tried without a machine.

pub mod cargo;
pub mod docker;
mod error;
mod own;
mod source;

pub use error::ConfigError;
pub use own::{ListedProvider, OwnConfig};
pub use source::SourceError;
