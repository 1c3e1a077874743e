//! The copy that lies beside the credentials file while it is written, and what is made of one that
//! a crash left there.
//!
//! It holds the old content and the new one, and stands under its name only when it is whole. So
//! what a crash makes of the file can be told from what another program wrote since: a crash leaves
//! at each place a byte of the old content, of the new one or, after a loss of power, a zero. Such
//! a mixture is replaced by the old content; anything else that is valid is somebody's later
//! change and stays.

use std::ffi::OsString;
use std::path::PathBuf;

use lockgate_system::{ClientFile, FileError};
use zeroize::Zeroizing;

use super::document::Document;
use super::error::CredentialsError;

/// Behind the file's own name.
pub const RECOVERY_SUFFIX: &str = ".lockgate-recovery";

/// The first words of a copy; the number is the version of the format.
const MAGIC: &str = "lockgate-recovery 1";

/// Most bytes of the first line: the words and two lengths.
const MAX_HEADER: usize = 128;

/// The old and the new content of an interrupted write.
pub(super) struct Copy {
    old: Zeroizing<Vec<u8>>,
    new: Zeroizing<Vec<u8>>,
}

pub(super) fn exists(at: &ClientFile) -> Result<bool, FileError> {
    Ok(at.folder().open(name(at))?.is_some())
}

impl Copy {
    pub(super) fn new(old: &[u8], new: &[u8]) -> Self {
        Self { old: Zeroizing::new(old.to_vec()), new: Zeroizing::new(new.to_vec()) }
    }

    /// The copy beside the file, if a write was interrupted.
    pub(super) fn find(at: &ClientFile, limit: usize) -> Result<Option<Self>, CredentialsError> {
        let most = limit.saturating_mul(2).saturating_add(MAX_HEADER);
        let Some(bytes) = at.folder().read(name(at), most)? else { return Ok(None) };
        match Self::decode(&bytes) {
            Some(copy) => Ok(Some(copy)),
            None => Err(CredentialsError::Copy { path: path(at) }),
        }
    }

    pub(super) fn write(&self, at: &ClientFile) -> Result<(), FileError> {
        at.folder().replace(name(at), &self.encode())
    }

    pub(super) fn remove(at: &ClientFile) -> Result<(), FileError> {
        at.folder().remove(name(at)).map(|_| ())
    }

    /// What must be written to make the file whole; `None` if it is.
    pub(super) fn whole(
        &self,
        found: &[u8],
        at: &ClientFile,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, CredentialsError> {
        if found == &**self.old || found == &**self.new {
            return Ok(None);
        }
        if self.is_mixture(found) {
            return Ok(Some(self.old.clone()));
        }
        let valid = std::str::from_utf8(found).is_ok_and(|text| Document::parse(text).is_ok());
        match valid {
            true => Ok(None),
            false => Err(CredentialsError::Interrupted { path: at.path(), copy: path(at) }),
        }
    }

    /// Whether each byte is the old one, the new one, the padding of the new one, or was never
    /// written.
    fn is_mixture(&self, found: &[u8]) -> bool {
        let (shorter, longer) = match self.old.len() < self.new.len() {
            true => (self.old.len(), self.new.len()),
            false => (self.new.len(), self.old.len()),
        };
        (shorter..=longer).contains(&found.len())
            && found.iter().enumerate().all(|(at, byte)| {
                let new = self.new.get(at).unwrap_or(&b'\n');
                *byte == 0 || byte == new || self.old.get(at) == Some(byte)
            })
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let header = format!("{MAGIC} {} {}\n", self.old.len(), self.new.len());
        let size = header.len() + self.old.len() + self.new.len();
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&self.old);
        bytes.extend_from_slice(&self.new);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().take(MAX_HEADER).position(|byte| *byte == b'\n')?;
        let header = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let (old, new) = header.strip_prefix(MAGIC)?.strip_prefix(' ')?.split_once(' ')?;
        let (old, new) = (old.parse::<usize>().ok()?, new.parse::<usize>().ok()?);
        let content = bytes.get(end + 1..)?;
        (content.len() == old.checked_add(new)?)
            .then(|| Some(Self::new(content.get(..old)?, content.get(old..)?)))?
    }
}

fn name(at: &ClientFile) -> OsString {
    let mut name = at.name().to_owned();
    name.push(RECOVERY_SUFFIX);
    name
}

/// Where the copy is, for messages.
pub(super) fn path(at: &ClientFile) -> PathBuf {
    at.folder().path().join(name(at))
}
