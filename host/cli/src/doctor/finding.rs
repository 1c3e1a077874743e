//! What was found out.

use std::error::Error;

use anstyle::{AnsiColor, Style};
use lockgate_core::escape;

use crate::error::CommandError;

const GOOD: Style = AnsiColor::Green.on_default();
const NOTE: Style = AnsiColor::Cyan.on_default();
const PROBLEM: Style = AnsiColor::Red.on_default().bold();

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Worth knowing, and nothing wrong.
    Note,
    Problem,
}

/// Findings about one thing.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) findings: Vec<Finding>,
}

/// One thing, and how it is.
pub(super) struct Finding {
    pub(super) subject: String,
    pub(super) state: State,
    pub(super) detail: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
}

/// An error with its causes, each on a line.
pub(super) fn said(error: &(dyn Error + 'static)) -> String {
    CommandError::from_error(error).messages().join("\n")
}

impl State {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Good => GOOD,
            Self::Note => NOTE,
            Self::Problem => PROBLEM,
        }
    }
}

impl Section {
    pub(super) fn is_healthy(&self) -> bool {
        self.findings.iter().all(|found| found.state != State::Problem)
    }
}

impl Finding {
    pub(super) fn good(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(State::Good, subject, detail, None)
    }

    pub(super) fn note(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(State::Note, subject, detail, None)
    }

    pub(super) fn problem(
        subject: impl Into<String>,
        detail: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(State::Problem, subject, detail, Some(remedy.into()))
    }

    /// A problem in an error's words.
    pub(super) fn failure(
        subject: impl Into<String>,
        error: &(dyn Error + 'static),
        remedy: impl Into<String>,
    ) -> Self {
        Self::problem(subject, said(error), remedy)
    }

    pub(super) fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    fn new(
        state: State,
        subject: impl Into<String>,
        detail: impl Into<String>,
        remedy: Option<String>,
    ) -> Self {
        Self { subject: subject.into(), state, detail: detail.into(), remedy }
    }

    /// As lines of the report. Much of it comes from files that others wrote.
    pub(super) fn lines(&self) -> String {
        let style = self.state.style();
        let state = format!("{style}{:<7}{style:#}", self.state.name());
        let mut details = self.detail.lines().map(escape);
        let first = details.next().unwrap_or_default();
        let mut text = format!("  {state} {}: {first}\n", escape(&self.subject));
        for line in details {
            text.push_str(&format!("          {line}\n"));
        }
        if let Some(remedy) = &self.remedy {
            text.push_str(&format!("          do: {}\n", escape(remedy)));
        }
        text
    }
}
