//! What became of each provider of a registry.

use lockgate_broker::{Choice, NotAsked, Reply, Tried};
use lockgate_core::{Failure, escape};
use serde_json::{Value, json};

use crate::cargo::providers::Listed;
use crate::table::table;

/// A provider, in the order in which they are asked.
pub(crate) struct Turn {
    listed: Listed,
    outcome: Outcome,
}

enum Outcome {
    Answered,
    /// With what it answered to an earlier command.
    Kept,
    /// The next one was asked.
    Passed(Failure, String),
    /// It ended the request.
    Failed(String),
    NotAsked {
        because: String,
        /// Whether it could have been asked, or why not; none if nobody looked.
        chance: Option<Result<(), String>>,
    },
}

/// What became of the providers: those that were asked, those that were ready, and those that nobody
/// looked at.
pub(crate) fn turns(listed: Vec<Listed>, reply: &Reply) -> Vec<Turn> {
    let asked = reply.tried.iter().map(outcome_of_asked);
    let because = why_not_asked(reply, &listed);
    let left = reply
        .not_asked
        .iter()
        .map(|left| Outcome::NotAsked { because: because.clone(), chance: Some(chance(left)) });
    let unknown = || Outcome::NotAsked { because: because.clone(), chance: None };
    let outcomes = asked.chain(left).chain(std::iter::repeat_with(unknown));
    listed.into_iter().zip(outcomes).map(|(listed, outcome)| Turn { listed, outcome }).collect()
}

fn outcome_of_asked(tried: &Tried) -> Outcome {
    match (&tried.problem, &tried.failure) {
        (None, _) if tried.kept => Outcome::Kept,
        (None, _) => Outcome::Answered,
        (Some(reason), Some(failure)) => Outcome::Passed(failure.clone(), reason.clone()),
        (Some(reason), None) => Outcome::Failed(reason.clone()),
    }
}

fn chance(left: &NotAsked) -> Result<(), String> {
    left.problem.clone().map_or(Ok(()), Err)
}

fn why_not_asked(reply: &Reply, listed: &[Listed]) -> String {
    let last = reply.tried.len().checked_sub(1).and_then(|at| listed.get(at));
    match last {
        Some(last) if reply.result.is_ok() => {
            format!("`{}` answered first", last.choice.shown())
        }
        Some(last) => format!("`{}` ended the request", last.choice.shown()),
        None => "the request ended before".to_owned(),
    }
}

/// A table with a line for each.
pub(super) fn as_table(turns: &[Turn]) -> String {
    let mut cells = vec![["PROVIDER", "NAMED IN", "ANSWER"].map(str::to_owned)];
    cells.extend(turns.iter().map(|turn| {
        let answer = turn.outcome.to_string().replace('\n', " ");
        let Listed { choice, place } = &turn.listed;
        [choice.shown(), place.clone(), answer].map(|cell| escape(&cell))
    }));
    table(&cells)
}

/// An object for each.
pub(super) fn as_json(turns: &[Turn]) -> Value {
    turns.iter().map(Turn::json).collect()
}

impl Turn {
    /// Who it is.
    pub(crate) fn choice(&self) -> &Choice {
        &self.listed.choice
    }

    /// What became of it, for programs.
    pub(crate) fn answer(&self) -> &'static str {
        self.outcome.name()
    }

    /// The same for people.
    pub(crate) fn reason(&self) -> String {
        self.outcome.to_string()
    }

    /// Whether it could have been asked; none if it was, or nobody looked.
    pub(crate) fn could_be_asked(&self) -> Option<bool> {
        match &self.outcome {
            Outcome::NotAsked { chance: Some(chance), .. } => Some(chance.is_ok()),
            _ => None,
        }
    }

    fn json(&self) -> Value {
        json!({
            "provider": self.listed.choice.provider,
            "arguments": self.listed.choice.arguments,
            "defined": self.listed.place,
            "answer": self.answer(),
            "reason": self.reason(),
            "could_be_asked": self.could_be_asked(),
        })
    }
}

impl Outcome {
    /// For programs.
    fn name(&self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Kept => "kept",
            Self::Passed(Failure::NotFound, _) => "not-found",
            Self::Passed(..) => "not-supported",
            Self::Failed(_) => "failed",
            Self::NotAsked { .. } => "not-asked",
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answered => formatter.write_str("answered"),
            Self::Kept => formatter
                .write_str("answered an earlier command, which is kept; `--refresh` asks anew"),
            Self::Passed(Failure::UnsupportedRegistry, reason) => {
                write!(formatter, "does not serve this registry: {reason}")
            }
            Self::Passed(_, reason) => formatter.write_str(reason),
            Self::Failed(reason) => write!(formatter, "failed: {reason}"),
            Self::NotAsked { because, chance } => {
                write!(formatter, "not asked: {because}")?;
                match chance {
                    Some(Ok(())) => formatter.write_str("; it could be asked"),
                    Some(Err(problem)) => write!(formatter, "; it could not be asked: {problem}"),
                    None => Ok(()),
                }
            }
        }
    }
}
