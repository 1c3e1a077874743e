//! The person at the terminal.

use std::time::Duration;

use lockgate_core::{Origin, Origins, Prompt, Refusal, Secret};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::prompt;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Sealed;
use crate::limits::{TOTAL_WAIT_SECONDS, TYPED_BYTES, WAIT_SECONDS};
use crate::state::{State, absent};

impl prompt::Host for State {
    fn ask(&mut self, question: String, hidden: bool) -> Result<Result<Resource<Sealed>, Failure>> {
        let answer = match self.with_person("ask", |person| person.ask(&question, hidden)) {
            Ok(answer) => Secret::new(answer.expose().trim_ascii().to_vec()),
            Err(failure) => return Ok(Err(failure)),
        };
        if answer.len() > TYPED_BYTES {
            let message = format!("what was typed is longer than {TYPED_BYTES} bytes");
            return Ok(Err(Failure::Other(vec![message])));
        }
        self.seal(answer, Origins::of(Origin::Prompt)).map(Ok)
    }

    fn show(&mut self, message: String, link: Option<String>) -> Result<Result<(), Failure>> {
        Ok(self.with_person("show", |person| person.show(&message, link.as_deref())))
    }

    fn wait(&mut self, seconds: u32) -> Result<Result<(), Failure>> {
        if let Err(failure) = self.person_granted("wait") {
            return Ok(Err(failure));
        }
        let wait = Duration::from_secs(seconds.min(WAIT_SECONDS).into());
        self.waited += wait;
        if self.waited > Duration::from_secs(TOTAL_WAIT_SECONDS.into()) {
            let reason = format!("all waits together last at most {TOTAL_WAIT_SECONDS} s");
            return Ok(Err(self.refuse(Refusal::new("prompt", "wait", reason))));
        }
        self.deadline.paused(|| std::thread::sleep(wait));
        Ok(Ok(()))
    }
}

impl State {
    /// The witness is told once of each kind of use: a device login waits many times.
    fn person_granted(&mut self, kind: &'static str) -> Result<(), Failure> {
        if self.prompted.contains(kind) {
            return Ok(());
        }
        let granted = match self.capabilities.prompt {
            true => Ok(()),
            false => Err(Refusal::new("prompt", "prompt", "it is not granted")),
        };
        self.decide("prompt", kind, granted)?;
        self.prompted.insert(kind);
        Ok(())
    }

    fn with_person<T>(
        &mut self,
        kind: &'static str,
        act: impl FnOnce(&dyn Prompt) -> Result<T, lockgate_core::AdapterError>,
    ) -> Result<T, Failure> {
        self.person_granted(kind)?;
        let person = self.adapters.prompt.as_deref().ok_or_else(|| absent("a terminal"))?;
        let acted = self.deadline.paused(|| act(person));
        acted.map_err(|error| self.fail(&error))
    }
}
