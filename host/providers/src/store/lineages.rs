//! Whose state a name has: the lineage of what is installed, and those of what was installed before
//! until their state is removed. In a file of its own, so that a damaged record loses none of them.

use lockgate_system::{FileError, Folder};
use serde::Deserialize;

use super::record::{MAX_RECORD, RECORD};
use super::{Store, StoreError};
use crate::ProviderName;

/// The file: a lineage a line, the one that has been there longest first.
pub(super) const LINEAGES: &str = "lineages";

/// Length of a lineage, in bytes.
const LENGTH: usize = 16;

/// Most bytes of the file: some thousand lineages, of which there are one or two.
const MAX_FILE: usize = 64 << 10;

/// All that is asked of a record that cannot be read as a whole.
#[derive(Deserialize)]
struct OfRecord {
    lineage: String,
}

impl Store {
    /// The lineages whose state a name has, also where its record is damaged; the one that has been
    /// there longest first.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn lineages(&self, name: &ProviderName) -> Result<Vec<String>, StoreError> {
        match Folder::open_private(&self.path.join(name.as_str()))? {
            Some(folder) => Ok(of(&folder)?),
            None => Ok(Vec::new()),
        }
    }

    /// Hands the lineages of what was installed under a name before, and gave nothing to what is
    /// installed now, to `forget`, which removes their state.
    ///
    /// # Errors
    /// As `forget`'s, or if there is no such provider. What is left is handed over the next time.
    pub fn forget_former<E: From<StoreError>>(
        &self,
        name: &ProviderName,
        forget: impl Fn(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let _lock = self.lock()?;
        let current = self.get(name.as_str())?;
        let all = of(&current.folder).map_err(StoreError::from)?;
        for former in all.iter().filter(|lineage| *lineage != current.lineage()) {
            forget(former)?;
        }
        Ok(write(&current.folder, &[current.lineage().to_owned()]).map_err(StoreError::from)?)
    }
}

pub(super) fn of(folder: &Folder) -> Result<Vec<String>, FileError> {
    let file = folder.read(LINEAGES, MAX_FILE)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&file);
    let mut lineages: Vec<String> = text.lines().map(str::to_owned).collect();
    let record = folder.read(RECORD, MAX_RECORD)?;
    let of_record = record.and_then(|bytes| serde_json::from_slice::<OfRecord>(&bytes).ok());
    lineages.extend(of_record.map(|record| record.lineage));
    lineages.retain(|lineage| is_one(lineage));
    let mut seen = std::collections::BTreeSet::new();
    lineages.retain(|lineage| seen.insert(lineage.clone()));
    Ok(lineages)
}

/// Adds a lineage to those that are known.
pub(super) fn add(folder: &Folder, lineage: &str) -> Result<(), FileError> {
    let mut all = of(folder)?;
    if !all.iter().any(|known| known == lineage) {
        all.push(lineage.to_owned());
    }
    write(folder, &all)
}

pub(super) fn write(folder: &Folder, lineages: &[String]) -> Result<(), FileError> {
    let text: String = lineages.iter().map(|lineage| format!("{lineage}\n")).collect();
    folder.replace(LINEAGES, text.as_bytes())
}

pub(super) fn new() -> Result<String, StoreError> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(StoreError::Random)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether it can be the name of a folder of state.
fn is_one(lineage: &str) -> bool {
    lineage.len() == 2 * LENGTH
        && lineage.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
