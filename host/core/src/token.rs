//! The clients' own rules for what a token may be, applied on the way in at login and on the way
//! out, whatever a provider did.

use crate::{Ecosystem, Secret};

/// Longest token of cargo's, in bytes. Longer than any registry's: JSON web tokens reach some KiB.
const MAX_TOKEN: usize = 64 << 10;

/// Longest secret of docker's, in bytes. Native helpers take lines of 64 KiB, and people ask for more.
const MAX_DOCKER_SECRET: usize = 1 << 20;

/// What docker's protocol has in the place of an account where the secret is an identity token.
pub const DOCKER_IDENTITY_TOKEN: &str = "<token>";

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
    /// Something that docker's JSON cannot hold, or that other programs cut the secret at.
    #[error("the secret is not UTF-8 text, or has a zero byte in it")]
    NotText,
    /// Longer than its client's secrets may be.
    #[error("the token is longer than {limit} bytes")]
    TooLong {
        /// In bytes.
        limit: usize,
    },
    /// No account name where the client needs one.
    #[error("there is no account name, which a credential for docker has to have")]
    NoAccount,
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
/// tabs (it says ISO-8859-1 and means this); docker's is text of any lines, and may be empty.
///
/// # Errors
/// The rule that it breaks, in cargo's words.
pub fn check_token(ecosystem: Ecosystem, secret: &Secret) -> Result<(), TokenError> {
    match ecosystem {
        Ecosystem::Cargo => check_cargo_token(secret),
        Ecosystem::Oci => check_docker_secret(secret),
    }
}

fn check_cargo_token(secret: &Secret) -> Result<(), TokenError> {
    let allowed = |byte: &u8| matches!(byte, b'\t' | 0x20..=0x7e);
    if secret.is_empty() {
        Err(TokenError::Empty)
    } else if secret.len() > MAX_TOKEN {
        Err(TokenError::TooLong { limit: MAX_TOKEN })
    } else if !secret.expose().iter().all(allowed) {
        Err(TokenError::InvalidCharacters)
    } else {
        Ok(())
    }
}

fn check_docker_secret(secret: &Secret) -> Result<(), TokenError> {
    if secret.len() > MAX_DOCKER_SECRET {
        return Err(TokenError::TooLong { limit: MAX_DOCKER_SECRET });
    }
    match secret.expose_text() {
        Some(text) if !text.contains('\0') => Ok(()),
        _ => Err(TokenError::NotText),
    }
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
        let too_long = Err(TokenError::TooLong { limit: 64 << 10 });
        assert_eq!(check_token(Ecosystem::Cargo, &long), too_long);
    }

    #[test]
    fn docker_takes_any_text_of_up_to_a_mebibyte() {
        let check = |bytes: &[u8]| check_token(Ecosystem::Oci, &Secret::new(bytes.to_vec()));
        for text in ["", "a\r\nb\n", "\u{1}\u{7f}\u{85}", "\"\\<>&", "jürgen's", " x "] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text:?}");
        }
        assert_eq!(check(&vec![b'a'; 1 << 20]), Ok(()));
        let too_long = Err(TokenError::TooLong { limit: 1 << 20 });
        assert_eq!(check(&vec![b'a'; (1 << 20) + 1]), too_long);
        for wrong in [b"a\0b".as_slice(), b"\xff", b"\xed\xa0\x80"] {
            assert_eq!(check(wrong), Err(TokenError::NotText), "{wrong:?}");
        }
    }
}
