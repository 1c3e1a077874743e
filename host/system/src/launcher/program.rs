//! The file of a program, checked after it is opened.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};

use super::Launchable;
use super::error::Refusal;
use super::open::open_behind_links;
use crate::{FileError, check};

const PERMISSIONS: u32 = 0o7777;
const WRITE_BY_OTHERS: u32 = 0o022;
const EXECUTE: u32 = 0o111;
const SET_USER_OR_GROUP: u32 = 0o6000;

/// Read at a time when a digest is made.
const PIECE: usize = 64 << 10;

/// An open file that may be executed.
pub(crate) struct CheckedProgram {
    file: File,
    script: bool,
}

impl CheckedProgram {
    /// Opens a program and checks what was opened. Whatever takes its name after that is not what
    /// is executed.
    pub(crate) fn open(launchable: &Launchable) -> Result<Self, Refusal> {
        let (file, path) = open_behind_links(&launchable.program)?;
        let found = file.metadata().map_err(|error| FileError::io("examine", &path, error))?;
        check_file(&found, &path, launchable.new_privileges)?;
        // The same file, not whatever has its name now. One that may be executed and not read is a
        // program like any other, but neither a script nor one with a digest.
        let readable = reopen(&file);
        let script = readable.as_ref().is_ok_and(is_script);
        if let Some(digest) = &launchable.digest {
            let now = readable.and_then(sha256);
            let now = now.map_err(|source| Refusal::Unreadable { path: path.clone(), source })?;
            if now != *digest {
                return Err(Refusal::Changed { path, now: hex(&now) });
            }
        }
        Ok(Self { file, script })
    }

    /// The path under which a process that has this descriptor executes the very file.
    pub(crate) fn path(&self) -> PathBuf {
        descriptor_path(&self.file)
    }

    /// Whether an interpreter will open that path once more, so that the descriptor has to be
    /// open in it.
    pub(crate) fn is_script(&self) -> bool {
        self.script
    }
}

impl AsFd for CheckedProgram {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

fn check_file(file: &Metadata, path: &Path, new_privileges: bool) -> Result<(), Refusal> {
    let path = path.to_owned();
    if !file.is_file() {
        return Err(FileError::NotAFile { path }.into());
    }
    check::owner(file.uid(), &path)?;
    let mode = file.mode() & PERMISSIONS;
    if mode & WRITE_BY_OTHERS != 0 {
        return Err(FileError::WritableByOthers { path, mode }.into());
    }
    if mode & EXECUTE == 0 {
        return Err(Refusal::NotExecutable { path });
    }
    match mode & SET_USER_OR_GROUP != 0 && !new_privileges {
        true => Err(Refusal::Privileges { path }),
        false => Ok(()),
    }
}

fn descriptor_path(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn reopen(file: &File) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(descriptor_path(file), flags, Mode::empty())?))
}

fn is_script(file: &File) -> bool {
    let mut start = [0; 2];
    file.read_exact_at(&mut start, 0).is_ok() && start == *b"#!"
}

fn sha256(mut file: File) -> io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(count) => hasher.update(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
