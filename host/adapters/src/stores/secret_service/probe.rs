//! Whether there is a service at all, before it is decided where something is kept.

use std::path::Path;
use std::time::Duration;

use super::SecretService;
use super::connection::{Asked, Connection};
use super::error::SecretServiceError as Error;
use super::service::{NAME, Service, read};
use super::wire::Body;

impl SecretService {
    /// Whether somebody keeps secrets on this user's session bus, or would be started to; addresses
    /// are taken as by [`SecretService::connect`]. The bus is asked once and the service not at all, so
    /// that nothing is started and a keyring may be locked.
    ///
    /// # Errors
    /// If that is not known: a bus is there and does not answer within `deadline`, say. No bus of this
    /// user's is no service, also where an address names one or is not one that is connected to: machines
    /// without a desktop have addresses such as `disabled:`.
    pub fn answers(
        bus_address: Option<&str>,
        runtime_folder: Option<&Path>,
        deadline: Duration,
    ) -> Result<bool, Error> {
        let asked = Connection::find(bus_address, runtime_folder).and_then(|mut bus| {
            bus.patience = deadline;
            is_there(&mut bus)
        });
        match asked {
            Err(error) if is_nobody(&error) => Ok(false),
            answer => answer,
        }
    }

    /// Whether the service has a keyring that new entries go to, locked or not: one without could only
    /// ask a person at the desktop to make it. The service is started for it, if need be.
    ///
    /// # Errors
    /// If it does not tell.
    pub fn has_default(
        bus_address: Option<&str>,
        runtime_folder: Option<&Path>,
    ) -> Result<bool, Error> {
        let mut service = Service::new(Connection::find(bus_address, runtime_folder)?);
        let asked = service.ask_default();
        service.connection.send()?;
        Ok(service.default(asked)?.is_some())
    }
}

/// Whether no bus of this user's is there to be asked.
fn is_nobody(error: &Error) -> bool {
    matches!(
        error,
        Error::NoBus
            | Error::Address { .. }
            | Error::Connect { .. }
            | Error::ForeignBus { .. }
            | Error::ForeignSocket { .. }
            | Error::NotLetIn
    )
}

fn is_there(bus: &mut Connection) -> Result<bool, Error> {
    let mut name = Body::of("s");
    name.text(NAME);
    let owned = bus.call_bus("NameHasOwner", name);
    let startable = bus.call_bus("ListActivatableNames", Body::empty());
    bus.send()?;
    Ok(is_owned(bus, owned)? || is_startable(bus, startable)?)
}

fn is_owned(bus: &mut Connection, asked: Asked) -> Result<bool, Error> {
    read(&bus.answer(asked)?, "b", |values| values.flag())
}

fn is_startable(bus: &mut Connection, asked: Asked) -> Result<bool, Error> {
    read(&bus.answer(asked)?, "as", |values| Ok(values.array_of_texts()?.contains(&NAME)))
}
