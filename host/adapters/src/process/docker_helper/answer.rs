//! What a helper answers, as docker reads it: the names of its members in letters of any case.

use std::borrow::Cow;
use std::fmt;

use lockgate_core::{Secret, is_go_field};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// The names of an answer's members.
const NAMES: [&str; 3] = ["ServerURL", "Username", "Secret"];

/// The members of an object, as often as they stand there, and what stands behind it.
pub(super) struct Answer<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
    rest: &'a str,
}

impl<'a> Answer<'a> {
    /// None if the output does not begin with an object.
    pub(super) fn of(output: &'a Secret) -> Option<Self> {
        let text = output.expose_text()?;
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Members<'a>>();
        let members = values.next()?.ok()?.0;
        Some(Self { members, rest: text.get(values.byte_offset()..)? })
    }

    /// Its secrets.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Secret> {
        let all = self.members.iter().filter(|(name, _)| known(name) == Some("Secret"));
        let texts = all.filter_map(|(_, value)| serde_json::from_str::<String>(value.get()).ok());
        texts.map(Secret::from)
    }

    /// The same with each name as docker spells it, so that one that stands there in two spellings stands
    /// there twice. None where that changes nothing.
    pub(super) fn in_dockers_names(&self) -> Option<Secret> {
        let is_other = |name: &str| known(name).is_some_and(|known| known != name);
        if !self.members.iter().any(|(name, _)| is_other(name)) {
            return None;
        }
        let mut text = Zeroizing::new(String::new());
        for (name, value) in &self.members {
            let before = if text.is_empty() { '{' } else { ',' };
            text.push(before);
            text.push_str(&serde_json::to_string(known(name).unwrap_or(name)).ok()?);
            text.push(':');
            text.push_str(value.get());
        }
        text.push('}');
        text.push_str(self.rest);
        Some(Secret::from(text.as_str()))
    }
}

/// The name that docker takes this for.
fn known(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| is_go_field(name, known))
}

struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Every)
    }
}

struct Every;

impl<'de> Visitor<'de> for Every {
    type Value = Members<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::Secret;

    use super::Answer;

    fn read(text: &str) -> Option<String> {
        let output = Secret::from(text);
        let read = Answer::of(&output)?.in_dockers_names()?;
        Some(read.expose_text().unwrap().to_owned())
    }

    #[test]
    fn names_are_read_without_regard_to_case() {
        for (answer, expected) in [
            (
                r#" {"SERVERURL": "e", "username":"u","sEcReT":"x\u003c", "other" : [1]} "#,
                r#"{"ServerURL":"e","Username":"u","Secret":"x\u003c","other":[1]} "#,
            ),
            (r#"{"ServerURL":"a","serverurl":"b"}"#, r#"{"ServerURL":"a","ServerURL":"b"}"#),
            ("{\"\u{17f}erverURL\":\"e\"}\nmore", "{\"ServerURL\":\"e\"}\nmore"),
            (r#"{"\u0053ERVERURL":"e"}"#, r#"{"ServerURL":"e"}"#),
        ] {
            assert_eq!(read(answer).as_deref(), Some(expected), "{answer}");
        }
    }

    #[test]
    fn what_is_in_dockers_names_or_is_no_object_stays() {
        for answer in [
            r#"{"ServerURL":"e","Username":"u","Secret":"s"}"#,
            r#"{"Server":"e"}"#,
            "{}",
            "[]",
            "",
            "garbage",
            r#"{"SECRET":"#,
        ] {
            assert_eq!(read(answer), None, "{answer}");
        }
    }
}
