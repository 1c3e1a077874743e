//! The formats that people write by hand, and forms.

use lockgate_core::Secret;
use toml_edit::{DocumentMut, Item};

use super::json::index;
use super::{LookupError, Value};

pub(super) fn toml(text: &str, path: &[String]) -> Result<Value, LookupError> {
    let document: DocumentMut = text.parse().map_err(|_| LookupError::Malformed("not TOML"))?;
    let mut found = document.as_item();
    for step in path {
        let below = match index(step).filter(|_| found.is_array() || found.is_array_of_tables()) {
            Some(index) => found.get(index),
            None => found.get(step.as_str()),
        };
        found = below.ok_or(LookupError::NoSuchField)?;
    }
    Ok(toml_value(found))
}

fn toml_value(item: &Item) -> Value {
    if let Some(text) = item.as_str() {
        return Value::Text(Secret::from(text));
    }
    let written = item.to_string();
    let scalar = item.is_integer() || item.is_bool() || item.is_float();
    match scalar {
        true => Value::Scalar(Secret::from(written.trim())),
        false => Value::Nested(Secret::from(written)),
    }
}

/// `key = value` or `key: value` lines in `[sections]`; `;` and `#` begin a comment line.
pub(super) fn ini(text: &str, path: &[String]) -> Result<Value, LookupError> {
    let [section, key] = path else { return Err(LookupError::NoSuchField) };
    let mut current = "";
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.trim();
            continue;
        }
        if current != section || line.starts_with([';', '#']) {
            continue;
        }
        if let Some((name, value)) = line.split_once(['=', ':'])
            && name.trim() == key
        {
            return Ok(Value::Text(Secret::from(value.trim())));
        }
    }
    Err(LookupError::NoSuchField)
}

pub(super) fn form(text: &str, path: &[String]) -> Result<Value, LookupError> {
    let [name] = path else { return Err(LookupError::NoSuchField) };
    let mut fields = url::form_urlencoded::parse(text.as_bytes());
    let found = fields.find(|(key, _)| key == name).ok_or(LookupError::NoSuchField)?;
    Ok(Value::Text(Secret::from(found.1.into_owned())))
}
