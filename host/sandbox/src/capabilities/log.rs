//! What a guest wants to be read with `-v`.

use wasmtime::Result;

use crate::bindings::provider::lockgate::provider::log::{self, Level};
use crate::state::State;

impl log::Host for State {
    fn write(&mut self, level: Level, message: String) -> Result<()> {
        let level = match level {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
            Level::Debug => "debug",
        };
        self.output.write(format!("{level}: {message}\n").as_bytes());
        Ok(())
    }
}
