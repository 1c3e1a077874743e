//! What has to hold before a registry is asked, as before a provider is: who may ask, what stands
//! around the process, and that it is recorded.

use lockgate_audit::{Context, Event};
use lockgate_core::{AdapterError, LoginInput, Operation, Registry};
use lockgate_policy::{Forbidden, Requirement};
use lockgate_system::{Caller, Confinement, WallState, confine};
use url::Url;

use super::said::{Failed, Said, chain_of};
use super::{Asked, child};
use crate::trail::Record;
use crate::{Machine, Notice, administrator};

/// What is decided on, in the audit.
const INDEX: &str = "index";

/// The audit of what is asked of an index.
pub(super) fn record(machine: &Machine, caller: &Caller, registry: &Registry) -> Record {
    let required = machine.ceiling.requires(Requirement::Audit).is_some();
    let operation = Operation::Login(LoginInput::default());
    let context = Context::new(caller.pid, caller.program.as_deref(), registry, &operation);
    Record::new(machine.trail(), context, required)
}

impl Asked<'_> {
    /// Whether the program that called may have a registry asked. Where a person has to confirm it,
    /// that is asked with the providers: an index alone gives nothing away.
    pub(super) fn check_caller(&self, caller: &Caller) -> Result<(), Failed> {
        let ceiling = &self.broker.context().machine.ceiling;
        let allowed = administrator::check_unconfirmed(ceiling, caller);
        match allowed {
            Ok(()) => Ok(()),
            refused => self.decided(&self.shown(self.location.url()), refused),
        }
    }

    /// Confines the process to this for good.
    pub(super) fn confine_to(&self, walls: &Confinement) -> Result<(), Failed> {
        let confined = confine(walls);
        let machine = &self.broker.context().machine;
        machine.check_hardening(&confined).map_err(|forbidden| chain_of(&forbidden))?;
        for wall in confined.walls() {
            if let WallState::Failed(error) = &wall.state {
                self.broker.tell(&Notice::NoWallForIndex { wall: wall.name, error });
            }
        }
        Ok(())
    }

    /// Records that git is started now, or why not, and looks whether the machine hardens processes as
    /// the administrator requires. Around git itself are no walls.
    pub(super) fn begin_git(
        &self,
        program: &str,
        allowed: Result<(), Forbidden>,
    ) -> Result<(), Failed> {
        self.decided(&format!("{program} {}", self.shown(self.location.url())), allowed)?;
        let ceiling = &self.broker.context().machine.ceiling;
        if ceiling.requires(Requirement::Hardening).is_some() {
            child::in_child(|| {
                self.confine_to(&Confinement::default())?;
                Ok(Said::Nothing)
            })?;
        }
        Ok(())
    }

    /// Records whether an address is asked next.
    pub(super) fn address_decided(
        &self,
        url: &Url,
        allowed: Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        self.noted(&format!("GET {}", self.shown(url)), allowed)
    }

    /// Where a login goes on, it tells by itself that it cannot be recorded, which nothing requires.
    pub(super) fn tell_unrecorded(&self) {
        let machine = &self.broker.context().machine;
        let required = machine.ceiling.requires(Requirement::Audit).is_some();
        if let Some(error) = machine.check_audit().err().filter(|_| !required) {
            self.broker.tell(&Notice::NotRecorded(&error));
        }
    }

    fn decided(&self, subject: &str, allowed: Result<(), Forbidden>) -> Result<(), Failed> {
        self.noted(subject, allowed.map_err(Into::into)).map_err(|error| chain_of(&*error))
    }

    /// The decision itself, once it is recorded.
    fn noted(&self, subject: &str, allowed: Result<(), AdapterError>) -> Result<(), AdapterError> {
        let rule = allowed.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let is_allowed = allowed.is_ok();
        let event = Event::Use { capability: INDEX, subject, allowed: is_allowed, rule: &rule };
        self.record.note(&event)?;
        allowed
    }

    /// An address without what could be a secret: of those that a registry names, the server alone.
    fn shown(&self, url: &Url) -> String {
        if url != self.location.url() {
            return url.origin().ascii_serialization();
        }
        let mut shown = url.clone();
        let _ = (shown.set_username(""), shown.set_password(None));
        shown.set_query(None);
        shown.set_fragment(None);
        shown.into()
    }
}
