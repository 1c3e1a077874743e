//! A file of the user's with a key, as `age-keygen` writes it.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use lockgate_system::{FileError, open_granted_file, read_capped};

use super::EncryptedFileError;
use super::age::Identity;

/// Most bytes of it: one line, and a few that say nothing.
const MAX_KEY_FILE: usize = 16 << 10;
/// What others than the owner may do.
const ANY_BY_OTHERS: u32 = 0o077;

pub(super) fn read(path: &Path) -> Result<Identity, EncryptedFileError> {
    let unusable = |what| EncryptedFileError::KeyFile { path: path.to_owned(), what };
    let found = open_granted_file(path)?;
    let file = found.map(|found| found.open()).transpose()?.flatten();
    let file = file.ok_or_else(|| unusable("is missing; make one with `age-keygen -o`"))?;
    let metadata = file.metadata().map_err(|source| FileError::Io {
        action: "look at",
        path: path.to_owned(),
        source,
    })?;
    if metadata.mode() & ANY_BY_OTHERS != 0 {
        return Err(unusable("can be read by other users; run `chmod 600` on it"));
    }
    let text = read_capped(&file, path, MAX_KEY_FILE)?;
    let what = "does not hold exactly one key that begins with AGE-SECRET-KEY-1; make one with \
                `age-keygen -o`";
    Identity::read(&text).ok_or_else(|| unusable(what))
}
