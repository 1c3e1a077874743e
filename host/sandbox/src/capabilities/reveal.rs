//! The one way of a secret's bytes into a guest.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::reveal;
use crate::handles::Sealed;
use crate::state::{State, Violation};

impl reveal::Host for State {
    fn bytes(&mut self, secret: Resource<Sealed>) -> Result<Vec<u8>> {
        if !self.capabilities.reveal {
            return Err(Violation::Reveal.into());
        }
        let sealed = self.table.get(&secret)?;
        self.revealed.push(sealed.bytes.clone());
        Ok(sealed.bytes.expose().to_vec())
    }
}
