//! What is known of an installed provider, in a file that the program alone writes.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::Digest;

pub(super) const RECORD: &str = "record.json";

/// The version of the record's form. A record of a later one is refused, not guessed at.
pub(super) const VERSION: u64 = 1;

/// Most bytes of a record: a manifest has 64 KiB, of which each may be written with six.
pub(super) const MAX_RECORD: usize = 512 << 10;

/// What is recorded at install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) version: u64,
    pub(super) name: String,
    #[serde(with = "digest_text")]
    pub(super) digest: Digest,
    /// Of the file that says what it was granted.
    #[serde(with = "digest_text")]
    pub(super) grant: Digest,
    /// Where it came from, such as `file:/home/me/corp-sso.wasm`.
    pub(super) source: String,
    /// The public key that a signature was verified with.
    pub(super) signer: Option<String>,
    /// Kept over updates: the key of what has to survive them.
    pub(super) lineage: String,
    /// Seconds since the Unix epoch.
    pub(super) installed_at: u64,
    /// The version of the interface that it exports.
    pub(super) world: String,
    /// Of the component, in bytes.
    pub(super) size: u64,
    pub(super) manifest: String,
    pub(super) compiled: Compiled,
}

/// The compiled code, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compiled {
    #[serde(with = "digest_text")]
    pub(super) sha256: Digest,
    /// Which engine loads it, and on which machine.
    pub(super) engine: String,
    /// Its file.
    pub(super) file: Stamp,
}

/// What changes when a file is changed or replaced; while it is the same, so is the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    mtime: (i64, i64),
    ctime: (i64, i64),
}

impl Stamp {
    pub(super) fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size: file.size(),
            mtime: (file.mtime(), file.mtime_nsec()),
            ctime: (file.ctime(), file.ctime_nsec()),
        }
    }

    /// Whether the last change is at least this long ago; no, if the clock was set back since.
    pub(super) fn is_older_than(&self, age: Duration) -> bool {
        let (Ok(seconds), Ok(nanoseconds)) =
            (u64::try_from(self.ctime.0), u32::try_from(self.ctime.1))
        else {
            return false;
        };
        let changed = UNIX_EPOCH.checked_add(Duration::new(seconds, nanoseconds));
        let since = changed.and_then(|changed| SystemTime::now().duration_since(changed).ok());
        since.is_some_and(|since| since >= age)
    }
}

impl Record {
    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Self, StoreError> {
        let damaged = |source| StoreError::Record { path: path.to_owned(), source };
        let newer = || {
            let version = serde_json::from_slice::<Versioned>(bytes).ok()?.version;
            (version > VERSION).then(|| StoreError::NewerRecord { path: path.to_owned(), version })
        };
        let record: Self = serde_json::from_slice(bytes)
            .map_err(|error| newer().unwrap_or_else(|| damaged(error)))?;
        match record.version {
            VERSION => Ok(record),
            version if version > VERSION => {
                Err(StoreError::NewerRecord { path: path.to_owned(), version })
            }
            _ => Err(StoreError::Damaged { path: path.to_owned(), problem: "has no version" }),
        }
    }

    /// Without a line end, so that no byte can be missing unnoticed.
    pub(super) fn to_bytes(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec_pretty(self)
    }
}

/// All that is asked of a record of unknown form.
#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

mod digest_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Digest;

    pub(super) fn serialize<S: Serializer>(digest: &Digest, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(digest)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
        String::deserialize(from)?.parse().map_err(Error::custom)
    }
}
