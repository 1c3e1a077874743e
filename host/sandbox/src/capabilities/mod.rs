//! The interfaces of `wit/`: each function asks [`lockgate_core::Capabilities`] and then an adapter.

mod environment;
mod files;
mod http;
mod log;
mod process;
mod prompt;
mod reveal;
mod secrets;
mod settings;
mod state;
mod store;

use crate::bindings::provider::lockgate::provider::types;
use crate::state::State;

impl types::Host for State {}
