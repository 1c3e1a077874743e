//! Who may own and write what. Every check is made on something already opened.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::FileError;

const ROOT: u32 = 0;
const PERMISSIONS: u32 = 0o7777;
const STICKY: u32 = 0o1000;
const WRITE_BY_OTHERS: u32 = 0o022;
const ANY_BY_OTHERS: u32 = 0o077;
const WRITE_BY_EVERYONE: u32 = 0o002;
const READ: u32 = 0o444;
const SEARCH: u32 = 0o111;
const GROUP: u32 = 0o070;
const EVERYONE: u32 = 0o007;

/// What is asked of a file beside being a regular one of the user or root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileRule {
    /// Lockgate's own: nobody else may write it, and it has no second name.
    Own,
    /// A client's: its permissions are the client's business.
    Client,
    /// One that a grant names: not writable by everyone. The group may, since many systems give
    /// each user a group of their own and a umask of 002.
    Granted,
    /// Lockgate's own that the user writes by hand: nobody else may write it, but for the user's
    /// private group.
    ByHand,
}

pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn effective_group() -> u32 {
    rustix::process::getegid().as_raw()
}

pub(crate) fn owner(owner: u32, path: &Path) -> Result<(), FileError> {
    match owner == ROOT || owner == user() {
        true => Ok(()),
        false => Err(FileError::Owner { path: path.to_owned(), owner, expected: user() }),
    }
}

/// A folder on the way: nobody but the user and root can rename or replace what is in it.
pub(crate) fn ancestor(folder: &Metadata, path: &Path) -> Result<(), FileError> {
    owner(folder.uid(), path)?;
    match folder.mode() & STICKY {
        0 => not_writable_but_by_user(folder, path),
        _ => Ok(()),
    }
}

pub(crate) fn not_writable_but_by_user(metadata: &Metadata, path: &Path) -> Result<(), FileError> {
    let group = metadata.gid();
    match group == effective_group() && is_private_group(user(), group) {
        true => not_writable(metadata, path, WRITE_BY_EVERYONE),
        false => not_writable(metadata, path, WRITE_BY_OTHERS),
    }
}

/// Whether this group is the user's own, with nobody else in it: it has the user's number, as where
/// each user gets a group and a umask of 002 (`pam_umask`'s `usergroups`, and the profiles of Red
/// Hat's systems, which both except root as this does). That an administrator put others into it
/// is not looked for, nor are access lists, which only the folder's owner can have made.
fn is_private_group(user: u32, group: u32) -> bool {
    user != ROOT && user == group
}

/// Owned by root itself: not by the user, nor by the number that stands for a root who has none here.
pub(crate) fn administrator(owner: u32, path: &Path) -> Result<(), FileError> {
    match owner {
        ROOT => Ok(()),
        _ => Err(FileError::NotAdministrators { path: path.to_owned(), owner }),
    }
}

/// A folder on the way to the administrator's file: only root can rename or replace what is in it.
pub(crate) fn administrator_ancestor(folder: &Metadata, path: &Path) -> Result<(), FileError> {
    administrator(folder.uid(), path)?;
    match folder.mode() & STICKY {
        0 => not_writable(folder, path, WRITE_BY_OTHERS),
        _ => Ok(()),
    }
}

/// The administrator's file.
pub(crate) fn administrator_file(file: &Metadata, path: &Path) -> Result<(), FileError> {
    if !file.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    administrator(file.uid(), path)?;
    not_writable(file, path, WRITE_BY_OTHERS)
}

/// A folder of Lockgate's own.
pub(crate) fn private_folder(folder: &Metadata, path: &Path) -> Result<(), FileError> {
    if folder.uid() != user() {
        let (path, owner) = (path.to_owned(), folder.uid());
        return Err(FileError::Owner { path, owner, expected: user() });
    }
    not_writable(folder, path, WRITE_BY_OTHERS)
}

/// A folder that nobody else may even look into.
pub(crate) fn closed_folder(folder: &Metadata, path: &Path) -> Result<(), FileError> {
    private_folder(folder, path)?;
    let mode = folder.mode() & PERMISSIONS;
    match mode & ANY_BY_OTHERS {
        0 => Ok(()),
        _ => Err(FileError::OpenToOthers { path: path.to_owned(), mode }),
    }
}

pub(crate) fn file(file: &Metadata, path: &Path, rule: FileRule) -> Result<(), FileError> {
    if !file.is_file() {
        return Err(FileError::NotAFile { path: path.to_owned() });
    }
    owner(file.uid(), path)?;
    match rule {
        FileRule::Client => Ok(()),
        FileRule::Granted => not_writable(file, path, WRITE_BY_EVERYONE),
        FileRule::ByHand => not_writable_but_by_user(file, path),
        // None at all is right too: it was replaced since it was opened.
        FileRule::Own if file.nlink() > 1 => Err(FileError::HardLinked { path: path.to_owned() }),
        FileRule::Own => not_writable(file, path, WRITE_BY_OTHERS),
    }
}

/// Whether somebody else may read this file in this folder, as far as these two decide it. The user's
/// private group is nobody else.
pub(crate) fn is_readable_by_others(folder: &Metadata, file: &Metadata) -> bool {
    let may = |bits: u32| file.mode() & READ & bits != 0 && folder.mode() & SEARCH & bits != 0;
    let group = file.gid();
    let is_own_group = group == effective_group() && is_private_group(user(), group);
    may(EVERYONE) || !is_own_group && may(GROUP)
}

fn not_writable(metadata: &Metadata, path: &Path, bits: u32) -> Result<(), FileError> {
    let mode = metadata.mode() & PERMISSIONS;
    match mode & bits {
        0 => Ok(()),
        _ => Err(FileError::WritableByOthers { path: path.to_owned(), mode }),
    }
}
