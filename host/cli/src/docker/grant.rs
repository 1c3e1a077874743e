//! The offer to grant a native helper that docker's configuration names, and that nobody granted yet.

use std::cell::RefCell;
use std::collections::BTreeMap;

use lockgate_broker::{BridgeError, ProviderError, check};
use lockgate_core::Registry;

use super::place::{Place, Surroundings};
use super::{SHELL, in_one_line};
use crate::error::CommandError;
use crate::provider::grant_program;
use crate::provider::question::{confirm, somebody_is_there};
use crate::shell::to_stderr;

/// What a helper is given at a login.
const AT_LOGIN: &str =
    "is given the user and the password or token of each login that is kept with it";
/// At a logout.
const AT_LOGOUT: &str = "is given the names of the servers whose logins it is to erase; with the grant \
                         it may also be given later logins to keep";

/// What was said of the helpers that a logout asks, each once, by their suffixes.
#[derive(Default)]
pub(super) struct Offers(RefCell<BTreeMap<String, Result<(), String>>>);

impl Offers {
    /// Offers the grant to a person at a terminal, and what came of it to the next that asks.
    ///
    /// # Errors
    /// As with [`offer`], in one line.
    pub(super) fn offer(
        &self,
        here: &Surroundings,
        place: &Place,
        registry: &Registry,
    ) -> Result<(), String> {
        let Place::Helper(suffix) = place else { return Ok(()) };
        if let Some(said) = self.0.borrow().get(suffix) {
            return said.clone();
        }
        let said = offer_for(here, place, registry, AT_LOGOUT).map_err(in_one_line);
        self.0.borrow_mut().insert(suffix.clone(), said.clone());
        said
    }
}

/// Offers the grant to a person at a terminal.
///
/// # Errors
/// If the helper is not granted and nobody said that it shall be, with the command that grants it.
pub(super) fn offer(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
) -> Result<(), CommandError> {
    offer_for(here, place, registry, AT_LOGIN)
}

fn offer_for(
    here: &Surroundings,
    place: &Place,
    registry: &Registry,
    is_given: &str,
) -> Result<(), CommandError> {
    let Some(choice) = place.choice() else { return Ok(()) };
    let context = here.context();
    let Err(error) = check(&context, registry, &choice) else { return Ok(()) };
    let ProviderError::Bridge(BridgeError::NotGranted { program, .. }) = &error else {
        // Told where it is used.
        return Ok(());
    };
    if !somebody_is_there() {
        return Err(CommandError::from_error(&error));
    }
    to_stderr(&format!(
        "docker's configuration keeps the login to {} with a native program:\n\n    {program}\n\n\
         It runs outside of every sandbox, with your rights, and {is_given}.\n",
        lockgate_core::escape(registry.url())
    ));
    match confirm("Grant it?")? {
        true => {
            grant_program(&choice.provider, program)?;
            SHELL.status("Granted", &format!("`{program}` to `{}`", choice.provider));
            Ok(())
        }
        false => Err(CommandError::from_error(&error)),
    }
}
