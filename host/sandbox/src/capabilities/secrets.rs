//! Operations on handles.

use hmac::{Hmac, Mac};
use lockgate_core::{Origin, Origins, Secret};
use sha2::{Digest, Sha256};
use wasmtime::Result;
use wasmtime::component::Resource;
use zeroize::Zeroizing;

use crate::bindings::provider::lockgate::provider::secrets::{
    self, Encoding as WitEncoding, Format as WitFormat, Part, Problem,
};
use crate::encoding::{self, Encoding};
use crate::formats::{Format, LookupError, Value, lookup};
use crate::handles::{Document, Entry, Sealed};
use crate::limits::{HANDLE_BYTES, PATH_STEPS, SECRET_BYTES};
use crate::state::{State, Violation, too_large};

/// Longest separator. The ones in use (`:`, `=`, `\r\n\r\n`) have at most four bytes.
const SEPARATOR_BYTES: usize = 4;

impl secrets::Host for State {}

impl secrets::HostSecret for State {
    fn seal(&mut self, bytes: Vec<u8>) -> Result<Resource<Sealed>> {
        State::seal(self, Secret::new(bytes), Origins::of(Origin::Provider))
    }

    fn compose(&mut self, parts: Vec<Part>) -> Result<Resource<Sealed>> {
        let (bytes, origins) = self.gather(&parts)?;
        State::seal(self, bytes, origins)
    }

    fn sha256(&mut self, parts: Vec<Part>) -> Result<Resource<Sealed>> {
        let (bytes, origins) = self.gather(&parts)?;
        let digest = Sha256::digest(bytes.expose()).to_vec();
        State::seal(self, Secret::new(digest), origins)
    }

    fn encode(
        &mut self,
        secret: Resource<Sealed>,
        encoding: WitEncoding,
    ) -> Result<Resource<Sealed>> {
        let sealed = self.table.get(&secret)?;
        let origins = sealed.origins.clone();
        let encoded = encoding::encode(encoding.into(), sealed.bytes.expose());
        State::seal(self, encoded.ok_or(Violation::NotText)?, origins)
    }

    fn hmac_sha256(
        &mut self,
        secret: Resource<Sealed>,
        message: Vec<Part>,
    ) -> Result<Resource<Sealed>> {
        let (message, mut origins) = self.gather(&message)?;
        let key = self.table.get(&secret)?;
        origins.extend(&key.origins);
        let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes.expose())?;
        mac.update(message.expose());
        let code = Secret::new(mac.finalize().into_bytes().to_vec());
        State::seal(self, code, origins)
    }

    fn drop(&mut self, secret: Resource<Sealed>) -> Result<()> {
        self.drop_secret(secret)
    }
}

impl secrets::HostDocument for State {
    fn whole(&mut self, document: Resource<Document>) -> Result<Result<Resource<Sealed>, Problem>> {
        let document = self.table.get(&document)?;
        let (bytes, origins) = (document.bytes.clone(), document.origins.clone());
        self.part_of_document(bytes, origins)
    }

    fn is_empty(&mut self, document: Resource<Document>) -> Result<bool> {
        Ok(self.table.get(&document)?.bytes.is_empty())
    }

    fn matches(
        &mut self,
        document: Resource<Document>,
        text: String,
    ) -> Result<Result<bool, Problem>> {
        let same = self.attempt(|state| {
            let content = state.table.get(&document)?.bytes.expose().trim_ascii();
            Ok(if content == text.as_bytes() { Ok(()) } else { Err(Problem::NoSuchField) })
        })?;
        Ok(match same {
            Ok(()) => Ok(true),
            Err(Problem::NoSuchField) => Ok(false),
            Err(problem) => Err(problem),
        })
    }

    fn line(&mut self, document: Resource<Document>) -> Result<Result<Resource<Sealed>, Problem>> {
        let line = self.attempt(|state| {
            let document = state.table.get(&document)?;
            Ok(only_line(document.bytes.expose())
                .map(|line| (Secret::new(line.to_vec()), document.origins.clone()))
                .ok_or_else(|| malformed("not one line")))
        })?;
        match line {
            Ok((bytes, origins)) => self.part_of_document(bytes, origins),
            Err(problem) => Ok(Err(problem)),
        }
    }

