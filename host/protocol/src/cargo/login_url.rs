//! The address at which a person gets a token, which the registry chose.

use lockgate_core::may_be_opened;
use url::Url;

/// Longest address, in bytes: what a registry URL may be.
const MAX_LOGIN_URL: usize = 4 << 10;

/// Why an address is not shown to a person, or opened for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginUrlError {
    /// Longer than 4 KiB.
    #[error("it is longer than {MAX_LOGIN_URL} bytes")]
    TooLong,
    /// A character that URL parsers drop or read in different ways.
    #[error("it contains a control character, white space or a backslash")]
    Character,
    /// Not a URL.
    #[error("it is not an absolute URL")]
    NotAUrl(#[source] url::ParseError),
    /// Some other scheme, or plain http to another machine.
    #[error("it is neither an https address nor an http address of this machine")]
    Scheme,
    /// A user or a password, behind which the real host hides.
    #[error("it contains a user or a password")]
    User,
}

/// The address as the URL parser writes it: printable ASCII, an international host in its encoded
/// form.
///
/// # Errors
/// Why a person is not sent there.
pub fn check_login_url(text: &str) -> Result<String, LoginUrlError> {
    if text.len() > MAX_LOGIN_URL {
        return Err(LoginUrlError::TooLong);
    }
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(LoginUrlError::Character);
    }
    let url = Url::parse(text).map_err(LoginUrlError::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(LoginUrlError::User);
    }
    match may_be_opened(&url) {
        true => Ok(url.into()),
        false => Err(LoginUrlError::Scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::{LoginUrlError, MAX_LOGIN_URL, check_login_url as checked};

    #[test]
    fn keeps_https_and_this_machine() {
        for (given, kept) in [
            ("https://crates.io/me", "https://crates.io/me"),
            ("https://h.example:8443/a?b=c#d", "https://h.example:8443/a?b=c#d"),
            ("http://127.0.0.1:39213/me", "http://127.0.0.1:39213/me"),
            ("http://[::1]:80/me", "http://[::1]/me"),
            ("http://LOCALHOST/me", "http://localhost/me"),
            ("https://crаtes.io/me", "https://xn--crtes-5ve.io/me"),
            ("https://h/\u{202e}x", "https://h/%E2%80%AEx"),
        ] {
            assert_eq!(checked(given), Ok(kept.to_owned()), "{given}");
        }
    }

    #[test]
    fn refuses_every_other_address() {
        use LoginUrlError::{Character, Scheme, User};
        for (given, why) in [
            ("http://registry.example/me", Scheme),
            ("http://127.0.0.1.evil.example/me", Scheme),
            ("http://localhost.evil.example/me", Scheme),
            ("http://0.0.0.0/me", Scheme),
            ("http://169.254.169.254/me", Scheme),
            ("file:///etc/passwd", Scheme),
            ("javascript:alert(1)", Scheme),
            ("https://crates.io@evil.example/me", User),
            ("https://u:p@crates.io/me", User),
            ("https://crates.io\\@evil.example/me", Character),
            ("https://h/\u{1b}]8;;x", Character),
            ("https://h/a\nb", Character),
            ("https://h/\u{9b}", Character),
            (" https://h/", Character),
        ] {
            assert_eq!(checked(given), Err(why), "{given:?}");
        }
        assert!(matches!(checked("crates.io/me"), Err(LoginUrlError::NotAUrl(_))));
        assert!(matches!(checked(""), Err(LoginUrlError::NotAUrl(_))));
        let long = format!("https://h/{}", "a".repeat(MAX_LOGIN_URL));
        assert_eq!(checked(&long), Err(LoginUrlError::TooLong));
    }
}
