//! The one way of a secret's bytes into a guest.

use lockgate_core::Refusal;
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::reveal;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Sealed;
use crate::state::{State, Violation};

impl reveal::Host for State {
    fn bytes(&mut self, secret: Resource<Sealed>) -> Result<Vec<u8>> {
        let granted = match self.capabilities.reveal {
            true => Ok(()),
            false => Err(Refusal::new("reveal", "bytes", "it is not granted")),
        };
        // The interface has no way to say no.
        let decided = self.decide("reveal", "reveal", granted);
        decided.map_err(|failure| match failure {
            Failure::Denied(_) => Violation::Reveal,
            _ => Violation::Unrecorded,
        })?;
        let bytes = self.table.get(&secret)?.bytes.clone();
        self.reveal(&bytes)?;
        Ok(bytes.expose().to_vec())
    }
}
