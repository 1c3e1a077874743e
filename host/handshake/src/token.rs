//! A token server's answer.

use lockgate_core::{HttpResponse, Secret};
use serde::{Deserialize, Deserializer};

/// Why an answer has no token in it. In docker's words, without the answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Not the JSON that is expected.
    #[error("unable to decode token response: {0}")]
    NotDecoded(String),
    /// Without a token.
    #[error("authorization server did not include a token in the response")]
    NoToken,
}

/// What the token server gave.
pub(crate) struct Token {
    /// For the registry.
    pub(crate) access: Secret,
    /// What is kept in the place of the password, if it gave one.
    pub(crate) refresh: Option<Secret>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default, deserialize_with = "secret")]
    token: Option<Secret>,
    #[serde(default, deserialize_with = "secret")]
    access_token: Option<Secret>,
    #[serde(default, deserialize_with = "secret")]
    refresh_token: Option<Secret>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    Ok(text.filter(|text| !text.is_empty()).map(Secret::from))
}

pub(crate) fn token(response: &HttpResponse) -> Result<Token, TokenError> {
    let mut values = serde_json::Deserializer::from_slice(response.body.expose());
    // As docker does, the first value counts; a message of the parser could quote a token.
    let answer = Answer::deserialize(&mut values).map_err(|error| {
        TokenError::NotDecoded(format!("line {}, column {}", error.line(), error.column()))
    })?;
    let Answer { token, access_token, refresh_token } = answer;
    let access = access_token.or(token).ok_or(TokenError::NoToken)?;
    Ok(Token { access, refresh: refresh_token })
}

#[cfg(test)]
mod tests {
    use lockgate_core::{HttpResponse, Secret};

    use super::token;

    fn read(body: &str) -> Result<(String, Option<String>), String> {
        let response = HttpResponse { status: 200, headers: Vec::new(), body: Secret::from(body) };
        let text = |secret: &Secret| secret.expose_text().unwrap().to_owned();
        let found = token(&response).map_err(|error| error.to_string())?;
        Ok((text(&found.access), found.refresh.as_ref().map(text)))
    }

    #[test]
    fn the_access_token_counts_before_the_token() {
        assert_eq!(read(r#"{"token":"a"}"#), Ok(("a".into(), None)));
        let both = r#"{"token":"a","access_token":"b","refresh_token":"c","expires_in":60}"#;
        assert_eq!(read(both), Ok(("b".into(), Some("c".into()))));
        let empty = r#"{"token":"a","access_token":"","refresh_token":""} {"#;
        assert_eq!(read(empty), Ok(("a".into(), None)));
    }

    #[test]
    fn an_answer_without_a_token_is_an_error_that_quotes_nothing() {
        let none = "authorization server did not include a token in the response";
        assert_eq!(read("{}").unwrap_err(), none);
        for wrong in ["", "hunter2", r#"{"token":["hunter2"]}"#, r#"{"token":"hunter2"#] {
            let error = read(wrong).unwrap_err();
            assert!(error.starts_with("unable to decode token response: line"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
