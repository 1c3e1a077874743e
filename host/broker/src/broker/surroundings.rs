//! What is done before the first provider is asked, and not afterwards: the process gives up what it
//! does not need.

use lockgate_core::{Operation, Request};
use lockgate_system::{Confinement, WallState, confine};

use super::{Broker, Candidate};
use crate::cache::{self, Cache};
use crate::programs::Programs;
use crate::stores::SystemStores;
use crate::{End, Notice, walls};

impl Broker {
    /// The next request's process may also read this and connect to that.
    pub(crate) fn open_beside(&self, beside: Confinement) {
        self.beside.get_or_init(|| beside);
    }

    /// Looks up what is kept of earlier answers, which a confined process cannot. A login or a logout
    /// makes all of it worthless.
    pub(super) fn recall(&self, request: &Request, candidates: &mut [Candidate<'_>]) {
        let worthless = self.refresh || !matches!(request.operation, Operation::Get(_));
        if worthless && let Err(error) = cache::forget(&self.context, request) {
            self.tell(&Notice::NotForgotten(&error));
        }
        for prepared in candidates.iter_mut().filter_map(|(_, prepared)| prepared.as_mut().ok()) {
            prepared.cache = Cache::open(&self.context, prepared, self.refresh);
        }
    }

    /// Puts up the second wall. What starts programs is split off before, since nothing can be
    /// started from then on.
    pub(super) fn confined<'c>(
        &self,
        request: &Request,
        candidates: impl Iterator<Item = &'c Candidate<'c>> + Clone,
    ) -> Result<Programs, End> {
        let ready = || candidates.clone().filter_map(|(_, prepared)| prepared.as_ref().ok());
        if ready().next().is_none() {
            return Ok(Programs::none());
        }
        let programs = Programs::split_off(ready(), &self.context)?;
        self.system_stores.get_or_init(|| SystemStores::connect(&self.context, ready()));
        let mut walls = walls::confinement(&self.context, request, ready());
        walls.keys.extend(self.system_stores.get().into_iter().flat_map(SystemStores::keys));
        walls.keys.extend(ready().filter_map(|ready| ready.cache.as_ref()).flat_map(Cache::keys));
        if let Some(beside) = self.beside.get() {
            walls.connect.extend_from_slice(&beside.connect);
            walls.list.extend_from_slice(&beside.list);
            walls.read.extend_from_slice(&beside.read);
        }
        let confined = confine(&walls);
        self.context.machine.check_hardening(&confined)?;
        for wall in confined.walls() {
            if let WallState::Failed(error) = &wall.state {
                (self.tell)(&Notice::NoWall { wall: wall.name, error });
            }
        }
        Ok(programs)
    }
}
