//! What was decided about one thing, and how a person is told.

use std::fmt;
use std::sync::Arc;

use lockgate_core::shell_word;

use crate::ceiling::Forbidden;
use crate::change;
use crate::error::Place;
use crate::meet::{Entry, Rule};

/// One thing that was asked for or granted, and whether the call may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The key in the grammar.
    pub capability: &'static str,
    /// The very thing.
    pub subject: String,
    /// The lines that decided: the manifest's before the grant's before the administrator's.
    pub places: Vec<Place>,
    /// Why not, as the rest of a sentence that begins with the subject; none if it may be used.
    pub refusal: Option<String>,
    cause: Option<Cause>,
    grant_argument: Option<String>,
    about: About,
}

/// The rule that a refusal is about, to be found again by what a provider asked for. Without one
/// the refusal is about all of its capability.
#[derive(Clone, Default)]
struct About(Option<Arc<dyn Concerns>>);

trait Concerns: Send + Sync {
    fn concerns(&self, subject: &str) -> bool;
}

impl<R: Rule> Concerns for R {
    fn concerns(&self, subject: &str) -> bool {
        Rule::concerns(self, subject)
    }
}

impl fmt::Debug for About {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("About(..)")
    }
}

/// The subject says as much.
impl PartialEq for About {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for About {}

/// Why something may not be used. `Display` is the rest of a sentence that begins with the thing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Cause {
    /// The manifest does not have it.
    #[error("is granted, but the provider does not ask for it")]
    NotAsked,
    /// The grant does not have it.
    #[error("is asked for, but not granted")]
    NotGranted,
    /// The ceiling does not have it, or denies it.
    #[error("is refused by the administrator's policy{}", .0.message_after(": "))]
    Forbidden(Forbidden),
    /// It could not be used as it is granted.
    #[error("{0}")]
    Unusable(&'static str),
}

impl Decision {
    /// Whether the call may use it.
    pub fn allowed(&self) -> bool {
        self.refusal.is_none()
    }

    /// Whether it is the administrator's policy that refuses it, so that no grant would help.
    pub fn by_administrator(&self) -> bool {
        self.forbidden().is_some()
    }

    /// The administrator's refusal, with the line and the policy's message.
    pub fn forbidden(&self) -> Option<&Forbidden> {
        match self.cause.as_ref()? {
            Cause::Forbidden(forbidden) => Some(forbidden),
            _ => None,
        }
    }

    /// The `CAPABILITY=VALUE` that would grant it, where that is what is missing.
    pub fn grant_argument(&self) -> Option<&str> {
        self.grant_argument.as_deref()
    }

    /// Why the call of a provider may not use it and what to do, as a sentence about "it"; none if
    /// it may be used.
    pub fn explain(&self, provider: &str) -> Option<String> {
        Some(match (self.cause.as_ref()?, &self.grant_argument) {
            (Cause::NotGranted, Some(argument)) => format!(
                "it is asked for, but not granted; `lockgate provider grant {} {}` grants it",
                shell_word(provider),
                shell_word(argument)
            ),
            (Cause::Forbidden(forbidden), _) => format!(
                "the administrator's policy ({}) refuses it{}",
                forbidden.place,
                forbidden.message_after(". ")
            ),
            (cause, _) => format!("it {cause}"),
        })
    }

    pub(crate) fn allowed_by(
        capability: &'static str,
        subject: String,
        places: Vec<Place>,
    ) -> Self {
        Self {
            capability,
            subject,
            places,
            refusal: None,
            cause: None,
            grant_argument: None,
            about: About::default(),
        }
    }

    /// A refusal of what one line names.
    pub(crate) fn about<R: Rule>(entry: &Entry<R>, refusal: Cause) -> Self {
        let places = vec![entry.place.clone()];
        let mut decision = Self::allowed_by(R::KEY, entry.value.subject(), places);
        if refusal == Cause::NotGranted {
            decision.grant_argument = Some(change::argument(R::KEY, &entry.value.value()));
        }
        decision.refuse(&entry.value, refusal);
        decision
    }

    /// A refusal of, or a yes to, what has no value of its own.
    pub(crate) fn about_flag(
        capability: &'static str,
        places: Vec<Place>,
        refusal: Option<Cause>,
    ) -> Self {
        let mut decision = Self::allowed_by(capability, "true".to_owned(), places);
        if refusal == Some(Cause::NotGranted) {
            decision.grant_argument = Some(format!("{capability}=true"));
        }
        refusal.into_iter().for_each(|cause| decision.because(cause));
        decision
    }

    /// Makes a refusal of it.
    pub(crate) fn refuse<R: Rule>(&mut self, rule: &R, cause: Cause) {
        self.because(cause);
        self.about = About(Some(Arc::new(rule.clone())));
    }

    /// The administrator's line is named too, if that one refused.
    fn because(&mut self, cause: Cause) {
        if let Cause::Forbidden(forbidden) = &cause {
            self.places.push(forbidden.place.clone());
        }
        self.refusal = Some(cause.to_string());
        self.cause = Some(cause);
    }

    /// Whether it is a refusal of what a provider asked for.
    pub(crate) fn refuses(&self, subject: &str) -> bool {
        let about = self.about.0.as_ref();
        self.refusal.is_some() && about.is_none_or(|about| about.concerns(subject))
    }
}
