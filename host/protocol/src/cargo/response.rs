//! What cargo is answered.

use std::error::Error;
use std::io;

use lockgate_core::{
    Answer, Credential, Failure, Lifetime, Operation, Secret, escape_lines, shorten,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::RequestError;

/// The end of the year 9999, in seconds since the Unix epoch: the latest time that cargo can read.
const LATEST_EXPIRATION: u64 = 253_402_300_799;
/// Most messages of one error, which is what a provider may give: one and 16 causes.
const MAX_MESSAGES: usize = 17;
/// Longest message, in bytes: more is not read by anybody.
const MAX_MESSAGE: usize = 8 << 10;
/// Sent if there is no other way to say anything.
const LAST_RESORT: &str =
    "{\"Err\":{\"kind\":\"other\",\"message\":\"the answer could not be written\"}}\n";

#[derive(Serialize)]
enum Response<'a> {
    Ok(Success<'a>),
    Err(Problem),
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Success<'a> {
    Get {
        token: &'a str,
        cache: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        expiration: Option<u64>,
        operation_independent: bool,
    },
    Login,
    Logout,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Problem {
    UrlNotSupported,
    NotFound,
    OperationNotSupported,
    Other {
        message: String,
        #[serde(rename = "caused-by")]
        caused_by: Vec<String>,
    },
}

/// The response line to a request. In messages, what could act on a terminal is escaped, since cargo
/// prints them as they come.
///
/// cargo goes on to the next of its providers after [`Failure::NotFound`] and
/// [`Failure::UnsupportedRegistry`], and ends after every other failure. An answer that cargo could
/// not use (to another question, or not UTF-8) is sent as a failure.
#[must_use]
pub fn encode(request: &Operation, result: Result<&Answer, &Failure>) -> Secret {
    line(&match result {
        Ok(answer) => success(request, answer).map_or_else(Response::Err, Response::Ok),
        Err(failure) => Response::Err(problem(failure)),
    })
}

/// The response line to a line that is not a request.
#[must_use]
pub fn encode_refusal(error: &RequestError) -> Secret {
    if matches!(error, RequestError::UnsupportedOperation) {
        return line(&Response::Err(Problem::OperationNotSupported));
    }
    let first: &(dyn Error + 'static) = error;
    let chain = std::iter::successors(Some(first), |error| (*error).source());
    encode_error(&chain.map(ToString::to_string).collect::<Vec<_>>())
}

/// The response line for an error outside of any request: the outermost message, then its causes.
#[must_use]
pub fn encode_error(messages: &[String]) -> Secret {
    line(&Response::Err(other(messages)))
}

fn success<'a>(request: &Operation, answer: &'a Answer) -> Result<Success<'a>, Problem> {
    match (request, answer) {
        (Operation::Get(_), Answer::Credential(credential)) => get(credential),
        (Operation::Login(_), Answer::LoggedIn) => Ok(Success::Login),
        (Operation::Logout, Answer::LoggedOut) => Ok(Success::Logout),
        _ => {
            let asked = request.name();
            Err(other(&[format!("the provider gave an answer that is not one to `{asked}`")]))
        }
    }
}

fn get(credential: &Credential) -> Result<Success<'_>, Problem> {
    let token = credential.secret.expose_text().ok_or_else(|| {
        other(&["the provider's token is not UTF-8, and cargo takes nothing else".to_owned()])
    })?;
    let (cache, expiration) = match credential.lifetime {
        Lifetime::Once => ("never", None),
        Lifetime::Session => ("session", None),
        Lifetime::Until(time) => ("expires", Some(time.min(LATEST_EXPIRATION))),
    };
    Ok(Success::Get { token, cache, expiration, operation_independent: credential.any_purpose })
}

fn problem(failure: &Failure) -> Problem {
    match failure {
        Failure::NotFound => Problem::NotFound,
        Failure::UnsupportedRegistry => Problem::UrlNotSupported,
        Failure::UnsupportedOperation => Problem::OperationNotSupported,
        Failure::Other(messages) if !messages.is_empty() => other(messages),
        Failure::Denied(_) | Failure::Other(_) => other(&[failure.to_string()]),
    }
}

