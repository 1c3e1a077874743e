//! The way of a request: the one function that every front door calls.

mod broker;
mod context;
mod machine;
mod person;
mod reply;
mod stores;

pub use broker::Broker;
pub use context::{Context, ContextError};
pub use lockgate_registry::cargo::{BindingError, TokenBinding};
pub use person::Person;
pub use reply::{Choice, End, ProviderError, Reply, Tried};
