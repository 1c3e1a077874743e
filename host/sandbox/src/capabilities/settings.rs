//! Parameters from trusted configuration.

use wasmtime::Result;

use crate::bindings::provider::lockgate::provider::settings;
use crate::state::State;

impl settings::Host for State {
    fn get(&mut self, name: String) -> Result<Option<String>> {
        Ok(self.adapters.settings.get(&name).cloned())
    }
}
