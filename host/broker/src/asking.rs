//! What has to hold before the host itself asks a registry, as before a provider is asked: who may ask,
//! what stands around the process, and that it is recorded.

use std::path::PathBuf;

use lockgate_audit::{Context, Event};
use lockgate_core::{AdapterError, HttpSettings, LoginInput, Operation, Registry};
use lockgate_policy::{Forbidden, Requirement};
use lockgate_system::{Caller, Confinement, NAME_LOOKUP, WallState, confine};

use crate::failed::{Failed, chain_of};
use crate::trail::Record;
use crate::walls::{DOMAIN, network};
use crate::{Machine, Notice, Tell, administrator};

/// The host's own question to a registry.
pub(crate) struct Asking<'a> {
    machine: &'a Machine,
    tell: Tell,
    /// What is decided on, in the audit.
    capability: &'static str,
    record: Record,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        machine: &'a Machine,
        tell: Tell,
        capability: &'static str,
        (caller, registry): (&Caller, &Registry),
    ) -> Self {
        let required = machine.ceiling.requires(Requirement::Audit).is_some();
        let operation = Operation::Login(LoginInput::default());
        let context = Context::new(caller.pid, caller.program.as_deref(), registry, &operation);
        let record = Record::new(machine.trail(), context, required);
        Self { machine, tell, capability, record }
    }

    pub(crate) fn tell(&self, notice: &Notice<'_>) {
        (self.tell)(notice);
    }

    /// Whether the program that called may have a registry asked, which is recorded where it may not.
    /// Where a person has to confirm it, that is asked with the providers: a registry alone gives nothing
    /// away.
    pub(crate) fn check_caller(&self, caller: &Caller, subject: &str) -> Result<(), Failed> {
        match administrator::check_unconfirmed(&self.machine.ceiling, caller) {
            Ok(()) => Ok(()),
            refused => self.decided(subject, refused),
        }
    }

    /// What a process that asks may still do: connect to these ports, look names up, and record it.
    pub(crate) fn walls(&self, settings: &HttpSettings, ports: Vec<u16>) -> Confinement {
        let mut walls = Confinement { connect: ports, ..Confinement::default() };
        walls.connect.push(DOMAIN);
        walls.read.extend(NAME_LOOKUP.iter().map(PathBuf::from));
        network(&mut walls, settings);
        walls.write.push(self.machine.audit_folder());
        walls
    }

    /// Confines the process to this for good.
    pub(crate) fn confine_to(&self, walls: &Confinement) -> Result<(), Failed> {
        let confined = confine(walls);
        self.machine.check_hardening(&confined).map_err(|forbidden| chain_of(&forbidden))?;
        for wall in confined.walls() {
            if let WallState::Failed(error) = &wall.state {
                self.tell(&Notice::NoWallForIndex { wall: wall.name, error });
            }
        }
        Ok(())
    }

    /// Where a login goes on, it tells by itself that it cannot be recorded, which nothing requires.
    pub(crate) fn tell_unrecorded(&self) {
        let required = self.machine.ceiling.requires(Requirement::Audit).is_some();
        if let Some(error) = self.machine.check_audit().err().filter(|_| !required) {
            self.tell(&Notice::NotRecorded(&error));
        }
    }

    pub(crate) fn decided(
        &self,
        subject: &str,
        allowed: Result<(), Forbidden>,
    ) -> Result<(), Failed> {
        self.noted(subject, allowed.map_err(Into::into)).map_err(|error| chain_of(&*error))
    }

    /// The decision itself, once it is recorded.
    pub(crate) fn noted(
        &self,
        subject: &str,
        allowed: Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        let rule = allowed.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let (capability, is_allowed) = (self.capability, allowed.is_ok());
        let event = Event::Use { capability, subject, allowed: is_allowed, rule: &rule };
        self.record.note(&event)?;
        allowed
    }
}
