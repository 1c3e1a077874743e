//! `DOCKER_AUTH_CONFIG`, whose entries go before those of `config.json`.

use std::borrow::Cow;

use lockgate_core::Secret;
use zeroize::Zeroizing;

use super::entry::decode;
use super::layout::{AUTHS, effective, parse_object};
use super::members::{Member, text};
use super::{AUTH_VARIABLE, Entry, EntryProblem, MAX_DOCKER_CONFIG};
use crate::source::visible;

/// What the variable says. docker takes it from 28.3 on.
#[derive(Clone, Debug, Default)]
pub struct AuthVariable {
    entries: Vec<(String, Entry)>,
}

/// Why docker takes nothing from the variable, and goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum AuthVariableError {
    /// Longer than a `config.json` may be.
    #[error("{AUTH_VARIABLE} is longer than {MAX_DOCKER_CONFIG} bytes")]
    TooLong,
    /// Not JSON, or more than one value.
    #[error("{AUTH_VARIABLE} is not JSON: {0}")]
    NotJson(String),
    /// Something besides `auths`, or in an entry besides `auth`.
    #[error("{AUTH_VARIABLE} has the unknown field \"{}\"; it takes `auths`, and `auth` in each entry", visible(.0))]
    Unknown(String),
    /// A value of another kind.
    #[error(
        "{AUTH_VARIABLE} must be {{\"auths\": {{\"SERVER\": {{\"auth\": \"...\"}}}}}}; {0} is no object in braces"
    )]
    NotAnObject(String),
    /// An entry without credentials.
    #[error("{AUTH_VARIABLE} has an entry for `{}` that cannot be read", visible(.key))]
    Entry {
        /// The server.
        key: String,
        /// What is wrong with it.
        source: EntryProblem,
    },
}

impl AuthVariable {
    /// Reads the variable's value as strictly as docker; an empty one says nothing.
    ///
    /// # Errors
    /// Where docker refuses it: anything that is not known, and an entry without `auth`.
    pub fn parse(text: &str) -> Result<Self, AuthVariableError> {
        if text.len() > MAX_DOCKER_CONFIG {
            return Err(AuthVariableError::TooLong);
        }
        let Some(root) = parse_object(text, text).map_err(|error| broken(&error, "it"))? else {
            return Ok(Self::default());
        };
        let mut objects = Vec::new();
        for member in root.members {
            if !member.is_called(AUTHS) {
                return Err(AuthVariableError::Unknown(member.key.into_owned()));
            }
            let object = parse_object(text, member.raw);
            match object.map_err(|error| broken(&error, "`auths`"))? {
                Some(object) => objects.push(object),
                None => objects.clear(),
            }
        }
        let entries = effective(&objects).into_iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The entry of this very key.
    pub fn entry(&self, server: &str) -> Option<&Entry> {
        self.entries.iter().find(|(key, _)| key == server).map(|(_, entry)| entry)
    }

    /// All entries with their keys.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry))
    }
}

fn broken(error: &serde_json::Error, what: &str) -> AuthVariableError {
    match error.is_data() {
        true => AuthVariableError::NotAnObject(what.to_owned()),
        false => AuthVariableError::NotJson(super::layout::problem(error)),
    }
}

fn entry(member: &Member<'_>) -> Result<(String, Entry), AuthVariableError> {
    let key = member.key.clone().into_owned();
    let what = format!("the entry `{}`", visible(&key));
    let fields = parse_object(member.raw, member.raw).map_err(|error| broken(&error, &what))?;
    let mut auth = Err(EntryProblem::NoAuth);
    for field in fields.map(|object| object.members).unwrap_or_default() {
        if !field.is_called("auth") {
            return Err(AuthVariableError::Unknown(field.key.into_owned()));
        }
        if !field.is_null() && auth != Err(NOT_TEXT) {
            auth = text(field.raw).map(Cow::into_owned).map(Zeroizing::new).map_err(|_| NOT_TEXT);
        }
    }
    let auth = auth.and_then(|auth| match auth.is_empty() {
        true => Err(EntryProblem::NoAuth),
        false => decode(&Secret::from(auth.as_str())),
    });
    match auth {
        Ok(entry) => Ok((key, entry)),
        Err(source) => Err(AuthVariableError::Entry { key, source }),
    }
}

const NOT_TEXT: EntryProblem = EntryProblem::NotText("auth");

#[cfg(test)]
mod tests {
    use super::AuthVariable;
    use std::error::Error;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        let shown = |error: super::AuthVariableError| {
            let cause = error.source().map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        };
        let variable = AuthVariable::parse(text).map_err(shown)?;
        let shown = |(key, entry): (&str, &super::Entry)| {
            let text = |secret: &Option<lockgate_core::Secret>| {
                secret.as_ref().and_then(|one| one.expose_text()).unwrap().to_owned()
            };
            format!("{key} {} {}", text(&entry.username), text(&entry.password))
        };
        Ok(variable.entries().map(shown).collect())
    }

    #[test]
    fn takes_what_docker_takes() {
        for (text, expected) in [
            (r#"{"auths":{"h":{"auth":"YTpi"},"k":{"auth":"YTpj"}}}"#, &["h a b", "k a c"][..]),
            (r#"{"AUTHS":{"h":{"AUTH":"YTpi"},"h":{"auth":"YTpj"}}}"#, &["h a c"]),
            (r#" {"auths":{}} "#, &[]),
            (r#"{"auths":null}"#, &[]),
            ("{}", &[]),
            ("", &[]),
            (" \n", &[]),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        let variable = AuthVariable::parse(r#"{"auths":{"https://h":{"auth":"YTpi"}}}"#).unwrap();
        assert!(variable.entry("https://h").is_some() && variable.entry("h").is_none());
    }

    #[test]
    fn refuses_what_docker_refuses_without_a_word_of_it() {
        for (text, expected) in [
            (r#"{"auths":{"h":{"username":"s3cret"}}}"#, "the unknown field \"username\""),
            (r#"{"auths":{"h":{"auth":"YTpi","identitytoken":"s3cret"}}}"#, "\"identitytoken\""),
            (r#"{"auths":{},"credsStore":"s3cret"}"#, "the unknown field \"credsStore\""),
            (r#"{"auths":{}}{"auths":{}}"#, "is not JSON: trailing characters"),
            (r#"{"auths":{"h":{"auth":"s3cret"}}"#, "is not JSON: EOF"),
            (r#"{"auths":{"h":{}}}"#, "`h` that cannot be read: it has no `auth`"),
            (r#"{"auths":{"h":null}}"#, "`h` that cannot be read: it has no `auth`"),
            (r#"{"auths":{"h":{"auth":""}}}"#, "`h` that cannot be read: it has no `auth`"),
            (r#"{"auths":{"h":{"auth":5}}}"#, "its `auth` must be a text"),
            (r#"{"auths":{"h":{"auth":5,"auth":"YTpi"}}}"#, "its `auth` must be a text"),
            (r#"{"auths":{"h":{"auth":"s3cret"}}}"#, "is not base64"),
            (r#"{"auths":{"h":"s3cret"}}"#, "the entry `h` is no object"),
            (r#"{"auths":"s3cret"}"#, "`auths` is no object"),
            (r#"["s3cret"]"#, "it is no object"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(expected) && error.contains("DOCKER_AUTH_CONFIG"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
