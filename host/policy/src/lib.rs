//! Manifest, grant and ceiling become capabilities. Pure: no file, clock or network is touched here.
//!
//! One grammar, written down in `docs/grammar.md`, serves what a provider asks for ([`Manifest`]),
//! what the user gave it ([`Grant`]) and the most that the machine's administrator leaves
//! ([`Ceiling`]). [`decide`] meets the three for one request and says of each capability which
//! lines gave or refused it.

mod ceiling;
mod change;
mod decide;
mod decision;
mod difference;
mod edit;
mod error;
mod grant;
mod host;
mod identity;
mod manifest;
mod meet;
mod reader;
mod registries;
mod request;
mod rules;

pub use ceiling::{AuditCollector, CallerRule, Ceiling, Forbidden, Requirement};
pub use change::Change;
pub use decide::{Decided, Facts, NotServed, capabilities, decide};
pub use decision::Decision;
pub use difference::Difference;
pub use edit::{NotAskedFor, NotThere};
pub use error::{Place, PolicyError, Problem};
pub use grant::Grant;
pub use identity::Identity;
pub use manifest::Manifest;
pub use registries::RegistryPattern;
pub use request::Request;
pub use rules::{Line, Rules};
