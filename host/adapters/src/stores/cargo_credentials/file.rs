//! Reading and changing the credentials file beside cargo, which knows nothing of this program.

use std::fs::{File, Permissions};
use std::io::Seek;
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lockgate_system::{ClientFile, FileError, lock_exclusive, lock_shared, read_capped};
use zeroize::Zeroizing;

use super::error::CredentialsError;
use super::recovery::{self, Copy};

/// Most bytes of the file. A registry takes some hundred; a token at most 64 KiB.
const MAX_FILE: usize = 1 << 20;

/// How long a reader waits for a writer. cargo's readers do not wait at all, so that a lock that is
/// held for longer must not keep a build from its token.
const READER_PATIENCE: Duration = Duration::from_secs(2);

/// How often the file is opened again because another program put a new one in its place.
const MAX_REPLACED: usize = 16;

pub(super) enum Reading {
    Missing,
    Whole(Zeroizing<String>),
    /// A write is going on or was interrupted.
    InDoubt,
}

/// Reads the file without changing anything.
pub(super) fn read(at: &ClientFile) -> Result<Reading, CredentialsError> {
    let Some(file) = at.open()? else { return Ok(Reading::Missing) };
    match lock_shared(&file, &at.path(), READER_PATIENCE) {
        Ok(()) | Err(FileError::LockTimeout { .. } | FileError::LocksUnsupported { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    if recovery::exists(at)? {
        return Ok(Reading::InDoubt);
    }
    Ok(Reading::Whole(text(&file, &at.path())?))
}

/// The file, locked as cargo locks it, and whole.
#[derive(Debug)]
pub(super) struct LockedFile {
    at: ClientFile,
    file: File,
    pub(super) text: Zeroizing<String>,
}

impl LockedFile {
    /// Locks the file if there is one.
    pub(super) fn existing(
        at: ClientFile,
        patience: Duration,
        on_wait: Option<&(dyn Fn() + Send)>,
    ) -> Result<Option<Self>, CredentialsError> {
        match lock(&at, ClientFile::open_for_update, patience, on_wait)? {
            Some(file) => Self::recovered(at, file).map(Some),
            None => Ok(None),
        }
    }

    /// Locks the file, made if there is none.
    pub(super) fn existing_or_new(
        at: ClientFile,
        patience: Duration,
        on_wait: Option<&(dyn Fn() + Send)>,
    ) -> Result<Self, CredentialsError> {
        match lock(&at, |at| at.open_or_create().map(Some), patience, on_wait)? {
            Some(file) => Self::recovered(at, file),
            None => Err(FileError::NotAFile { path: at.path() }.into()),
        }
    }

    fn recovered(at: ClientFile, file: File) -> Result<Self, CredentialsError> {
        if let Some(copy) = Copy::find(&at, MAX_FILE)? {
            let found = read_capped(&file, &at.path(), MAX_FILE)?;
            if let Some(content) = copy.whole(&found, &at)? {
                overwrite(&file, &content, &at.path())?;
            }
            Copy::remove(&at)?;
        }
        (&file).rewind().map_err(|source| FileError::Io {
            action: "read",
            path: at.path(),
            source,
        })?;
        let text = text(&file, &at.path())?;
        Ok(Self { at, file, text })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.at.path()
    }

    /// Writes this in place of the text that was read. If that fails, the old text is put back.
    pub(super) fn write(&self, text: &str) -> Result<(), CredentialsError> {
        let path = self.path();
        if text.len() > MAX_FILE {
            return Err(FileError::TooLarge { path, limit: MAX_FILE }.into());
        }
        let private = Permissions::from_mode(0o600);
        self.file.set_permissions(private).map_err(|source| FileError::Io {
            action: "make private",
            path: path.clone(),
            source,
        })?;
        Copy::new(self.text.as_bytes(), text.as_bytes()).write(&self.at)?;
        let written = overwrite(&self.file, text.as_bytes(), &path);
        if written.is_err() {
            // If this fails too, the copy stays, and the next start puts the old text back.
            overwrite(&self.file, self.text.as_bytes(), &path)?;
        }
        // If it stays, the next start finds that the file is whole and removes it.
        let _ = Copy::remove(&self.at);
        Ok(written?)
    }
}

/// Opens and locks the file that has the name when the lock is held.
fn lock(
    at: &ClientFile,
    open: impl Fn(&ClientFile) -> Result<Option<File>, FileError>,
    patience: Duration,
    on_wait: Option<&(dyn Fn() + Send)>,
) -> Result<Option<File>, FileError> {
    for _ in 0..MAX_REPLACED {
        let Some(file) = open(at)? else { return Ok(None) };
        lock_exclusive(&file, &at.path(), patience, || {
            on_wait.into_iter().for_each(|tell| tell())
        })?;
        if at.is_current(&file)? {
            return Ok(Some(file));
        }
    }
    Err(FileError::LockTimeout { path: at.path(), waited: patience })
}

fn text(file: &File, path: &Path) -> Result<Zeroizing<String>, CredentialsError> {
    let mut bytes = read_capped(file, path, MAX_FILE)?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let bytes = Zeroizing::new(error.into_bytes());
            let whole = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            let line = bytes.iter().take(whole).filter(|byte| **byte == b'\n').count() + 1;
            let what = "this is not UTF-8".to_owned();
            Err(CredentialsError::Content { path: path.to_owned(), line, what })
        }
    }
}

/// Replaces the content in one write, padded with line ends to the old length, so that cargo, which
/// reads without a lock, sees old or new at every moment; then cuts the padding off.
fn overwrite(file: &File, content: &[u8], path: &Path) -> Result<(), FileError> {
    let failed = |source| FileError::Io { action: "write", path: path.to_owned(), source };
    let old = file.metadata().map_err(failed)?.len();
    let padding =
        usize::try_from(old).unwrap_or(MAX_FILE).min(MAX_FILE).saturating_sub(content.len());
    let mut padded = Zeroizing::new(Vec::with_capacity(content.len() + padding));
    padded.extend_from_slice(content);
    padded.extend(std::iter::repeat_n(b'\n', padding));
    file.write_all_at(&padded, 0).map_err(failed)?;
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    file.set_len(length).and_then(|()| file.sync_all()).map_err(failed)
}
