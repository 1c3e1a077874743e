//! Environment variables.

use lockgate_core::{Origin, Secret};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::environment;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Document;
use crate::state::{State, absent};

impl environment::Host for State {
    fn get(&mut self, name: String) -> Result<Result<Option<Resource<Document>>, Failure>> {
        match self.value(&name, false) {
            Ok(None) => Ok(Ok(None)),
            Ok(Some(value)) => Ok(self.entered(value, Origin::Environment(name))?.map(Some)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn text(&mut self, name: String) -> Result<Result<Option<String>, Failure>> {
        let value = self.value(&name, true);
        Ok(value.map(|value| value.and_then(|value| value.expose_text().map(str::to_owned))))
    }
}

impl State {
    fn value(&mut self, name: &str, plain: bool) -> Result<Option<Secret>, Failure> {
        let granted = self.capabilities.variable(name, plain);
        let granted = granted.map(|grant| grant.variable.clone());
        let variable = self.decide("environment", name, granted)?;
        let adapter =
            self.adapters.environment.as_ref().ok_or_else(|| absent("the environment"))?;
        Ok(variable.and_then(|variable| adapter.variable(&variable)))
    }
}
