//! One file of a provider's state.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockgate_core::{Kept, Origin, Origins, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{MAX_SECRET, StateError};
use crate::json::problem;

/// The format that this program writes. A later one may mean something else by the same words.
const VERSION: u64 = 1;

/// Most bytes of a file: the longest secret in base64, and as much again for the origins.
pub(super) const MAX_RECORD: usize = 192 << 10;

#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

/// The secret is text without escapes, so that it is read where it lies.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Record<'a> {
    version: u64,
    registry: String,
    until: Option<u64>,
    origins: Vec<String>,
    secret: &'a str,
}

pub(super) fn write(kept: &Kept, registry: &str) -> Result<Zeroizing<Vec<u8>>, StateError> {
    let secret = Zeroizing::new(STANDARD.encode(kept.secret.expose()));
    let record = Record {
        version: VERSION,
        registry: registry.to_owned(),
        until: kept.until,
        origins: kept.origins.iter().map(ToString::to_string).collect(),
        secret: &secret,
    };
    // Room for the largest from the start, so that the buffer never moves with the secret in it.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_RECORD));
    let written = serde_json::to_writer_pretty(&mut *bytes, &record);
    match written.is_ok() && bytes.len() < MAX_RECORD {
        true => bytes.push(b'\n'),
        false => return Err(StateError::TooLarge { limit: MAX_SECRET }),
    }
    Ok(bytes)
}

/// Reads what [`write`] wrote for this registry, and nothing else. The parser's own messages are
/// not passed on: they quote what they do not expect, which may be the secret.
pub(super) fn read(bytes: &[u8], registry: &str, path: &Path) -> Result<Kept, StateError> {
    let wrong = |line, what| StateError::Content { path: path.to_owned(), line, what };
    let malformed = |error: serde_json::Error| {
        let (line, what) = problem(&error);
        wrong(line, what)
    };
    match serde_json::from_slice::<Head>(bytes).map_err(malformed)?.version {
        Some(VERSION) => {}
        Some(later) if later > VERSION => return Err(StateError::Newer { path: path.to_owned() }),
        _ => return Err(wrong(1, "there is no known version")),
    }
    let record: Record<'_> = serde_json::from_slice(bytes).map_err(malformed)?;
    if record.registry != registry {
        return Err(wrong(1, "this was kept for another registry"));
    }
    let origins: Result<Origins, _> =
        record.origins.iter().map(|text| text.parse::<Origin>()).collect();
    let origins = origins.map_err(|_| wrong(1, "an origin is not known"))?;
    let secret = Secret::new(
        STANDARD.decode(record.secret).map_err(|_| wrong(1, "the secret is not base64"))?,
    );
    match secret.len() <= MAX_SECRET {
        true => Ok(Kept { secret, origins, until: record.until }),
        false => Err(wrong(1, "the secret is too long")),
    }
}