    fn decode(
        &mut self,
        document: Resource<Document>,
        encoding: WitEncoding,
    ) -> Result<Result<Resource<Document>, Problem>> {
        let decoded = self.attempt(|state| {
            let document = state.table.get(&document)?;
            Ok(encoding::decode(encoding.into(), document.bytes.expose())
                .map(|bytes| derived(bytes, document))
                .ok_or_else(|| malformed("not of that encoding")))
        })?;
        self.keep(decoded)
    }

    fn split(
        &mut self,
        document: Resource<Document>,
        separator: String,
    ) -> Result<Result<(Resource<Document>, Resource<Document>), Problem>> {
        if !is_separator(&separator) {
            return Ok(Err(malformed(
                "a separator is one to four bytes of ASCII, no letter or digit",
            )));
        }
        let halves = self.attempt(|state| {
            let document = state.table.get(&document)?;
            if document.bytes.expose_text().is_none() {
                return Ok(Err(malformed("not UTF-8")));
            }
            Ok(split(document.bytes.expose(), separator.as_bytes())
                .map(|(before, after)| {
                    let half = |bytes: &[u8]| derived(Secret::new(bytes.to_vec()), document);
                    (half(before), half(after))
                })
                .ok_or(Problem::NoSuchField))
        })?;
        let (before, after) = match halves {
            Ok(halves) => halves,
            Err(problem) => return Ok(Err(problem)),
        };
        let (before, after) = (self.document(before)?, self.document(after)?);
        Ok(before.and_then(|before| after.map(|after| (before, after))))
    }

    fn field(
        &mut self,
        document: Resource<Document>,
        format: WitFormat,
        path: Vec<String>,
    ) -> Result<Result<Resource<Sealed>, Problem>> {
        match self.find(&document, format.into(), &path)? {
            Ok((Value::Text(text), origins)) => self.part_of_document(text, origins),
            Ok(_) => Ok(Err(Problem::NoSuchField)),
            Err(problem) => Ok(Err(problem)),
        }
    }

    fn inner(
        &mut self,
        document: Resource<Document>,
        format: WitFormat,
        path: Vec<String>,
    ) -> Result<Result<Resource<Document>, Problem>> {
        let format = format.into();
        let entry = self.table.get(&document)?.entry.join(format, &path);
        let found = self.find(&document, format, &path)?;
        let inner = found.and_then(|(value, origins)| match value {
            Value::Text(bytes) | Value::Nested(bytes) => Ok(Document { bytes, origins, entry }),
            Value::Scalar(_) => Err(Problem::NoSuchField),
        });
        self.keep(inner)
    }

    fn plain(
        &mut self,
        document: Resource<Document>,
        format: WitFormat,
        path: Vec<String>,
    ) -> Result<Result<String, Problem>> {
        let format = format.into();
        let granted = match self.table.get(&document)?.entry.join(format, &path) {
            Entry::At(format, steps) => self.capabilities.is_plain(format.name(), &steps),
            Entry::Whole | Entry::Elsewhere => false,
        };
        if !granted {
            return Ok(Err(Problem::NotPlain));
        }
        Ok(match self.find(&document, format, &path)? {
            Ok((Value::Text(value) | Value::Scalar(value), _)) => {
                value.expose_text().map(str::to_owned).ok_or_else(|| malformed("not UTF-8"))
            }
            Ok(_) => Err(Problem::NoSuchField),
            Err(problem) => Err(problem),
        })
    }

    fn drop(&mut self, document: Resource<Document>) -> Result<()> {
        self.drop_document(document)
    }
}

impl State {
    /// The bytes of all parts, one after another, and where they came from.
    pub(crate) fn gather(&self, parts: &[Part]) -> Result<(Secret, Origins)> {
        let mut length = 0;
        for part in parts {
            length += match part {
                Part::Text(text) => text.len(),
                Part::Secret(secret) => self.table.get(secret)?.bytes.len(),
            };
            // One secret can be lent many times over.
            if length > HANDLE_BYTES {
                return Err(Violation::TooManyParts.into());
            }
        }
        // The right size from the start: growing would leave copies behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(length));
        let mut origins = Origins::default();
        for part in parts {
            match part {
                Part::Text(text) => {
                    bytes.extend_from_slice(text.as_bytes());
                    origins.extend(&Origins::of(Origin::Provider));
                }
                Part::Secret(secret) => {
                    let sealed = self.table.get(secret)?;
                    bytes.extend_from_slice(sealed.bytes.expose());
                    origins.extend(&sealed.origins);
                }
            }
        }
        Ok((Secret::new(std::mem::take(&mut *bytes)), origins))
    }

