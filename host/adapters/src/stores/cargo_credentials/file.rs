//! Reading and changing the credentials file beside cargo, which knows nothing of this program.

use std::fs::{File, Permissions};
use std::io::{self, Seek};
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
                overwrite(&file, &content).map_err(|error| failed("recover", &at, error))?;
            }
            Copy::remove(&at)?;
        }
        (&file).rewind().map_err(|error| failed("read", &at, error))?;
        let text = text(&file, &at.path())?;
        Ok(Self { at, file, text })
    }

    pub(super) fn path(&self) -> PathBuf {
        self.at.path()
    }

    /// Writes this in place of the text that was read. If that fails, the old text is put back.
    pub(super) fn write(&self, text: &str) -> Result<(), CredentialsError> {
        if text.len() > MAX_FILE {
            return Err(FileError::TooLarge { path: self.path(), limit: MAX_FILE }.into());
        }
        self.file
            .set_permissions(Permissions::from_mode(0o600))
            .map_err(|error| failed("make private", &self.at, error))?;
        Copy::new(self.text.as_bytes(), text.as_bytes()).write(&self.at)?;
        let written = match overwrite(&self.file, text.as_bytes()) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.put_back(error)?),
        };
        // If it stays, the next start finds that the file is whole and removes it.
        let _ = Copy::remove(&self.at);
        Ok(written?)
    }

    /// Puts the old text back after a write failed, and hands on why it did. If this fails too, the
    /// copy must stay, and the next start does it.
    fn put_back(&self, write: io::Error) -> Result<FileError, CredentialsError> {
        match overwrite(&self.file, self.text.as_bytes()) {
            Ok(()) => Ok(failed("write", &self.at, write)),
            Err(error) => Err(CredentialsError::NotPutBack {
                path: self.path(),
                copy: recovery::path(&self.at),
                write,
                back: failed("put the old content back into", &self.at, error),
            }),
        }
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
fn overwrite(file: &File, content: &[u8]) -> io::Result<()> {
    let old = file.metadata()?.len();
    let padding =
        usize::try_from(old).unwrap_or(MAX_FILE).min(MAX_FILE).saturating_sub(content.len());
    let mut padded = Zeroizing::new(Vec::with_capacity(content.len() + padding));
    padded.extend_from_slice(content);
    padded.extend(std::iter::repeat_n(b'\n', padding));
    file.write_all_at(&padded, 0)?;
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    file.set_len(length)?;
    file.sync_all()
}

fn failed(action: &'static str, at: &ClientFile, source: io::Error) -> FileError {
    FileError::Io { action, path: at.path(), source }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fs::File;
    use std::time::Duration;

    use lockgate_system::open_client_file;

    use super::LockedFile;

    #[expect(clippy::disallowed_methods, reason = "the test makes what nothing else would")]
    #[test]
    fn what_cannot_be_put_back_is_in_the_copy_and_the_first_error_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.toml");
        std::fs::write(&path, "# old\n").unwrap();
        let at = || open_client_file(&path).unwrap().unwrap();
        let lock = || LockedFile::existing(at(), Duration::ZERO, None).unwrap().unwrap();
        let mut locked = lock();
        // Open for reading only: every write fails.
        locked.file = File::open(&path).unwrap();
        let error = locked.write("# SECRET\n").unwrap_err();
        let told = error.to_string();
        let start = format!("cannot write `{}` (Bad file descriptor", path.display());
        assert!(told.starts_with(&start), "{told}");
        assert!(told.contains("credentials.toml.lockgate-recovery"), "{told}");
        assert!(!told.contains("SECRET"), "{told}");
        let cause = error.source().unwrap().to_string();
        assert_eq!(cause, format!("cannot put the old content back into `{}`", path.display()));
        // As if the first write had come half way.
        std::fs::write(&path, "# SEd\n").unwrap();
        assert_eq!(*lock().text, "# old\n");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
