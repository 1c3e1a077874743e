//! The trail: one JSON line for each decision and each answer, never a secret, each chained to the
//! one before it.
//!
//! The lines lie in `audit.jsonl` of one folder, and older ones in `audit.1.jsonl` to
//! `audit.8.jsonl`, the highest number the oldest. Each has `seq`, one more than the line before,
//! and at its end `chain`: the SHA-256, in hex, of the `chain` of the line before (64 zeros for the
//! first) and of the line itself without its `chain`. So a change in the middle shows. What cannot
//! show is [`WHAT_A_CHAIN_CANNOT_SHOW`].

mod collector;
mod context;
mod entry;
mod error;
mod event;
mod files;
mod follow;
mod line;
mod open;
mod time;
mod trail;
mod verify;

pub use collector::Collector;
pub use context::Context;
pub use entry::{Caller, Entry, Filter, Since, SinceError};
pub use error::AuditError;
pub use event::{Event, Outcome};
pub use follow::Reader;
pub use trail::Trail;
pub use verify::{End, Problem, Report, WHAT_A_CHAIN_CANNOT_SHOW, verify};

/// The name of the trail's folder in the state folder.
pub const FOLDER: &str = "audit";
