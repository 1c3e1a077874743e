//! `[term]`: how much cargo tells, and in which colours. A project does not decide what is hidden
//! from the user, so its files are not asked.

use lockgate_core::shorten;

use super::value::{self, Value};
use super::{CargoConfig, TypeError, schema};
use crate::source::visible;

/// Most bytes of a value that an error shows.
const MAX_SHOWN: usize = 256;

/// When text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// What the configuration says about standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Tell more.
    pub verbose: bool,
    /// Tell neither status nor warnings.
    pub quiet: bool,
    /// When to colour.
    pub colour: Option<Colour>,
}

/// What is wrong with `[term]`, in cargo's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TerminalError {
    /// A colour that cargo does not know.
    #[error("argument for --color must be auto, always, or never, but found `{}`", visible(&shorten(.0, MAX_SHOWN)))]
    Colour(String),
    /// More and less at once.
    #[error("cannot set both `term.verbose` and `term.quiet`")]
    Both,
    /// A value of another type than the key has.
    #[error(transparent)]
    Type(#[from] TypeError),
}

impl CargoConfig {
    /// What trusted configuration says about standard error.
    ///
    /// # Errors
    /// If it contradicts itself.
    pub fn terminal(&self) -> Result<Terminal, TerminalError> {
        let (Some(verbose), Some(quiet)) = (self.switch("verbose")?, self.switch("quiet")?) else {
            // As in cargo, a switch that is neither on nor off leaves everything as it is.
            return Ok(Terminal::default());
        };
        let colour = match self.text(&self.trusted, &["term", "color"])? {
            None => None,
            Some(("auto", _)) => Some(Colour::Auto),
            Some(("always", _)) => Some(Colour::Always),
            Some(("never", _)) => Some(Colour::Never),
            Some((other, _)) => return Err(TerminalError::Colour(other.to_owned())),
        };
        if verbose && quiet {
            return Err(TerminalError::Both);
        }
        Ok(Terminal { verbose, quiet, colour })
    }

    /// Whether it is on; `None` if it is something else than on or off.
    fn switch(&self, key: &str) -> Result<Option<bool>, TypeError> {
        let key = ["term", key];
        schema::look_up(&self.trusted, &key)?;
        let entry = value::find(&self.trusted, &key);
        let variable = self.environment.get(&key);
        Ok(match (variable, entry) {
            (Some((text, _)), entry)
                if !entry.is_some_and(|entry| entry.definition.outranks_variables()) =>
            {
                text.parse().ok()
            }
            (_, None) => Some(false),
            (_, Some(entry)) => match entry.value {
                Value::Boolean(on) => Some(on),
                _ => None,
            },
        })
    }
}
