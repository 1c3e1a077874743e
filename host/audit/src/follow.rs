//! Reading the trail, and what is added to it.

use std::path::{Path, PathBuf};

use crate::{AuditError, Entry, files};

/// Reads the trail from its start, then what is new.
#[derive(Debug)]
pub struct Reader {
    folder: PathBuf,
    last: u64,
    state: Option<(u64, u64, u64)>,
    unreadable: u64,
}

impl Reader {
    /// A reader of the trail in this folder, which need not exist yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), last: 0, state: None, unreadable: 0 }
    }

    /// Hands over what was recorded since the last call, oldest first; lines that are none are
    /// counted and left out.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn read(&mut self, mut each: impl FnMut(Entry)) -> Result<(), AuditError> {
        let state = files::state(&self.folder)?;
        if state.is_some() && state == self.state {
            return Ok(());
        }
        let from = self.last;
        for bytes in self.files()? {
            for line in lines(&bytes) {
                match Entry::parse(line) {
                    Some(entry) if entry.seq > from => {
                        self.last = self.last.max(entry.seq);
                        each(entry);
                    }
                    Some(_) => {}
                    None => self.unreadable += 1,
                }
            }
        }
        self.state = state;
        Ok(())
    }

    /// How many lines were none.
    #[must_use]
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// The files that have what is new, oldest first.
    fn files(&self) -> Result<Vec<Vec<u8>>, AuditError> {
        let mut wanted = Vec::new();
        for part in files::all(&self.folder)?.iter().rev() {
            let bytes = part.read()?;
            let first = lines(&bytes).find_map(Entry::parse).map_or(0, |entry| entry.seq);
            wanted.push(bytes);
            if self.last > 0 && first > 0 && first <= self.last.saturating_add(1) {
                break;
            }
        }
        wanted.reverse();
        Ok(wanted)
    }
}

/// The lines of a file without their ends.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ended = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    ended.split(|byte| *byte == b'\n').filter(move |_| !bytes.is_empty())
}
