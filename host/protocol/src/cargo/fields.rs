//! The fields of a request, taken out of their JSON one by one, so that an error can name the field
//! and never quotes what is in it: that could be a token in the wrong place.

use lockgate_core::Secret;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::RequestError;
use crate::secret::Sealed;

/// Longest text of a single field, in bytes. Names, versions and words of a command line are far
/// shorter.
pub(crate) const MAX_TEXT: usize = 4 << 10;

/// A field that may be absent or null.
pub(crate) type Field<'a> = Option<&'a RawValue>;

/// An object; `otherwise` is the error for another type. `T` holds [`Field`]s only, so the parser's own errors never quote a value.
pub(crate) fn object<'a, T: Deserialize<'a>>(
    json: &'a str,
    otherwise: RequestError,
) -> Result<T, RequestError> {
    // The parser would also take a list, as the values of the fields in their order.
    if !json.trim_ascii_start().starts_with('{') {
        return Err(otherwise);
    }
    serde_json::from_str(json).map_err(RequestError::Json)
}

/// A field that has to be there.
pub(crate) fn required<'a>(
    field: &'static str,
    value: Field<'a>,
) -> Result<&'a RawValue, RequestError> {
    value.ok_or(RequestError::Missing { field })
}

/// A whole number.
pub(crate) fn number(field: &'static str, value: &RawValue) -> Result<u64, RequestError> {
    parse(field, value, "a whole number")
}

/// A string of any length.
pub(crate) fn string(field: &'static str, value: &RawValue) -> Result<String, RequestError> {
    parse(field, value, "a string")
}

/// A string of at most [`MAX_TEXT`] bytes.
pub(crate) fn bounded(field: &'static str, value: &RawValue) -> Result<String, RequestError> {
    let text = string(field, value)?;
    match text.len() > MAX_TEXT {
        true => Err(RequestError::TooLong { field, limit: MAX_TEXT }),
        false => Ok(text),
    }
}

/// A string of at most [`MAX_TEXT`] bytes without control characters.
pub(crate) fn line(field: &'static str, value: &RawValue) -> Result<String, RequestError> {
    let text = bounded(field, value)?;
    match text.chars().any(char::is_control) {
        true => Err(RequestError::ControlCharacter { field }),
        false => Ok(text),
    }
}

/// A list of at most `limit` values; none if the field is absent.
pub(crate) fn list<'a>(
    field: &'static str,
    value: Field<'a>,
    limit: usize,
) -> Result<Vec<&'a RawValue>, RequestError> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let values: Vec<&RawValue> = parse(field, value, "a list of strings")?;
    match values.len() > limit {
        true => Err(RequestError::TooMany { field, limit }),
        false => Ok(values),
    }
}

/// A string that is a secret.
pub(crate) fn secret(field: &'static str, value: &RawValue) -> Result<Secret, RequestError> {
    parse(field, value, "a string").map(|Sealed(secret)| secret)
}

fn parse<'a, T: Deserialize<'a>>(
    field: &'static str,
    value: &'a RawValue,
    expected: &'static str,
) -> Result<T, RequestError> {
    serde_json::from_str(value.get()).map_err(|_| RequestError::WrongType { field, expected })
}
