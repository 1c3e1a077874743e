//! Which line decided, and what a person can do about a refusal.

use std::sync::Arc;

use lockgate_core::Refusal;
use lockgate_policy::{Decided, Decision};

/// Most lines that are named for one use, and most advice for one refusal. More is no answer.
const MOST: usize = 4;

/// The decisions about one provider and one registry, for looking up the line behind a use.
#[derive(Clone)]
pub(crate) struct Rules(Arc<Decided>);

impl Rules {
    pub(crate) fn new(decided: Decided) -> Self {
        Self(Arc::new(decided))
    }

    /// The lines that allowed a use, or why it was refused.
    pub(crate) fn of(&self, capability: &str, subject: &str, refusal: Option<&Refusal>) -> String {
        let Some(refusal) = refusal else {
            let allowed = self.about(capability).filter(|decision| decision.allowed());
            return places(allowed, subject);
        };
        match places(self.refused(refusal).into_iter(), subject) {
            lines if lines.is_empty() => refusal.reason.clone(),
            lines => format!("{}; {lines}", refusal.reason),
        }
    }

    /// What a person can do so that a refused use is allowed: the host's own words, since a
    /// provider's claim is no reason to grant it anything.
    pub(crate) fn advice(&self, provider: &str, refusal: &Refusal) -> Vec<String> {
        let refused = self.refused(refusal).into_iter();
        let advice = refused.filter_map(|decision| {
            Some(format!(
                "{} `{}`: {}",
                decision.capability,
                decision.subject,
                decision.explain(provider)?
            ))
        });
        advice.take(MOST).collect()
    }

    /// The decisions behind a refusal: those about the very thing, else about its kind, as where a
    /// whole interface was not linked.
    fn refused(&self, refusal: &Refusal) -> Vec<&Decision> {
        match self.0.why(refusal.capability, &refusal.subject) {
            Some(decision) => vec![decision],
            None => self.about(refusal.capability).filter(|found| !found.allowed()).collect(),
        }
    }

    fn about<'a>(&'a self, capability: &'a str) -> impl Iterator<Item = &'a Decision> + Clone {
        self.0.decisions.iter().filter(move |decision| decision.capability == capability)
    }
}

/// The lines of the decisions about this very subject, or else of all of them.
fn places<'a>(decisions: impl Iterator<Item = &'a Decision> + Clone, subject: &str) -> String {
    let exact: Vec<_> = decisions.clone().filter(|decision| decision.subject == subject).collect();
    let chosen = if exact.is_empty() { decisions.collect() } else { exact };
    let mut lines: Vec<String> =
        chosen.iter().flat_map(|decision| &decision.places).map(ToString::to_string).collect();
    lines.dedup();
    lines.truncate(MOST);
    lines.join(", ")
}
