//! Files that a person names as the place for a result.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, fchmod};

use crate::hardening::ORIGINAL_UMASK;

/// What a new file of a person's may have at most: reading and writing, by everybody.
const ANYBODY: u32 = 0o666;
const PERMISSIONS: u32 = 0o777;

/// Writes what others may read too, as far as the person's own umask lets them; this process has a
/// stricter one. Whoever reads it sees the old content or the new one. Permissions of a file that is
/// there stay, and so does a link to one. What is there and no regular file (`/dev/stdout`, a pipe) is
/// written to.
///
/// # Errors
/// If it cannot be written. The old content is there then.
pub fn write_named_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match path.metadata() {
        Ok(there) if there.is_file() => {
            replace(&path.canonicalize()?, bytes, there.mode() & PERMISSIONS)
        }
        Ok(_) => {
            let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::CLOEXEC;
            File::from(rustix::fs::open(path, flags, Mode::empty())?).write_all(bytes)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let umask = ORIGINAL_UMASK.get().copied().unwrap_or(Mode::RWXG | Mode::RWXO);
            replace(path, bytes, ANYBODY & !umask.as_raw_mode())
        }
        Err(error) => Err(error),
    }
}

fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let temporary = temporary(path)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::open(&temporary, flags, Mode::RUSR | Mode::WUSR)?);
    let written = file.write_all(bytes).and_then(|()| {
        fchmod(&file, Mode::from_raw_mode(mode))?;
        file.sync_all()?;
        Ok(rustix::fs::rename(&temporary, path)?)
    });
    if written.is_err() {
        // The error that matters is the first one.
        let _ = rustix::fs::unlink(&temporary);
    }
    written
}

/// Beside the file, under a name that no other process uses.
fn temporary(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let name = format!(".{}.lockgate-new.{}", name.to_string_lossy(), std::process::id());
    Ok(path.with_file_name(name))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests arrange files")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::write_named_file;

    #[test]
    fn a_file_that_is_there_keeps_its_permissions_and_its_name_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        write_named_file(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o640);
        assert!(link.symlink_metadata().unwrap().is_symlink());
        // The twin: one that is new has what this process leaves others without a word of theirs.
        write_named_file(&folder.path().join("other"), b"new").unwrap();
        let mode = folder.path().join("other").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_named_file(folder.path(), b"new").is_err());
        assert!(write_named_file(&folder.path().join("none/file"), b"new").is_err());
        write_named_file(std::path::Path::new("/dev/null"), b"new").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
