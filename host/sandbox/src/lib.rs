//! Runs one call of a provider: a linker built from its capabilities, limits, secrets as resources,
//! and as little of WASI as toolchains need.

mod bindings;
mod call;
mod capabilities;
mod check;
mod deadline;
mod encoding;
mod formats;
mod handles;
mod limiter;
mod limits;
mod linker;
mod output;
mod state;
mod wasi;

#[cfg(feature = "probe")]
pub use call::call_probed;
pub use call::{Call, CallError, Outcome, call};
pub use check::{Misfit, check};
pub use deadline::Timeout;
pub use limiter::Overuse;
pub use linker::LinkError;
pub use output::Output;
pub use state::Violation;
