//! What a helper is started for.

use std::ffi::{OsStr, OsString};

use lockgate_core::{escape, shorten};

/// Longest unknown action that an error quotes, in bytes.
const MAX_SHOWN: usize = 100;

/// The one argument of a helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Keep a credential.
    Store,
    /// Find one.
    Get,
    /// Forget one.
    Erase,
    /// Tell the servers and users that are kept.
    List,
    /// Tell the program's version.
    Version,
    /// Tell how the program is used.
    Help,
}

/// Why the arguments are no action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionError {
    /// None, or several.
    Count,
    /// A word that is none, escaped.
    Unknown(String),
}

impl Action {
    /// The action that a helper's arguments name.
    ///
    /// # Errors
    /// If there is not exactly one argument, or it is not known.
    pub fn of(arguments: &[OsString]) -> Result<Self, ActionError> {
        let [word] = arguments else { return Err(ActionError::Count) };
        Self::of_word(word).ok_or_else(|| {
            ActionError::Unknown(escape(&shorten(&word.to_string_lossy(), MAX_SHOWN)))
        })
    }

    fn of_word(word: &OsStr) -> Option<Self> {
        Some(match word.to_str()? {
            "store" => Self::Store,
            "get" => Self::Get,
            "erase" => Self::Erase,
            "list" => Self::List,
            "version" | "--version" | "-v" => Self::Version,
            "--help" | "-h" => Self::Help,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Action, ActionError};

    fn of(words: &[&str]) -> Result<Action, ActionError> {
        Action::of(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn one_word_is_an_action() {
        for (word, action) in [
            ("store", Action::Store),
            ("get", Action::Get),
            ("erase", Action::Erase),
            ("list", Action::List),
            ("version", Action::Version),
            ("--version", Action::Version),
            ("-v", Action::Version),
            ("--help", Action::Help),
            ("-h", Action::Help),
        ] {
            assert_eq!(of(&[word]), Ok(action), "{word}");
        }
        for wrong in [&[][..], &["get", "get"], &["--", "get"]] {
            assert_eq!(of(wrong), Err(ActionError::Count), "{wrong:?}");
        }
    }

    #[test]
    fn another_word_is_none_and_cannot_drive_a_terminal() {
        for wrong in ["", "GET", " get", "help", "-V", "--list"] {
            assert_eq!(of(&[wrong]), Err(ActionError::Unknown(wrong.to_owned())));
        }
        let escaped = ActionError::Unknown("a\\u{a}\\u{1b}[2J".to_owned());
        assert_eq!(of(&["a\n\u{1b}[2J"]), Err(escaped));
        let Err(ActionError::Unknown(shown)) = of(&["x".repeat(1000).as_str()]) else { panic!() };
        assert!(shown.len() < 110, "{shown}");
    }
}
