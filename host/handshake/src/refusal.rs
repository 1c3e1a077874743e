//! Why a token server gives no token, in the words that docker makes of its answer.

use std::fmt;

use lockgate_core::{HttpResponse, escape, shorten};
use serde::Deserialize;

use crate::status;

/// Most bytes of a server's words that are shown, and most of its sentences.
const MAX_SHOWN: usize = 512;
const MAX_SENTENCES: usize = 8;

/// A token server's refusal. The words are its own, escaped and cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Whether it is about the credentials.
    pub is_unauthorized: bool,
    words: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    details: String,
    #[serde(default)]
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The refusal that an answer is; none for a good one.
pub(crate) fn refusal(response: &HttpResponse) -> Option<Refused> {
    match response.status {
        200..400 => None,
        400..500 => Some(told(response)),
        other => {
            let words = format!("received unexpected HTTP status: {}", status::shown(other));
            Some(Refused { is_unauthorized: false, words })
        }
    }
}

fn told(response: &HttpResponse) -> Refused {
    let is_unauthorized = response.status == 401;
    let text = String::from_utf8_lossy(response.body.expose());
    let body = is_json(response).then(|| serde_json::from_str::<Body>(&text).ok()).flatten();
    let words = match body {
        None => by_status(response.status, &text),
        Some(body) if !body.details.is_empty() => by_status(response.status, &body.details),
        Some(body) if body.errors.is_empty() => by_status(response.status, ""),
        Some(body) => {
            let is_unauthorized =
                is_unauthorized || body.errors.iter().any(|error| error.code == "UNAUTHORIZED");
            return Refused { is_unauthorized, words: all(&body.errors) };
        }
    };
    Refused { is_unauthorized, words }
}

fn is_json(response: &HttpResponse) -> bool {
    let found = response.headers.iter().find(|(name, _)| name == "content-type");
    let value = found.and_then(|(_, value)| value.expose_text()).unwrap_or_default();
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "application/json" | "application/vnd.api+json")
}

fn by_status(status: u16, text: &str) -> String {
    let code = match status {
        401 => "unauthorized",
        403 => "denied",
        429 => "toomanyrequests",
        _ => "unknown",
    };
    match text.trim().is_empty() {
        true => format!("{code}: {}", status::shown(status)),
        false => format!("{code}: {}", visible(text.trim_end())),
    }
}

fn visible(text: &str) -> String {
    escape(&shorten(text, MAX_SHOWN))
}

fn all(errors: &[OneError]) -> String {
    let one = |error: &OneError| {
        let code = error.code.to_lowercase().replace('_', " ");
        let message = match (error.message.as_str(), code.as_str()) {
            ("", "unauthorized") => "authentication required",
            ("", _) => "unknown error",
            (message, _) => message,
        };
        format!("{}: {}", visible(&code), visible(message))
    };
    match errors {
        [only] => one(only),
        several => {
            let lines: Vec<_> = several.iter().take(MAX_SENTENCES).map(one).collect();
            format!("errors:\n{}\n", lines.join("\n"))
        }
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{HttpResponse, Secret};

    use super::refusal;

    fn told(status: u16, kind: &str, body: &str) -> Option<(bool, String)> {
        let headers = vec![("content-type".to_owned(), Secret::from(kind))];
        let response = HttpResponse { status, headers, body: Secret::from(body) };
        refusal(&response).map(|refused| (refused.is_unauthorized, refused.to_string()))
    }

    /// What docker 28.2.2 printed for the same answers, behind `Get "URL": `.
    #[test]
    fn a_refusal_is_told_in_dockers_words() {
        let json = "application/json; charset=utf-8";
        let errors = r#"{"errors":[{"code":"UNAUTHORIZED","message":"bad login"}]}"#;
        let said = |is_unauthorized, words: &str| Some((is_unauthorized, words.to_owned()));
        assert_eq!(told(401, json, errors), said(true, "unauthorized: bad login"));
        assert_eq!(told(401, "text/plain", "oops"), said(true, "unauthorized: oops"));
        assert_eq!(told(403, "", "no"), said(false, "denied: no"));
        let failed = "received unexpected HTTP status: 500 Internal Server Error";
        assert_eq!(told(500, "", "oops"), said(false, failed));
        assert_eq!(told(200, json, errors), None);
    }

    #[test]
    fn a_servers_words_are_cut_and_escaped() {
        let (_, words) = told(401, "", "a\u{1b}[2J\nb").unwrap();
        assert_eq!(words, "unauthorized: a\\u{1b}[2J\\u{a}b");
        let (_, words) = told(401, "", &"x".repeat(1 << 20)).unwrap();
        assert!(words.len() < 600);
        let many = format!("{{\"errors\":[{}{{}}]}}", "{\"code\":\"A\"},".repeat(10_000));
        let (_, words) = told(401, "application/json", &many).unwrap();
        assert!(words.len() < 600, "{}", words.len());
        assert!(told(401, "application/json", "{\"errors\":5}").is_some());
    }
}
