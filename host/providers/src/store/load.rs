//! The hot path: from the record to code that can be run.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use lockgate_engine::CompiledCode;
use lockgate_system::{FileError, Folder, read_capped};

use super::install::{TICK, compiled, write_record};
use super::installed::code_file;
use super::record::Stamp;
use super::{Compile, Installed, LOCK, StaleReason, Store, StoreError};
use crate::compile::{MAX_CODE, code_version};
use crate::{Digest, Provider};

impl Store {
    /// Everything that it takes to run a provider. The compiled code is read once, and what was read
    /// is what is loaded; its hash is taken only if its file is not the very one that was written.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the code has to be compiled again ([`Store::repair`]); others if
    /// anything is damaged.
    pub fn load(&self, installed: &Installed) -> Result<Provider, StoreError> {
        let code = self.verified_code(installed)?;
        let record = &installed.record;
        Ok(Provider {
            name: record.name.clone(),
            digest: record.digest,
            manifest: installed.manifest()?,
            grant: installed.grant()?,
            compiled: code,
            built_in: false,
            bridge: false,
            lineage: record.lineage.clone(),
            source: Some(record.source.clone()),
            signer: record.signer.clone(),
        })
    }

    /// Loads a provider, compiling it first if its code cannot be used. Of several processes that
    /// do this at once, one compiles and the others wait for it.
    ///
    /// # Errors
    /// If there is none, anything but its code is damaged, or it cannot be compiled.
    pub fn repair(&self, name: &str, compile: &Compile<'_>) -> Result<Provider, StoreError> {
        let _lock = self.lock()?;
        let installed = self.get(name)?;
        match self.load(&installed) {
            Err(StoreError::Stale { .. }) => {
                let code = compiled(&installed, compile)?;
                self.load(&self.keep(installed, &code)?)
            }
            loaded => loaded,
        }
    }

    #[allow(clippy::disallowed_methods, reason = "this is what vouches for the code")]
    fn verified_code(&self, installed: &Installed) -> Result<CompiledCode, StoreError> {
        let (bytes, stamp) = read_code_file(installed)?;
        let recorded = &installed.record.compiled;
        if stamp != recorded.file {
            if Digest::of(&bytes) != recorded.sha256 {
                return Err(stale(installed, StaleReason::Hash));
            }
            // One that changed just now could change once more in the same tick.
            if stamp.is_older_than(TICK) {
                self.remember(installed, stamp);
            }
        }
        Ok(CompiledCode::verified(bytes))
    }

    /// Records that the file with the right content is another one now (restored from a backup,
    /// say), so that its hash need not be taken again. Nothing depends on it.
    fn remember(&self, seen: &Installed, stamp: Stamp) {
        let lock = Folder::open_private(&self.path)
            .ok()
            .flatten()
            .and_then(|folder| folder.lock_within(LOCK, Duration::ZERO).ok());
        let Some(_lock) = lock else { return };
        let Ok(Some(current)) = self.find(seen.name.as_str()) else { return };
        if current.record == seen.record {
            let mut record = current.record;
            record.compiled.file = stamp;
            let _ = write_record(&current.folder, &record);
        }
    }
}

/// The code, and the file that it is from.
pub(super) fn read_code_file(installed: &Installed) -> Result<(Vec<u8>, Stamp), StoreError> {
    if installed.record.compiled.engine != code_version() {
        return Err(stale(installed, StaleReason::Version));
    }
    let read = read_code(&installed.folder, &code_file(&installed.digest()))?;
    read.ok_or_else(|| stale(installed, StaleReason::Missing))
}

/// What is in a file of code, and the file that it was read from; none if there is none.
pub(super) fn read_code(
    folder: &Folder,
    name: &str,
) -> Result<Option<(Vec<u8>, Stamp)>, StoreError> {
    let path = folder.path().join(name);
    let Some(file) = folder.open(name)? else { return Ok(None) };
    let mut bytes = read_capped(&file, &path, MAX_CODE)?;
    // Looked at after reading, so that a change meanwhile shows.
    let stamp = Stamp::of(&metadata(&file, &path)?);
    Ok(Some((std::mem::take(&mut *bytes), stamp)))
}

fn metadata(file: &File, path: &Path) -> Result<std::fs::Metadata, FileError> {
    let failed = |source| FileError::Io { action: "examine", path: path.to_owned(), source };
    file.metadata().map_err(failed)
}

pub(super) fn stale(installed: &Installed, reason: StaleReason) -> StoreError {
    let path = installed.folder.path().join(code_file(&installed.digest()));
    StoreError::Stale { path, reason }
}
