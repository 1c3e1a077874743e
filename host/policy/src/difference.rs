//! What an update asks for beside what was asked for before.

use crate::rules::{Line, Rules};

/// What two texts of the grammar name differently, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What only the new one names.
    pub added: Vec<Line>,
    /// What only the old one names.
    pub removed: Vec<Line>,
}

impl Difference {
    /// What changed from one to the other. A line that only says more or less of the same thing is
    /// removed and added.
    pub fn between(old: &Rules, new: &Rules) -> Self {
        let (old, new) = (old.lines(), new.lines());
        let is_in = |lines: &[Line], line: &Line| {
            lines
                .iter()
                .any(|known| known.capability == line.capability && known.subject == line.subject)
        };
        Self {
            added: new.iter().filter(|line| !is_in(&old, line)).cloned().collect(),
            removed: old.iter().filter(|line| !is_in(&new, line)).cloned().collect(),
        }
    }

    /// Whether the new one could be more than the old one: it names something else, or no longer
    /// says a limit, which would otherwise stay.
    pub fn may_be_more(&self) -> bool {
        !self.added.is_empty() || self.removed.iter().any(|line| line.capability == "limits")
    }
}