    fn find(
        &mut self,
        document: &Resource<Document>,
        format: Format,
        path: &[String],
    ) -> Result<Result<(Value, Origins), Problem>> {
        self.attempt(|state| {
            if path.len() > PATH_STEPS {
                return Ok(Err(malformed("a path of more steps than the host follows")));
            }
            let document = state.table.get(document)?;
            Ok(match lookup(format, document.bytes.expose(), path) {
                Ok(value) => Ok((value, document.origins.clone())),
                Err(LookupError::NoSuchField) => Err(Problem::NoSuchField),
                Err(LookupError::Malformed(why)) => Err(malformed(why)),
            })
        })
    }

    fn part_of_document(
        &mut self,
        bytes: Secret,
        origins: Origins,
    ) -> Result<Result<Resource<Sealed>, Problem>> {
        match bytes.len() > SECRET_BYTES {
            true => Ok(Err(too_large())),
            false => State::seal(self, bytes, origins).map(Ok),
        }
    }

    fn keep(
        &mut self,
        document: Result<Document, Problem>,
    ) -> wasmtime::Result<Result<Resource<Document>, Problem>> {
        match document {
            Ok(document) => self.document(document),
            Err(problem) => Ok(Err(problem)),
        }
    }
}

fn derived(bytes: Secret, from: &Document) -> Document {
    Document { bytes, origins: from.origins.clone(), entry: Entry::Elsewhere }
}

fn malformed(why: &str) -> Problem {
    Problem::Malformed(why.to_owned())
}

/// A separator cannot be a guess at the content of a token.
fn is_separator(text: &str) -> bool {
    (1..=SEPARATOR_BYTES).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
}

fn split<'a>(bytes: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(separator.len()).position(|window| window == separator)?;
    Some((bytes.get(..at)?, bytes.get(at + separator.len()..)?))
}

/// The content without one line end, if no other is in it.
fn only_line(bytes: &[u8]) -> Option<&[u8]> {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (!line.contains(&b'\n') && !line.contains(&b'\r')).then_some(line)
}

impl From<WitEncoding> for Encoding {
    fn from(encoding: WitEncoding) -> Self {
        match encoding {
            WitEncoding::Base64 => Self::Base64,
            WitEncoding::Base64Url => Self::Base64Url,
            WitEncoding::Hex => Self::Hex,
            WitEncoding::Percent => Self::Percent,
            WitEncoding::JsonString => Self::JsonString,
        }
    }
}

impl From<WitFormat> for Format {
    fn from(format: WitFormat) -> Self {
        match format {
            WitFormat::Json => Self::Json,
            WitFormat::Toml => Self::Toml,
            WitFormat::Ini => Self::Ini,
            WitFormat::Form => Self::Form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_separator, only_line, split};

    #[test]
    fn separators_are_no_guesses() {
        for separator in [":", "=", "\r\n\r\n", "\n", " "] {
            assert!(is_separator(separator), "{separator:?}");
        }
        for separator in ["", "a", ":0", "é", "-----"] {
            assert!(!is_separator(separator), "{separator:?}");
        }
    }

    #[test]
    fn splits_at_the_first() {
        assert_eq!(split(b"a:b:c", b":"), Some((&b"a"[..], &b"b:c"[..])));
        assert_eq!(split(b":", b":"), Some((&b""[..], &b""[..])));
        assert_eq!(split(b"abc", b":"), None);
    }

    #[test]
    fn one_line_only() {
        for whole in ["token", "token\n", "token\r\n"] {
            assert_eq!(only_line(whole.as_bytes()), Some(&b"token"[..]), "{whole:?}");
        }
        for wrong in ["a\nb", "a\n\n", "a\rb\n"] {
            assert_eq!(only_line(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
