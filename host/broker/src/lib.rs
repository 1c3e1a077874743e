//! The way of a request: the one function that every front door calls, and what is recorded of it.

mod administrator;
mod advice;
mod broker;
mod context;
mod machine;
mod person;
mod prepare;
mod programs;
mod reply;
mod stores;
mod trail;
mod walls;

pub use broker::{Broker, Tell};
pub use context::{Context, ContextError};
pub use lockgate_registry::cargo::{BindingError, TokenBinding};
pub use machine::PolicyError;
pub use person::Person;
pub use prepare::explain;
pub use reply::{Choice, End, Notice, ProviderError, Reply, Tried};
