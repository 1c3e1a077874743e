//! What may be the name of a registry.

use crate::source::visible;

/// cargo's own name for crates.io.
pub(crate) const CRATES_IO: &str = "crates-io";

/// Why a text is not the name of a registry, in cargo's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing.
    #[error("registry name cannot be empty")]
    Empty,
    /// A character that may not stand where it stands.
    #[error(
        "invalid character `{}` in registry name: `{}`, {rule}",
        visible(&.character.to_string()),
        visible(.name)
    )]
    Character {
        /// The first such character.
        character: char,
        /// The name.
        name: String,
        /// What may stand there.
        rule: &'static str,
    },
}

/// Checks a name as cargo does.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    let mut characters = name.chars();
    let first = characters.next().ok_or(NameError::Empty)?;
    let refuse =
        |character, rule| Err(NameError::Character { character, name: name.to_owned(), rule });
    if first.is_ascii_digit() {
        return refuse(first, "the name cannot start with a digit");
    }
    if first != '_' && !unicode_ident::is_xid_start(first) {
        let rule =
            "the first character must be a Unicode XID start character (most letters or `_`)";
        return refuse(first, rule);
    }
    match characters.find(|c| *c != '-' && !unicode_ident::is_xid_continue(*c)) {
        Some(character) => refuse(
            character,
            "characters must be Unicode XID characters (numbers, `-`, `_`, or most letters)",
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn says_what_cargo_says() {
        for name in ["a", "_a", "Alt-2", "\u{e9}-x", "crates-io", "a1", "a-"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for (name, message) in [
            ("", "registry name cannot be empty"),
            (
                "1a",
                "invalid character `1` in registry name: `1a`, the name cannot start with a digit",
            ),
            (
                "-a",
                "invalid character `-` in registry name: `-a`, the first character must be a Unicode XID start character (most letters or `_`)",
            ),
            (
                "a b",
                "invalid character ` ` in registry name: `a b`, characters must be Unicode XID characters (numbers, `-`, `_`, or most letters)",
            ),
            (
                "a.\n",
                "invalid character `.` in registry name: `a.\u{240a}`, characters must be Unicode XID characters (numbers, `-`, `_`, or most letters)",
            ),
        ] {
            assert_eq!(check(name).unwrap_err().to_string(), message);
        }
    }
}
