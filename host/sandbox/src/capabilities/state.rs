//! The provider's own state. The broker bound it to the provider and the registry of the request,
//! so that it takes no grant: nothing in it is anybody else's.

use lockgate_core::{AdapterError, Kept, StateStore};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::state;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::Sealed;
use crate::limits::{KEPT_BYTES, STATE_SAVES};
use crate::state::{State, Violation, absent};

/// Longest name, in bytes.
const NAME_BYTES: usize = 64;

impl state::Host for State {
    fn load(&mut self, name: String) -> Result<Result<Option<Resource<Sealed>>, Failure>> {
        let kept = match self.with_state(&name, |state| state.load(&name)) {
            Ok(Some(kept)) => kept,
            Ok(None) => return Ok(Ok(None)),
            Err(failure) => return Ok(Err(failure)),
        };
        if kept.secret.len() > KEPT_BYTES {
            let message = format!("what is kept under `{name}` is longer than {KEPT_BYTES} bytes");
            return Ok(Err(Failure::Other(vec![message])));
        }
        Ok(Ok(Some(self.seal(kept.secret, kept.origins)?)))
    }

    fn save(
        &mut self,
        name: String,
        value: Resource<Sealed>,
        until: Option<u64>,
    ) -> Result<Result<(), Failure>> {
        self.state_saves += 1;
        if self.state_saves > STATE_SAVES {
            return Err(Violation::StateSaves.into());
        }
        let sealed = self.table.get(&value)?;
        // An answer would tell how long a secret is.
        if sealed.bytes.len() > KEPT_BYTES {
            return Err(Violation::StateTooLong.into());
        }
        let kept = Kept { secret: sealed.bytes.clone(), origins: sealed.origins.clone(), until };
        Ok(self.with_state(&name, |state| state.save(&name, &kept)))
    }

    fn remove(&mut self, name: String) -> Result<Result<bool, Failure>> {
        Ok(self.with_state(&name, |state| state.remove(&name)))
    }
}

impl State {
    /// Uses the state, off the wall clock: it may wait for another process.
    fn with_state<T>(
        &mut self,
        name: &str,
        act: impl FnOnce(&dyn StateStore) -> Result<T, AdapterError>,
    ) -> Result<T, Failure> {
        if !is_name(name) {
            let rule = "the name of a state is 1 to 64 of a-z, 0-9 and `._-`, the first a letter \
                        or a digit";
            return Err(Failure::Other(vec![rule.to_owned()]));
        }
        self.decide("state", name, Ok(()))?;
        let state = self.adapters.state.as_deref().ok_or_else(|| absent("a provider's state"))?;
        let acted = self.deadline.paused(|| act(state));
        acted.map_err(|error| self.fail(&error))
    }
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_inner = |byte: u8| is_letter(byte) || b"._-".contains(&byte);
    name.len() <= NAME_BYTES
        && name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_is_a_short_plain_word() {
        for name in ["a", "0", "refresh-token", "v1.token_2", &"a".repeat(64)] {
            assert!(is_name(name), "{name:?}");
        }
        let long = "a".repeat(65);
        for name in ["", ".", "..", "-a", "_a", "A", "a/b", "a\\b", "a\0", "é", "a ", &long] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
