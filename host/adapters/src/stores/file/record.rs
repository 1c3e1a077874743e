//! One file of the store.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockgate_core::{Secret, StoredSecret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::FileStoreError;
use crate::json::problem;
use crate::stores::Listed;
use crate::stores::entry_file::Key;

/// The format that this program writes. A later one may mean something else by the same words.
const VERSION: u64 = 1;

/// Most bytes of a secret: what docker's clients are known to keep, and more than any token.
const MAX_SECRET: usize = 1 << 20;
/// Most bytes of a file: the longest secret and the longest account in base64, and a URL.
pub(in crate::stores) const MAX_RECORD: usize = 2 * MAX_SECRET;
/// Most bytes of an account's name: no client takes a longer one.
const MAX_IDENTITY: usize = 4 << 10;

#[derive(Deserialize)]
struct Head {
    version: Option<u64>,
}

/// Secrets are text without escapes, so that they are read where they lie.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(in crate::stores) struct Record<'a> {
    version: u64,
    ecosystem: String,
    registry: String,
    identity: Option<&'a str>,
    secret: &'a str,
}

impl Record<'_> {
    pub(in crate::stores) fn write(
        key: &Key,
        identity: Option<&Secret>,
        secret: &Secret,
    ) -> Result<Zeroizing<Vec<u8>>, FileStoreError> {
        if secret.len() > MAX_SECRET {
            return Err(FileStoreError::TooLong { what: "secret", limit: MAX_SECRET });
        }
        if identity.is_some_and(|identity| identity.len() > MAX_IDENTITY) {
            return Err(FileStoreError::TooLong { what: "account", limit: MAX_IDENTITY });
        }
        let encoded = |secret: &Secret| Zeroizing::new(STANDARD.encode(secret.expose()));
        let (identity, secret) = (identity.map(encoded), encoded(secret));
        let record = Record {
            version: VERSION,
            ecosystem: key.ecosystem.to_owned(),
            registry: key.url.clone(),
            identity: identity.as_ref().map(|identity| identity.as_str()),
            secret: &secret,
        };
        // Room for everything from the start, so that the buffer never moves with the secret in it.
        let room = secret.len() + ROOM_BESIDE;
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        let written = serde_json::to_writer_pretty(&mut *bytes, &record);
        match written.is_ok() && bytes.len() < room {
            true => bytes.push(b'\n'),
            false => return Err(FileStoreError::TooLong { what: "entry", limit: room }),
        }
        Ok(bytes)
    }

    /// Reads what [`Record::write`] wrote for this registry, and nothing else.
    pub(in crate::stores) fn read(
        bytes: &[u8],
        key: &Key,
        path: &Path,
    ) -> Result<StoredSecret, FileStoreError> {
        let record = parse(bytes, path)?;
        if record.ecosystem != key.ecosystem || record.registry != key.url {
            return Err(wrong(path, 1, "this was kept for another registry"));
        }
        Ok(StoredSecret {
            identity: record.identity.map(|identity| decoded(identity, path)).transpose()?,
            secret: decoded(record.secret, path)?,
        })
    }
}

/// What a file is for, if it is of this ecosystem.
pub(in crate::stores) fn listed(
    bytes: &[u8],
    ecosystem: &str,
    path: &Path,
) -> Result<Option<Listed>, FileStoreError> {
    let record = parse(bytes, path)?;
    if record.ecosystem != ecosystem {
        return Ok(None);
    }
    let identity = record.identity.map(|identity| decoded(identity, path)).transpose()?;
    let identity = identity.as_ref().and_then(Secret::expose_text).map(str::to_owned);
    Ok(Some(Listed { server: record.registry, identity }))
}

/// The parser's own messages are not passed on: they quote what they do not expect, which may be the
/// secret.
fn parse<'a>(bytes: &'a [u8], path: &Path) -> Result<Record<'a>, FileStoreError> {
    let malformed = |error: serde_json::Error| {
        let (line, what) = problem(&error);
        wrong(path, line, what)
    };
    match serde_json::from_slice::<Head>(bytes).map_err(malformed)?.version {
        Some(VERSION) => serde_json::from_slice(bytes).map_err(malformed),
        Some(later) if later > VERSION => Err(FileStoreError::Newer { path: path.to_owned() }),
        _ => Err(wrong(path, 1, "there is no known version")),
    }
}

fn decoded(text: &str, path: &Path) -> Result<Secret, FileStoreError> {
    match STANDARD.decode(text) {
        Ok(bytes) => Ok(Secret::new(bytes)),
        Err(_) => Err(wrong(path, 1, "a secret is not base64")),
    }
}

fn wrong(path: &Path, line: usize, what: &'static str) -> FileStoreError {
    FileStoreError::Content { path: path.to_owned(), line, what }
}

/// Most bytes of a file beside the secret: names, the longest URL with each byte escaped, and the
/// longest account in base64.
const ROOM_BESIDE: usize = 48 << 10;
