//! The way of a request: the one function that every front door calls, and what is recorded of it.

mod administrator;
mod advice;
mod bridge;
mod broker;
mod context;
mod files;
mod machine;
mod person;
mod prepare;
mod programs;
mod reply;
mod stores;
mod trail;
mod unavailable;
mod verdict;
mod walls;

pub use bridge::{BridgeError, CARGO_PLUGIN, is_on_path};
pub use broker::{Broker, Tell};
pub use context::{Context, ContextError};
pub use files::PolicyError;
pub use lockgate_registry::cargo::{BindingError, TokenBinding};
pub use machine::Machine;
pub use person::Person;
pub use prepare::explain;
pub use reply::{Choice, End, Notice, ProviderError, Reply, Tried};
pub use unavailable::{NoStore, Unavailable};