fn other(messages: &[String]) -> Problem {
    let mut shown = messages
        .iter()
        .take(MAX_MESSAGES)
        .map(|message| escape_lines(&shorten(message, MAX_MESSAGE)));
    let message = shown.next().unwrap_or_else(|| "an error without a message".to_owned());
    Problem::Other { message, caused_by: shown.collect() }
}

fn line(response: &Response<'_>) -> Secret {
    written(response).unwrap_or_else(|_| Secret::from(LAST_RESORT))
}

/// Measures first, so that the buffer never moves while the token is in it.
fn written(response: &Response<'_>) -> serde_json::Result<Secret> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(length(response)? + 1));
    serde_json::to_writer(&mut *bytes, response)?;
    bytes.push(b'\n');
    Ok(Secret::new(std::mem::take(&mut *bytes)))
}

fn length(response: &Response<'_>) -> serde_json::Result<usize> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, response)?;
    Ok(length.0)
}

struct Length(usize);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_core::{
        Answer, Credential, Failure, Lifetime, LoginInput, Operation, Purpose, Secret,
    };

    use super::{
        LAST_RESORT, MAX_MESSAGE, Response, encode, encode_error, encode_refusal, length, success,
    };
    use crate::cargo::decode;

    fn text(line: &Secret) -> &str {
        line.expose_text().unwrap()
    }

    fn credential(secret: impl Into<Secret>, lifetime: Lifetime, any_purpose: bool) -> Answer {
        Answer::Credential(Credential {
            identity: None,
            secret: secret.into(),
            lifetime,
            any_purpose,
            origins: lockgate_core::Origins::default(),
        })
    }

    fn get_line(answer: &Answer) -> Secret {
        encode(&Operation::Get(Purpose::Read), Ok(answer))
    }

    #[test]
    fn answers_in_the_bytes_that_cargo_documents() {
        let login = Operation::Login(LoginInput::default());
        for (answer, expected) in [
            (
                credential("t", Lifetime::Once, false),
                r#"{"Ok":{"kind":"get","token":"t","cache":"never","operation_independent":false}}"#,
            ),
            (
                credential("t", Lifetime::Session, true),
                r#"{"Ok":{"kind":"get","token":"t","cache":"session","operation_independent":true}}"#,
            ),
            (
                credential("t", Lifetime::Until(1_693_928_537), true),
                r#"{"Ok":{"kind":"get","token":"t","cache":"expires","expiration":1693928537,"operation_independent":true}}"#,
            ),
        ] {
            assert_eq!(text(&get_line(&answer)), format!("{expected}\n"));
        }
        assert_eq!(text(&encode(&login, Ok(&Answer::LoggedIn))), "{\"Ok\":{\"kind\":\"login\"}}\n");
        assert_eq!(
            text(&encode(&Operation::Logout, Ok(&Answer::LoggedOut))),
            "{\"Ok\":{\"kind\":\"logout\"}}\n"
        );
    }

    #[test]
    fn fails_in_the_bytes_that_cargo_documents() {
        for (failure, expected) in [
            (Failure::NotFound, r#"{"kind":"not-found"}"#),
            (Failure::UnsupportedRegistry, r#"{"kind":"url-not-supported"}"#),
            (Failure::UnsupportedOperation, r#"{"kind":"operation-not-supported"}"#),
            (
                Failure::Denied("st\u{1b}ores".into()),
                r#"{"kind":"other","message":"the provider says that it was denied `st\\u{1b}ores`","caused-by":[]}"#,
            ),
            (
                Failure::Other(vec!["a".into(), "b".into(), "c".into()]),
                r#"{"kind":"other","message":"a","caused-by":["b","c"]}"#,
            ),
            (
                Failure::Other(Vec::new()),
                r#"{"kind":"other","message":"the provider failed without a message","caused-by":[]}"#,
            ),
        ] {
            let line = encode(&Operation::Get(Purpose::Read), Err(&failure));
            assert_eq!(text(&line), format!("{{\"Err\":{expected}}}\n"));
        }
    }

    #[test]
    fn refuses_lines_that_are_not_requests() {
        let refusal = |request: &str| encode_refusal(&decode(request.as_bytes()).unwrap_err());
        assert_eq!(
            text(&refusal(
                r#"{"v":999,"registry":{"index-url":""},"args":[],"kind":"unexpected"}"#
            )),
            "{\"Err\":{\"kind\":\"other\",\"message\":\"unsupported protocol version 999\",\"caused-by\":[]}}\n"
        );
        assert_eq!(
            text(&refusal(r#"{"v":1,"registry":{"index-url":"https://h/"},"kind":"renew"}"#)),
            "{\"Err\":{\"kind\":\"operation-not-supported\"}}\n"
        );
        assert_eq!(
            text(&refusal(r#"{"v":1,"registry":{"index-url":""},"kind":"logout"}"#)),
            "{\"Err\":{\"kind\":\"other\",\"message\":\"`index-url` of the client's request does not name a registry\",\"caused-by\":[\"the registry URL is empty\"]}}\n"
        );
    }

    #[test]
    fn a_message_cannot_drive_the_terminal_and_keeps_its_lines() {
        let line = encode_error(&["a\nb\r\u{1b}[2J\u{9b}\u{202e}".into(), "\u{7}".repeat(2)]);
        let value: serde_json::Value = serde_json::from_str(text(&line)).unwrap();
        assert_eq!(value["Err"]["message"], "a\nb\\u{d}\\u{1b}[2J\\u{9b}\\u{202e}");
        assert_eq!(value["Err"]["caused-by"][0], "\\u{7}\\u{7}");
    }

    #[test]
    fn messages_are_bounded_in_number_and_length() {
        let line = encode_error(&vec!["x".repeat(MAX_MESSAGE + 1); 100]);
        let value: serde_json::Value = serde_json::from_str(text(&line)).unwrap();
        assert_eq!(value["Err"]["caused-by"].as_array().unwrap().len(), 16);
        let message = value["Err"]["message"].as_str().unwrap();
        assert_eq!(message, format!("{}…", "x".repeat(MAX_MESSAGE)));
    }

    #[test]
    fn every_response_is_one_line() {
        for token in ["a\nb", "\"},\"Err\":{", "\u{2028}", "\u{0}", "\\"] {
            let line = get_line(&credential(token, Lifetime::Session, true));
            let body = text(&line).strip_suffix('\n').unwrap();
            assert!(!body.chars().any(char::is_control), "{body:?}");
            let value: BTreeMap<String, serde_json::Value> = serde_json::from_str(body).unwrap();
            assert_eq!(value.len(), 1);
            assert_eq!(value["Ok"]["token"], token);
        }
        serde_json::from_str::<serde_json::Value>(LAST_RESORT).unwrap();
    }

    #[test]
    fn the_buffer_is_as_large_as_the_line_from_the_start() {
        for token in ["t".repeat(64 << 10), "\u{1}\"\\é😀".repeat(1000)] {
            let answer = credential(token.as_str(), Lifetime::Until(1), true);
            let request = Operation::Get(Purpose::Read);
            let response = Response::Ok(success(&request, &answer).ok().unwrap());
            assert_eq!(length(&response).unwrap() + 1, get_line(&answer).len());
        }
    }

    #[test]
    fn what_cargo_could_not_use_is_a_failure_without_the_token() {
        let binary = credential(Secret::new(b"can\xffary".to_vec()), Lifetime::Session, true);
        let line = get_line(&binary);
        assert!(text(&line).starts_with("{\"Err\":{\"kind\":\"other\""), "{}", text(&line));
        let login = Operation::Login(LoginInput::default());
        let stray = credential("canary", Lifetime::Session, true);
        for (request, answer) in [
            (&login, &stray),
            (&login, &Answer::LoggedOut),
            (&Operation::Logout, &stray),
            (&Operation::Get(Purpose::Read), &Answer::LoggedIn),
        ] {
            let line = encode(request, Ok(answer));
            assert!(text(&line).starts_with("{\"Err\":{\"kind\":\"other\""), "{}", text(&line));
            assert!(!text(&line).contains("canary"));
            assert!(text(&line).contains(request.name()), "{}", text(&line));
        }
    }
}
