//! The provider store: who a provider is, what of it may be run, and those that are built in.

mod built_in;
pub mod component;
mod digest;

pub use built_in::{Provider, built_in, built_in_names};
pub use digest::Digest;
