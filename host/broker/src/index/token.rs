//! The token for an index that wants one: the client's own, or a provider's.

use std::time::{SystemTime, UNIX_EPOCH};

use lockgate_core::{
    Answer, Ecosystem, Lifetime, Operation, Purpose, Request, Secret, check_token,
};
use lockgate_index::{Fetched, Kind};

use super::said::Said;
use super::{Asked, NOT_CONFIGURED, fetch};
use crate::child::in_child;
use crate::failed::Failed;
use crate::{Choice, End};

/// How long a token has to last to serve again, in seconds, as in cargo.
const LASTING: u64 = 60;

/// A token, and whether it serves again.
struct Found {
    token: Secret,
    reusable: bool,
}

impl Asked<'_> {
    /// Asks the index once more with a token. `Nothing` if there is none.
    pub(super) fn fetched_with_token(
        &self,
        challenges: Vec<String>,
        ports: &[u16],
    ) -> Result<Said, Failed> {
        let Kind::Sparse(url) = &self.location.kind else { return Err(Failed::unexpected()) };
        let choices = match self.question.token {
            Some(_) => Vec::new(),
            None => self.providers(true)?,
        };
        in_child(|| {
            let found = match self.question.token {
                Some(token) => {
                    self.asking.confine_to(&self.walls())?;
                    Some(Found { token: token.clone(), reusable: true })
                }
                None => {
                    let mut walls = self.walls();
                    walls.connect.extend_from_slice(ports);
                    self.broker.open_beside(walls);
                    self.ask(challenges, &choices)?
                }
            };
            // One that no header can hold is refused by the login itself, in the same words.
            let sound = |found: &Found| check_token(Ecosystem::Cargo, &found.token).is_ok();
            let Some(found) = found.filter(sound) else { return Ok(Said::Nothing) };
            match self.send(url, Some(&found.token))? {
                Fetched::Config(file) => {
                    Ok(Said::Found { json: fetch::text(file)?, reusable: found.reusable })
                }
                Fetched::Unauthorized { .. } => Ok(Said::Nothing),
            }
        })
    }

    /// Whether a provider has a token: for an index that says by itself that it wants one.
    pub(super) fn has_token(&self) -> Result<bool, Failed> {
        let choices = self.providers(false)?;
        let said = in_child(|| {
            Ok(match self.ask(Vec::new(), &choices)? {
                Some(found) => Said::Found { json: String::new(), reusable: found.reusable },
                None => Said::Nothing,
            })
        });
        Ok(matches!(said?, Said::Found { .. }))
    }

    /// The providers; with `configured`, if somebody configured them.
    fn providers(&self, configured: bool) -> Result<Vec<Choice>, Failed> {
        let (choices, are_configured) = self.question.client.providers().map_err(Failed)?;
        let forced = self.broker.context().machine.ceiling.providers_for(self.question.registry);
        match configured && !are_configured && forced.is_none() {
            true => Err(Failed::because(NOT_CONFIGURED)),
            false => Ok(choices),
        }
    }

    /// Asks them, which confines the process.
    fn ask(&self, challenges: Vec<String>, choices: &[Choice]) -> Result<Option<Found>, Failed> {
        let mut registry = self.question.registry.clone();
        registry.challenges = challenges;
        let operation = Operation::Get(Purpose::Read);
        let request = Request { registry, operation, arguments: Vec::new() };
        let reply = self.broker.answer(&request, choices);
        self.question.client.show(&reply, &request, choices);
        match reply.result {
            Ok(Answer::Credential(credential)) => Ok(Some(Found {
                reusable: serves_again(credential.lifetime),
                token: credential.secret,
            })),
            Ok(_) => Err(Failed::unexpected()),
            Err(End::NotFound) => Ok(None),
            Err(end) => Err(Failed(std::iter::once(end.to_string()).chain(end.causes()).collect())),
        }
    }
}

fn serves_again(lifetime: Lifetime) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    match lifetime {
        Lifetime::Once => false,
        Lifetime::Session => true,
        Lifetime::Until(end) => now.saturating_add(LASTING) < end,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use lockgate_core::Lifetime;

    use super::serves_again;

    #[test]
    fn a_token_that_is_about_to_end_is_asked_for_again() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        assert!(serves_again(Lifetime::Session) && serves_again(Lifetime::Until(now + 90)));
        assert!(!serves_again(Lifetime::Once) && !serves_again(Lifetime::Until(now + 30)));
    }
}
