//! What docker is answered.

use std::collections::BTreeMap;

use lockgate_core::{Secret, escape, shorten};
use zeroize::Zeroizing;

use super::json;

/// Longest text of an error, in bytes: clients put it into a sentence of their own.
const MAX_MESSAGE: usize = 4 << 10;

/// Why a credential cannot be told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EncodeError {
    /// Bytes that JSON has no way to say.
    #[error("the {0} is not UTF-8, and docker takes nothing else")]
    NotText(&'static str),
}

/// The answer to `get`: `server` as the client named it, and what is kept for it.
///
/// # Errors
/// If the account or the secret is not text.
pub fn encode_get(server: &str, username: &Secret, secret: &Secret) -> Result<Secret, EncodeError> {
    let username = username.expose_text().ok_or(EncodeError::NotText("user"))?;
    let secret = secret.expose_text().ok_or(EncodeError::NotText("secret"))?;
    let write = |push: &mut dyn FnMut(&[u8])| {
        object([("ServerURL", server), ("Username", username), ("Secret", secret)], push);
    };
    // Measured first, so that the buffer never moves while the secret is in it.
    let mut length = 0;
    write(&mut |piece| length += piece.len());
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    write(&mut |piece| bytes.extend_from_slice(piece));
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

/// The answer to `list`: users by their servers.
#[must_use]
pub fn encode_list(users: &BTreeMap<String, String>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let pairs = users.iter().map(|(server, user)| (server.as_str(), user.as_str()));
    object(pairs, &mut |piece| bytes.extend_from_slice(piece));
    bytes
}

/// The answer to whatever failed: the outermost message, then its causes, as one line in which nothing
/// acts on a terminal, since clients print it as it comes.
#[must_use]
pub fn encode_error(messages: &[String]) -> String {
    let words = |message: &String| message.split_whitespace().collect::<Vec<_>>().join(" ");
    let all = messages.iter().map(words).collect::<Vec<_>>().join(": ");
    let all = if all.is_empty() { "an error without a message".to_owned() } else { all };
    escape(&shorten(&all, MAX_MESSAGE)) + "\n"
}

/// A line with one object.
fn object<'a>(
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    mut push: &mut dyn FnMut(&[u8]),
) {
    let mut before: &[u8] = b"{";
    for (key, value) in pairs {
        push(before);
        before = b",";
        json::string(key, &mut push);
        push(b":");
        json::string(value, &mut push);
    }
    push(if before == b"{" { b"{}\n" } else { b"}\n" });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_core::Secret;
    use serde_json::Value;

    use super::{EncodeError, MAX_MESSAGE, encode_error, encode_get, encode_list};

    fn get(server: &str, username: &str, secret: &str) -> String {
        let line = encode_get(server, &username.into(), &secret.into()).unwrap();
        line.expose_text().unwrap().to_owned()
    }

    #[test]
    fn a_credential_is_told_in_the_bytes_of_dockers_own_helpers() {
        assert_eq!(
            get("127.0.0.1:5101", "alice", "s3cret"),
            "{\"ServerURL\":\"127.0.0.1:5101\",\"Username\":\"alice\",\"Secret\":\"s3cret\"}\n"
        );
        assert_eq!(
            get("h", "<token>", "a&b"),
            "{\"ServerURL\":\"h\",\"Username\":\"\\u003ctoken\\u003e\",\"Secret\":\"a\\u0026b\"}\n"
        );
    }

    #[test]
    fn every_answer_is_one_line_and_means_what_is_kept() {
        for secret in
            ["", "a\nb\r\n", "\",\"Secret\":\"x", "\u{0}\u{1b}\u{9b}\u{2028}", " <>& ü🦀 "]
        {
            let line = get("s", "u", secret);
            let body = line.strip_suffix('\n').unwrap();
            assert!(!body.chars().any(lockgate_core::is_hidden), "{body:?}");
            let value: Value = serde_json::from_str(body).unwrap();
            assert_eq!(value["Secret"], secret);
            assert_eq!(value.as_object().unwrap().len(), 3);
        }
    }

    #[test]
    fn the_buffer_is_as_large_as_the_answer_from_the_start() {
        for secret in ["t".repeat(1 << 20), "\u{1}\"<é😀".repeat(1000)] {
            let line = encode_get("s", &"u".into(), &secret.as_str().into()).unwrap();
            let value: Value = serde_json::from_slice(line.expose()).unwrap();
            assert_eq!(value["Secret"], secret);
        }
    }

    #[test]
    fn what_is_no_text_is_told_without_it() {
        let binary = Secret::new(b"can\xffary".to_vec());
        let text = Secret::from("x");
        let error = encode_get("s", &text, &binary).unwrap_err();
        assert_eq!(error, EncodeError::NotText("secret"));
        let error = encode_get("s", &binary, &text).unwrap_err();
        assert_eq!(error.to_string(), "the user is not UTF-8, and docker takes nothing else");
    }

    #[test]
    fn a_list_is_sorted_and_never_null() {
        assert_eq!(encode_list(&BTreeMap::new()), b"{}\n");
        let users = [("b", "<token>"), ("a:1", "u")].map(|(s, u)| (s.to_owned(), u.to_owned()));
        let line = encode_list(&BTreeMap::from(users));
        assert_eq!(line, b"{\"a:1\":\"u\",\"b\":\"\\u003ctoken\\u003e\"}\n");
    }

    #[test]
    fn an_error_is_one_bounded_line() {
        let messages = ["a\nb \r\n c\u{1b}[2J".to_owned(), "why\u{202e}".to_owned()];
        assert_eq!(encode_error(&messages), "a b c\\u{1b}[2J: why\\u{202e}\n");
        assert_eq!(encode_error(&[]), "an error without a message\n");
        assert!(encode_error(&["x".repeat(1 << 20)]).len() < MAX_MESSAGE + 10);
    }
}
