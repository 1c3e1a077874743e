//! Manifest and grant become capabilities. Pure: no file, clock or network is touched here.
//!
//! One grammar, written down in `docs/grammar.md`, serves what a provider asks for ([`Manifest`])
//! and what the user gave it ([`Grant`]). [`decide`] meets the two for one request and says of each
//! capability which lines gave or refused it.

mod decide;
mod error;
mod grant;
mod host;
mod manifest;
mod meet;
mod reader;
mod registries;
mod rules;

pub use decide::{Decided, Facts, NotServed, capabilities, decide};
pub use error::{Place, PolicyError, Problem};
pub use grant::Grant;
pub use manifest::Manifest;
pub use meet::Decision;
pub use registries::RegistryPattern;
pub use rules::{Line, Rules};
