//! The one way of a secret's bytes into a guest.

use lockgate_core::Refusal;
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::reveal;
use crate::handles::Sealed;
use crate::state::{State, Violation};

impl reveal::Host for State {
    fn bytes(&mut self, secret: Resource<Sealed>) -> Result<Vec<u8>> {
        if !self.capabilities.reveal {
            self.record(Refusal::new("reveal", "bytes", "it is not granted"));
            return Err(Violation::Reveal.into());
        }
        let bytes = self.table.get(&secret)?.bytes.clone();
        self.reveal(&bytes)?;
        Ok(bytes.expose().to_vec())
    }
}
