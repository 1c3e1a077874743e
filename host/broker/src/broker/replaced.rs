//! What a login takes the place of: an older entry that another store still has.

use lockgate_core::{Operation, Request};
use lockgate_system::Caller;

use super::{Broker, Candidate, audit_context, digest_of};
use crate::programs::Programs;
use crate::trail::Record;
use crate::{Choice, End};

/// The logouts that follow a login, made ready before the process is confined.
pub(super) struct Replaced<'a> {
    request: Request,
    record: Record,
    pub(super) candidates: Vec<Candidate<'a>>,
}

impl Broker {
    pub(super) fn replaced<'a>(
        &self,
        login: &Request,
        choices: &'a [Choice],
        caller: &Caller,
        record: &Record,
    ) -> Replaced<'a> {
        let registry = login.registry.clone();
        let request = Request { registry, operation: Operation::Logout, arguments: Vec::new() };
        let candidates = self.candidates(&request, choices);
        let record = record.for_request(audit_context(&request, caller));
        Replaced { request, record, candidates }
    }

    /// # Errors
    /// The first that may have kept its entry.
    pub(super) fn remove_replaced(
        &self,
        replaced: Replaced<'_>,
        programs: &mut Programs,
    ) -> Result<(), End> {
        let Replaced { request, record, candidates } = replaced;
        for (choice, prepared) in candidates {
            let record = record.for_provider(&choice.provider, digest_of(&prepared).as_deref());
            if let (Some(Err(end)), _) =
                self.try_one(&request, choice, prepared, &record, programs)?
            {
                return Err(end);
            }
        }
        Ok(())
    }
}
