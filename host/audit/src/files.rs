//! The files of the trail: their names, their turn, and all of them at one moment.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lockgate_system::{FileError, Folder, lock_shared, read_capped};

use crate::AuditError;
use crate::line::MAX_LINE;

/// The file that is written.
pub(crate) const CURRENT: &str = "audit.jsonl";

/// How many older files are kept.
pub(crate) const KEPT: u32 = 8;

/// The size at which a file has had its turn, in bytes: some ten thousand lines, and together with the
/// older ones 72 MiB at most.
pub(crate) const FULL: u64 = 8 << 20;

/// The size at which even a file that cannot be given another name takes no more, in bytes.
pub(crate) const LARGEST: u64 = 2 * FULL;

/// How long another process may hold the lock: it writes one line, so that it hangs or was stopped.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// How often the file that is written may have changed its name between two looks.
pub(crate) const MAX_TURNS: u32 = 16;

/// The name of an older file; the highest number is the oldest one.
pub(crate) fn older(number: u32) -> String {
    format!("audit.{number}.jsonl")
}

/// Gives every file the next name, the oldest one's to nobody, so that the current name is free. A
/// number that is missing, after a crash in here, is filled.
pub(crate) fn turn(folder: &Folder) -> Result<(), FileError> {
    let mut free = KEPT;
    for number in 1..KEPT {
        if folder.open(older(number))?.is_none() {
            free = number;
            break;
        }
    }
    for number in (1..free).rev() {
        folder.rename(older(number), older(number + 1))?;
    }
    folder.rename(CURRENT, older(1))
}

/// One file of the trail, as long as it was at one moment.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    file: File,
    length: u64,
}

impl Part {
    fn new(folder: &Folder, name: &str, file: File) -> Result<Self, FileError> {
        let path = folder.path().join(name);
        let length = metadata(&file, &path)?.len();
        Ok(Self { path, file, length })
    }

    /// What was in it at that moment.
    pub(crate) fn read(&self) -> Result<Vec<u8>, FileError> {
        // A line may be written behind the limit, and one more meanwhile.
        let limit = usize::try_from(LARGEST).unwrap_or(usize::MAX).saturating_add(4 * MAX_LINE);
        let bytes = read_capped(&self.file, &self.path, limit)?;
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        Ok(bytes.get(..length).unwrap_or(&bytes).to_vec())
    }

    /// What tells whether a file of this name changed.
    fn identity(&self) -> Result<(u64, u64, u64), FileError> {
        let found = metadata(&self.file, &self.path)?;
        Ok((found.dev(), found.ino(), self.length))
    }
}

fn metadata(file: &File, path: &Path) -> Result<std::fs::Metadata, FileError> {
    file.metadata().map_err(|source| {
        let (action, path) = ("look at", path.to_owned());
        FileError::Io { action, path, source }
    })
}

/// All files of the trail at one moment, the oldest first; none if there is no trail.
pub(crate) fn all(folder: &Path) -> Result<Vec<Part>, AuditError> {
    let Some(folder) = Folder::open_private(folder)? else { return Ok(Vec::new()) };
    for _ in 0..MAX_TURNS {
        let locked = folder.open(CURRENT)?;
        if let Some(file) = &locked {
            lock_shared(file, &folder.path().join(CURRENT), PATIENCE)?;
        }
        let mut parts = older_parts(&folder)?;
        let Some(file) = locked else { return Ok(parts) };
        let locked = Part::new(&folder, CURRENT, file)?;
        let named = folder.open(CURRENT)?.map(|file| Part::new(&folder, CURRENT, file));
        let is_same = match named.transpose()? {
            Some(named) => named.identity()? == locked.identity()?,
            None => false,
        };
        if is_same {
            // It can only fail for a file that is not open.
            let _ = locked.file.unlock();
            parts.push(locked);
            return Ok(parts);
        }
    }
    Err(AuditError::Moving { path: folder.path().join(CURRENT) })
}

fn older_parts(folder: &Folder) -> Result<Vec<Part>, FileError> {
    let mut parts = Vec::new();
    for name in (1..=KEPT).rev().map(older) {
        if let Some(file) = folder.open(&name)? {
            parts.push(Part::new(folder, &name, file)?);
        }
    }
    Ok(parts)
}

/// What tells whether the trail changed since the last look; `None` if nothing is being written.
pub(crate) fn state(folder: &Path) -> Result<Option<(u64, u64, u64)>, FileError> {
    let Some(folder) = Folder::open_private(folder)? else { return Ok(None) };
    let Some(file) = folder.open(CURRENT)? else { return Ok(None) };
    Part::new(&folder, CURRENT, file)?.identity().map(Some)
}

#[cfg(test)]
mod tests {
    use lockgate_system::Folder;

    use super::{CURRENT, older, turn};

    /// What is in each of the files, the current one and then 1 to 9.
    fn contents(folder: &Folder) -> Vec<Option<String>> {
        let names = std::iter::once(CURRENT.to_owned()).chain((1..=9).map(older));
        let read = |name| folder.read(name, 10).unwrap();
        names.map(|name| read(name).map(|it| String::from_utf8(it.to_vec()).unwrap())).collect()
    }

    #[test]
    fn eight_older_files_are_kept_and_a_missing_one_is_filled() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::create_private(&base.path().join("audit")).unwrap();
        let turn_with = |text: &str| {
            folder.replace(CURRENT, text.as_bytes()).unwrap();
            turn(&folder).unwrap();
            contents(&folder).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()
        };
        assert_eq!(turn_with("a")[..4], ["", "a", "", ""]);
        for text in ["b", "c", "d", "e", "f", "g"] {
            turn_with(text);
        }
        assert_eq!(turn_with("h").concat(), "hgfedcba");
        assert_eq!(turn_with("i"), ["", "i", "h", "g", "f", "e", "d", "c", "b", ""]);
        folder.remove(older(3)).unwrap();
        assert_eq!(turn_with("j"), ["", "j", "i", "h", "f", "e", "d", "c", "b", ""]);
    }
}
