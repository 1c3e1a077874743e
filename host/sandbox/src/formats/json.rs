//! JSON, walked without building a tree: each step parses one level and keeps the text of what is
//! below it.

use std::collections::HashMap;
use std::fmt;

use lockgate_core::Secret;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{LookupError, Value};

const NOT_JSON: LookupError = LookupError::Malformed("not JSON, or a key stands there twice");

pub(super) fn lookup(text: &str, path: &[String]) -> Result<Value, LookupError> {
    let whole: &RawValue = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
    let mut found = whole;
    for step in path {
        found = descend(found.get(), step)?;
    }
    value(found.get())
}

fn descend<'a>(text: &'a str, step: &str) -> Result<&'a RawValue, LookupError> {
    match text.as_bytes().first() {
        Some(b'{') => {
            let table: Table<'a> = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
            table.0.get(step).copied().ok_or(LookupError::NoSuchField)
        }
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
            let index = index(step).ok_or(LookupError::NoSuchField)?;
            list.get(index).copied().ok_or(LookupError::NoSuchField)
        }
        _ => Err(LookupError::NoSuchField),
    }
}

/// An index in its only spelling, so that one path names one thing.
pub(super) fn index(step: &str) -> Option<usize> {
    let index: usize = step.parse().ok()?;
    (index.to_string() == step).then_some(index)
}

fn value(text: &str) -> Result<Value, LookupError> {
    match text.as_bytes().first() {
        Some(b'"') => {
            let content: String = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
            Ok(Value::Text(Secret::from(content)))
        }
        Some(b'{' | b'[') => Ok(Value::Nested(Secret::from(text))),
        Some(b'n') | None => Err(LookupError::NoSuchField),
        Some(_) => Ok(Value::Scalar(Secret::from(text))),
    }
}

/// A table in which no key stands twice: two readers of such a one could differ.
struct Table<'a>(HashMap<String, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Table<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TableVisitor;

        impl<'de> Visitor<'de> for TableVisitor {
            type Value = HashMap<String, &'de RawValue>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a table")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = HashMap::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if fields.insert(key, value).is_some() {
                        return Err(A::Error::custom("a key stands there twice"));
                    }
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(TableVisitor).map(Self)
    }
}
