//! Answers that say until when they hold, kept for the next command in the kernel's keyring and nowhere
//! else: nothing of them is on a disk, and the kernel forgets them by itself. Where there is no keyring,
//! or no room in it, nothing is kept, and each command asks the provider.
//!
//! What is kept is found again by whoever would be given the same: the same component with the same
//! capabilities, as manifest, grant and ceiling give them now, for the same registry, words, settings,
//! variables, files and programs. It is looked up after all of that was decided, and a change of any of
//! it leads to another entry.
//!
//! A login or a logout removes what is kept of its registry, and a change of what is installed or granted
//! removes all: each of what belongs to the same folder of state.

mod identity;
mod record;
mod stamp;

use std::time::SystemTime;

use lockgate_adapters::{KernelKeyringError, KeyringEntry};
use lockgate_audit::Event;
use lockgate_core::{Answer, Credential, Operation, Request};
use lockgate_providers::Provider;
use lockgate_system::{Key, KeyringError};

use crate::CARGO_PLUGIN;
use crate::prepare::Prepared;
use crate::verdict::checked;
use crate::{Context, Machine};
use record::Kept;
use stamp::Stamp;

/// What the descriptions of its keys begin with, behind the program's own name.
const KIND: &str = "cache";

/// What ends within so many seconds is not handed out any more: cargo's own rule, so that a token lasts
/// for the request that it is for.
const MARGIN: u64 = 60;

/// The longest that an answer is kept, in seconds, whatever it says: a day. A token that was taken back
/// at the registry is not kept for weeks, and asking once a day costs nothing.
const LONGEST: u64 = 24 * 60 * 60;

/// That an answer was kept, for the audit.
pub(crate) const RECALLED: Event<'static> =
    Event::Use { capability: "cache", subject: "kernel-keyring", allowed: true, rule: "" };

/// What may be kept of one provider's answers to one request.
pub(crate) struct Cache {
    /// What holds for this very purpose, and what holds for every one.
    entries: [KeyringEntry; 2],
    /// What is kept, and in which of the two.
    found: Option<(usize, Kept)>,
    /// Whether the client asks because a registry refused it.
    challenged: bool,
    /// What the last login or logout of the registry left.
    last_change: Stamp,
}

/// Forgets what is kept of every provider's answers about a request's registry.
///
/// # Errors
/// If it is not certain that all of it is gone.
pub(crate) fn forget(context: &Context, request: &Request) -> Result<(), KeyringError> {
    let registry = &request.registry;
    if !matches!(request.operation, Operation::Get(_)) {
        // So that who asks at this moment keeps nothing. It is noted again at the request's end, which
        // tells what keeps it from that.
        let _ = context.logins().note_change(registry);
    }
    nothing_without_keyring(KeyringEntry::remove_all(&kind(&context.machine), registry))?;
    Ok(())
}

/// Forgets what is kept of every provider's answers, of whatever registry, and says how much that was.
/// It is no more than what a grant or an installation gave.
///
/// # Errors
/// If it is not certain that all of it is gone.
pub fn forget_answers(machine: &Machine) -> Result<usize, KeyringError> {
    nothing_without_keyring(KeyringEntry::remove_kind(&kind(machine)))
}

/// Where there is no keyring nothing is kept.
fn nothing_without_keyring(removed: Result<usize, KeyringError>) -> Result<usize, KeyringError> {
    match removed {
        Err(KeyringError::Absent | KeyringError::Refused) => Ok(0),
        removed => removed,
    }
}

/// Providers, grants and the stamps of logins are those of one folder of state.
fn kind(machine: &Machine) -> String {
    KeyringEntry::kind_in(KIND, &machine.folders.state)
}

impl Cache {
    /// Looks up what is kept, before the process is confined; none where nothing could be. Whoever wants
    /// the provider to be asked anew has nothing looked up.
    pub(crate) fn open(context: &Context, prepared: &Prepared, anew: bool) -> Option<Self> {
        let request = &prepared.request;
        let Operation::Get(purpose) = &request.operation else { return None };
        if !may_last(&prepared.provider) {
            return None;
        }
        let last_change = Stamp::of(&context.logins().last_change(&request.registry));
        let identity = identity::of(context, prepared, &last_change);
        let kind = kind(&context.machine);
        let entry = |purpose: &str| {
            KeyringEntry::new(&kind, &request.registry, &[&identity, purpose.as_bytes()])
        };
        let mut cache = Self {
            entries: [entry(&format!("{purpose:?}")), entry("every purpose")],
            found: None,
            challenged: !request.registry.challenges.is_empty(),
            last_change,
        };
        if !anew {
            cache.recall(prepared).ok()?;
        }
        cache.make_room();
        Some(cache)
    }

