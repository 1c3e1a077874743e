//! The members of a JSON object with the places at which they stand in the whole text, so that a value
//! can be read, or replaced, without touching its neighbours and without copies of them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use lockgate_core::is_go_field;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One member.
#[derive(Clone)]
pub(super) struct Member<'a> {
    /// Its key.
    pub(super) key: Cow<'a, str>,
    /// The byte of the key's first quote.
    pub(super) start: usize,
    /// Its value as it is written.
    pub(super) raw: &'a str,
    /// The bytes of the value.
    pub(super) value: Range<usize>,
}

impl Member<'_> {
    /// Whether docker takes the key for this field.
    pub(super) fn is_called(&self, name: &str) -> bool {
        is_go_field(&self.key, name)
    }

    pub(super) fn is_null(&self) -> bool {
        self.raw == "null"
    }
}

/// The members of an object that is a part of `whole`, in their order.
///
/// # Errors
/// What the parser says; [`serde_json::error::Category::Data`] if it is no object.
pub(super) fn members<'a>(
    whole: &str,
    object: &'a str,
) -> Result<Vec<Member<'a>>, serde_json::Error> {
    let raw: RawMembers<'a> = serde_json::from_str(object)?;
    let place = |(key, value): (&'a RawValue, &'a RawValue)| {
        let value_at = offset(whole, value.get());
        Ok(Member {
            key: text(key.get())?,
            start: offset(whole, key.get()),
            raw: value.get(),
            value: value_at..value_at + value.get().len(),
        })
    };
    raw.0.into_iter().map(place).collect()
}

/// A JSON string's content, borrowed where nothing in it is escaped.
///
/// # Errors
/// If it is no string.
pub(super) fn text(raw: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| !inner.contains('\\')) {
        Some(plain) => Ok(Cow::Borrowed(plain)),
        None => serde_json::from_str(raw).map(Cow::Owned),
    }
}

/// Where a part of a text begins in it.
fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

struct RawMembers<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawMembers<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor).map(Self)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn every_part_is_found_where_it_stands() {
        let text = " {\n \"a\" : 1 ,\"\\u0062\\\"\":{ \"c\":[\"}\"] } }";
        let found = members(text, text).unwrap();
        let shown: Vec<_> = found.iter().map(|one| (&*one.key, &text[one.value.clone()])).collect();
        assert_eq!(shown, [("a", "1"), ("b\"", "{ \"c\":[\"}\"] }")]);
        assert!(found.iter().all(|member| text[member.start..].starts_with('"')));
        let inner = members(text, found[1].raw).unwrap();
        assert_eq!((&*inner[0].key, &text[inner[0].value.clone()]), ("c", "[\"}\"]"));
    }

    /// docker reads up to 10,000 of them; a stack that grows with each would end at some thousand.
    #[test]
    fn no_depth_is_too_deep() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1 << 20), "]".repeat(1 << 20));
        assert_eq!(members(&deep, &deep).unwrap()[0].raw.len(), 2 << 20);
    }
}
