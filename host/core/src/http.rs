//! The rules for the headers of a provider's HTTP requests.

use crate::{Secret, escape, shorten};

/// Longest header name, in bytes: several times the longest that is registered.
const MAX_NAME: usize = 128;
/// Longest header value, in bytes: as long as a secret may be.
const MAX_VALUE: usize = 64 << 10;

/// Names that a provider may not set. They frame the message, speak for the connection or a proxy,
/// or make a server act on another method, path or address than the ones that were decided on.
const FORBIDDEN: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
];
/// Whole families of such names.
const FORBIDDEN_PREFIXES: &[&str] = &["proxy-", "x-forwarded-"];

/// Why a header is not sent. Values are never quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Not a token of RFC 9110, or too long. Holds the name, escaped and shortened.
    #[error("`{0}` is not the name of an HTTP header")]
    Name(String),
    /// A name that only the host sets.
    #[error("the header `{0}` is set by the host alone")]
    Forbidden(String),
    /// CR, LF, NUL or another control character, which could forge a second header.
    #[error("the value of the header `{0}` contains a control character (a line end, for example)")]
    ControlCharacter(String),
    /// Longer than 64 KiB.
    #[error("the value of the header `{0}` is longer than {MAX_VALUE} bytes")]
    TooLong(String),
}

/// Whether a provider may send this header. Called again for the whole value when the request is
/// sent, since a value is composed of parts.
///
/// # Errors
/// The rule that it breaks.
pub fn check_header(name: &str, value: &Secret) -> Result<(), HeaderError> {
    if !is_token(name) {
        return Err(HeaderError::Name(escape(&shorten(name, MAX_NAME))));
    }
    let lower = name.to_ascii_lowercase();
    if is_forbidden(&lower) {
        return Err(HeaderError::Forbidden(lower));
    }
    if value.len() > MAX_VALUE {
        return Err(HeaderError::TooLong(lower));
    }
    if value.expose().iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        return Err(HeaderError::ControlCharacter(lower));
    }
    Ok(())
}

fn is_token(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

/// Gateways and CGI take `_` for `-`, so `content_length` is `content-length`.
fn is_forbidden(lower: &str) -> bool {
    let name = lower.replace('_', "-");
    FORBIDDEN.contains(&name.as_str())
        || FORBIDDEN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{HeaderError, MAX_VALUE, check_header};
    use crate::Secret;

    fn check(name: &str) -> Result<(), HeaderError> {
        check_header(name, &Secret::from("value"))
    }

    #[test]
    fn refuses_each_header_that_belongs_to_the_host() {
        for name in [
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "http2-settings",
            "expect",
            "proxy-authorization",
            "proxy-connection",
            "accept-encoding",
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
            "x-http-method",
            "x-http-method-override",
            "x-method-override",
            "x-original-host",
            "x-original-url",
            "x-rewrite-url",
        ] {
            let expected = Err(HeaderError::Forbidden(name.to_owned()));
            assert_eq!(check(name), expected, "{name}");
            assert_eq!(check(&name.to_ascii_uppercase()), expected, "{name} in upper case");
            let spelled = name.replace('-', "_");
            assert_eq!(check(&spelled), Err(HeaderError::Forbidden(spelled.clone())), "{spelled}");
        }
    }

    #[test]
    fn accepts_what_a_token_exchange_needs() {
        for name in ["authorization", "Authorization", "accept", "content-type", "cookie"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["user-agent", "x-api-key", "x-ms-version", "hostname", "x-forwarded"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn refuses_names_that_are_no_tokens_and_shows_them_escaped() {
        let long = "x".repeat(129);
        for name in ["", "a b", "a:b", "a\r\nhost", "host ", "ä", long.as_str()] {
            assert!(matches!(check(name), Err(HeaderError::Name(_))), "{name:?}");
        }
        let shown = check("a\r\n\u{1b}b").unwrap_err().to_string();
        assert!(!shown.chars().any(char::is_control), "{shown:?}");
    }

    #[test]
    fn a_value_holds_no_control_character_but_a_tab() {
        for byte in 0..=u8::MAX {
            let value = Secret::new(vec![b'a', byte, b'b']);
            let refused = (byte < 0x20 && byte != b'\t') || byte == 0x7f;
            let expected = match refused {
                true => Err(HeaderError::ControlCharacter("x-key".into())),
                false => Ok(()),
            };
            assert_eq!(check_header("X-Key", &value), expected, "{byte:#x}");
        }
    }

    #[test]
    fn a_value_is_bounded_and_never_quoted() {
        let full = Secret::new(vec![b'a'; MAX_VALUE]);
        assert_eq!(check_header("x-key", &full), Ok(()));
        let over = Secret::new(vec![b'a'; MAX_VALUE + 1]);
        assert_eq!(check_header("x-key", &over), Err(HeaderError::TooLong("x-key".into())));
        let forged = Secret::from("hunter2\r\nhost: evil");
        let error = check_header("x-key", &forged).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
