//! The clients' own rules for what a token may be, applied on the way in at login and on the way
//! out, whatever a provider did.

use crate::{Ecosystem, Secret};

/// Longest token, in bytes. Longer than any registry's (JSON web tokens reach some KiB), and what a
/// native docker helper's reply may hold.
const MAX_TOKEN: usize = 64 << 10;

/// Longest account name, in bytes: an e-mail address has at most 320.
const MAX_IDENTITY: usize = 4 << 10;

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Nothing in it.
    #[error("please provide a non-empty token")]
    Empty,
    /// Something that cannot stand in an HTTP header.
    #[error(
        "token contains invalid characters.\nOnly printable ISO-8859-1 characters are allowed as it is sent in a HTTPS header."
    )]
    InvalidCharacters,
    /// Longer than 64 KiB.
    #[error("the token is longer than {MAX_TOKEN} bytes")]
    TooLong,
    /// An account name that could forge a line of a protocol, or is none.
    #[error(
        "the account name is empty, longer than {MAX_IDENTITY} bytes or has control characters"
    )]
    Identity,
}

/// What cargo makes of a token that a person gave: every occurrence of `cargo login` is removed
/// (people paste the whole command) and white space around it is trimmed.
#[must_use]
pub fn clean_login_token(ecosystem: Ecosystem, secret: Secret) -> Secret {
    if ecosystem != Ecosystem::Cargo {
        return secret;
    }
    match secret.expose_text() {
        Some(text) => {
            let cleaned = zeroize::Zeroizing::new(text.replace("cargo login", ""));
            Secret::from(cleaned.trim())
        }
        None => secret,
    }
}

/// Checks a token by its client's rules: cargo wants it not empty and made of printable ASCII and
/// tabs (it says ISO-8859-1 and means this).
///
/// # Errors
/// The rule that it breaks, in cargo's words.
pub fn check_token(ecosystem: Ecosystem, secret: &Secret) -> Result<(), TokenError> {
    if secret.is_empty() {
        return Err(TokenError::Empty);
    }
    if secret.len() > MAX_TOKEN {
        return Err(TokenError::TooLong);
    }
    let allowed = |byte: &u8| match ecosystem {
        Ecosystem::Cargo => matches!(byte, b'\t' | 0x20..=0x7e),
        Ecosystem::Oci => !byte.is_ascii_control(),
    };
    if !secret.expose().iter().all(allowed) {
        return Err(TokenError::InvalidCharacters);
    }
    Ok(())
}

/// Checks an account name: text of one line.
///
/// # Errors
/// If it is none.
pub fn check_identity(identity: &Secret) -> Result<(), TokenError> {
    let text = identity.expose_text().filter(|text| (1..=MAX_IDENTITY).contains(&text.len()));
    match text.is_some_and(|text| !text.chars().any(char::is_control)) {
        true => Ok(()),
        false => Err(TokenError::Identity),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_account_name_is_one_line_of_text() {
        use super::check_identity;
        for good in ["a", "AWS", "<token>", "jürgen@example.com"] {
            assert_eq!(check_identity(&Secret::from(good)), Ok(()), "{good}");
        }
        let long = "a".repeat((4 << 10) + 1);
        for wrong in ["", "a\nb", "a\r", "a\u{9b}b", long.as_str()] {
            assert_eq!(
                check_identity(&Secret::from(wrong)),
                Err(TokenError::Identity),
                "{wrong:?}"
            );
        }
        assert_eq!(check_identity(&Secret::new(vec![0xff])), Err(TokenError::Identity));
    }

    use super::{TokenError, check_token, clean_login_token};
    use crate::{Ecosystem, Secret};

    #[test]
    fn cleans_as_cargo_does() {
        for (given, kept) in [
            ("cargo login abc\n", "abc"),
            ("ab cargo login cd", "ab  cd"),
            (" \t abc \r\n", "abc"),
            ("cargo login", ""),
        ] {
            let cleaned = clean_login_token(Ecosystem::Cargo, Secret::from(given));
            assert_eq!(cleaned.expose_text(), Some(kept), "{given:?}");
        }
    }

    #[test]
    fn accepts_every_byte_that_cargo_accepts_and_no_other() {
        for byte in 0..=u8::MAX {
            let token = Secret::new(vec![b'a', byte, b'b']);
            let expected = if byte == b'\t' || (0x20..=0x7e).contains(&byte) {
                Ok(())
            } else {
                Err(TokenError::InvalidCharacters)
            };
            assert_eq!(check_token(Ecosystem::Cargo, &token), expected, "{byte:#x}");
        }
        assert_eq!(check_token(Ecosystem::Cargo, &Secret::default()), Err(TokenError::Empty));
        let long = Secret::new(vec![b'a'; (64 << 10) + 1]);
        assert_eq!(check_token(Ecosystem::Cargo, &long), Err(TokenError::TooLong));
    }
}
