//! What can be wrong with a file or a folder.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a file or a folder was not used: what happened, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// The operating system refused.
    #[error("cannot {action} `{}`", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A path that depends on the current directory.
    #[error("`{}` is not an absolute path", .path.display())]
    NotAbsolute {
        /// What was given.
        path: PathBuf,
    },
    /// A name that is not one plain component of a path.
    #[error("`{name}` cannot be the name of a file")]
    Name {
        /// What was given.
        name: String,
    },
    /// A symbolic link where a file or folder of its own must be.
    #[error("`{}` is a symbolic link, which is not followed here; put the file itself there", .path.display())]
    SymbolicLink {
        /// The link.
        path: PathBuf,
    },
    /// A chain of links without an end.
    #[error("too many symbolic links on the way to `{}`", .path.display())]
    TooManyLinks {
        /// What was to be opened.
        path: PathBuf,
    },
    /// Something else than a folder.
    #[error("`{}` is not a folder", .path.display())]
    NotAFolder {
        /// What is there.
        path: PathBuf,
    },
    /// A folder, pipe, device or socket where a file must be.
    #[error("`{}` is not a regular file", .path.display())]
    NotAFile {
        /// What is there.
        path: PathBuf,
    },
    /// Somebody else's.
    #[error(
        "`{}` belongs to user {owner}, who could change it; it must be your own (user {expected})",
        .path.display()
    )]
    Owner {
        /// The file, folder or link.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
        /// The number of the user who runs this process.
        expected: u32,
    },
    /// Somebody else's who could change what only the administrator may.
    #[error(
        "`{}` belongs to user {owner}, and must belong to the administrator; run `chown root` on it",
        .path.display()
    )]
    NotAdministrators {
        /// The file, folder or link.
        path: PathBuf,
        /// Its owner's number.
        owner: u32,
    },
    /// Others may write it.
    #[error(
        "`{}` can be written by other users (mode {mode:04o}); run `chmod go-w` on it",
        .path.display()
    )]
    WritableByOthers {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Others may look into it.
    #[error("`{}` is open to other users (mode {mode:04o}); run `chmod 700` on it", .path.display())]
    OpenToOthers {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The same file under another name, where somebody else may hold it.
    #[error("`{}` has other hard links; make it a file of its own by copying it", .path.display())]
    HardLinked {
        /// The file.
        path: PathBuf,
    },
    /// Larger than anything that is expected there.
    #[error("`{}` is larger than {limit} bytes", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// Somebody holds the lock for longer than anybody should.
    #[error(
        "`{}` is still locked by another process after {} s; end that process or try again",
        .path.display(), .waited.as_secs()
    )]
    LockTimeout {
        /// The locked file.
        path: PathBuf,
        /// How long this process waited.
        waited: Duration,
    },
    /// Without locks two processes could overwrite each other's change.
    #[error(
        "`{}` is on a file system without file locks, so it cannot be changed safely; move it to a local one",
        .path.display()
    )]
    LocksUnsupported {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl FileError {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
        source: impl Into<io::Error>,
    ) -> Self {
        Self::Io { action, path: path.into(), source: source.into() }
    }
}