    /// The keys that a confined process needs to keep an answer: none where one is kept already.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key> {
        self.entries.iter().flat_map(KeyringEntry::new_keys)
    }

    /// What is kept.
    pub(crate) fn answer(&self) -> Option<Answer> {
        let (at, kept) = self.found.as_ref()?;
        if self.challenged {
            self.save(*at, &Kept { refused: true, ..kept.clone() });
        }
        Some(Answer::Credential(kept.credential.clone()))
    }

    /// Keeps an answer for which its provider named an end.
    pub(crate) fn keep(&self, credential: &Credential) {
        let at = usize::from(credential.any_purpose);
        self.save(at, &Kept { credential: credential.clone(), since: now(), refused: false });
    }

    /// # Errors
    /// If there is no keyring.
    fn recall(&mut self, prepared: &Prepared) -> Result<(), KernelKeyringError> {
        let longest = prepared.decided.capabilities.limits.lifetime;
        let longest = longest.map_or(u64::MAX, |longest| longest.as_secs());
        for (at, entry) in self.entries.iter().enumerate() {
            entry.look_up();
            let fields = match entry.load() {
                Err(error @ KernelKeyringError::Keyring(_)) => return Err(error),
                fields => fields.ok().flatten(),
            };
            let Some(kept) = fields.and_then(record::read) else { continue };
            if self.challenged && kept.refused {
                // Given to a client that had been refused, and here it is again.
                let _ = entry.remove();
                continue;
            }
            let answer = Answer::Credential(kept.credential.clone());
            let holds = kept.until().is_some_and(|until| left(until, now(), longest).is_some());
            let holds = holds && seconds(&kept, now()).is_some();
            if holds && checked(&prepared.request, answer).is_ok() {
                self.found = Some((at, kept));
                break;
            }
        }
        Ok(())
    }

    /// For what is saved after the process was confined.
    fn make_room(&self) {
        let to_change = |at| match &self.found {
            Some((found, _)) => self.challenged && *found == at,
            None => true,
        };
        for (at, entry) in self.entries.iter().enumerate() {
            if to_change(at) {
                entry.make_room();
            }
        }
    }

    /// Where there is no room, nothing is kept; nor after a login or a logout that came in between.
    fn save(&self, at: usize, kept: &Kept) {
        let Some(entry) = self.entries.get(at) else { return };
        let Some(seconds) = seconds(kept, now()) else { return };
        if self.last_change.holds() {
            let _ = record::write(kept, |fields| entry.save(fields, Some(seconds)));
        }
    }
}

/// For how many seconds an answer is kept from now on: the rest of its day, or of its own time. None also
/// if it comes from the future: then a clock was set.
fn seconds(kept: &Kept, now: u64) -> Option<u32> {
    let rest = LONGEST.checked_sub(now.checked_sub(kept.since)?)?;
    let seconds = left(kept.until()?, now, u64::MAX)?.min(rest);
    u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)
}

/// Whether it could name an end of what it answers. Of those that are built in, only what talks to
/// somebody else's program does; the others' answers hold for a client's session.
fn may_last(provider: &Provider) -> bool {
    !provider.built_in || provider.name == CARGO_PLUGIN
}

/// For how many seconds an answer can still be handed out. None also if it says that it holds for longer
/// than it may: then a clock was set, or somebody else wrote it.
fn left(until: u64, now: u64, longest: u64) -> Option<u64> {
    let left = until.checked_sub(now)?;
    let left = (left <= longest).then_some(left)?;
    left.checked_sub(MARGIN).filter(|left| *left > 0)
}

/// Seconds since the Unix epoch.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Credential, Lifetime, Origins, Secret};

    use super::record::Kept;
    use super::{left, seconds};

    const NOW: u64 = 1_795_000_000;
    const HOUR: u64 = 60 * 60;

    #[test]
    fn an_answer_is_kept_for_a_day_from_when_it_was_given_however_often_it_is_saved() {
        let credential = |until| Credential {
            identity: None,
            secret: Secret::from("token"),
            lifetime: Lifetime::Until(until),
            any_purpose: true,
            origins: Origins::default(),
        };
        for (since, until, expected) in [
            (NOW, NOW + 100 * HOUR, Some(24 * HOUR)),
            (NOW - HOUR, NOW + 100 * HOUR, Some(23 * HOUR)),
            (NOW - 24 * HOUR + 1, NOW + 100 * HOUR, Some(1)),
            (NOW - 24 * HOUR, NOW + 100 * HOUR, None),
            (NOW - 100 * HOUR, NOW + 100 * HOUR, None),
            (NOW - HOUR, NOW + HOUR, Some(HOUR - 60)),
            (NOW, NOW + 60, None),
            (NOW + 1, NOW + HOUR, None),
        ] {
            let kept = Kept { credential: credential(until), since, refused: true };
            let found = seconds(&kept, NOW).map(u64::from);
            assert_eq!(found, expected, "since {since} until {until}");
        }
    }

    #[test]
    fn an_answer_is_handed_out_until_a_minute_before_its_end_and_never_beyond_what_is_granted() {
        for (until, longest, expected) in [
            (NOW + 3600, u64::MAX, Some(3540)),
            (NOW + 3600, 3600, Some(3540)),
            (NOW + 3601, 3600, None),
            (NOW + 62, u64::MAX, Some(2)),
            (NOW + 61, u64::MAX, Some(1)),
            (NOW + 60, u64::MAX, None),
            (NOW, u64::MAX, None),
            (NOW - 1, u64::MAX, None),
            (0, u64::MAX, None),
            (u64::MAX, u64::MAX, Some(u64::MAX - NOW - 60)),
            (u64::MAX, 3600, None),
        ] {
            assert_eq!(left(until, NOW, longest), expected, "{until} {longest}");
        }
    }
}
