//! What people are told when docker's `config.json` is not read or changed.

use std::io::ErrorKind;
use std::path::PathBuf;

use lockgate_registry::docker::DockerConfigError;
use lockgate_system::{ClientFile, FileError};

/// Why docker's `config.json` was not read or changed. Never holds anything secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DockerConfigFileError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// What it says, or what it should say.
    #[error(transparent)]
    Config(#[from] DockerConfigError),
    /// Bytes that are no text.
    #[error("{}:{line}: docker's configuration is not UTF-8 text", .path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// Nothing can be made or replaced beside it.
    #[error(
        "docker's configuration `{}` cannot be changed: its folder may not be written to; \
         make the folder writable, or set DOCKER_CONFIG to another one",
        .path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: FileError,
    },
    /// A file that is mounted by itself, as into a container.
    #[error(
        "docker's configuration `{}` cannot be replaced, since this one file is mounted here; \
         mount its folder instead, or set DOCKER_CONFIG to another one",
        .path.display()
    )]
    Mounted {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: FileError,
    },
    /// Somebody writes it without an end.
    #[error(
        "docker's configuration `{}` was changed by another program each time that it was to be written; \
         end that program or try again",
        .path.display()
    )]
    Restless {
        /// The file.
        path: PathBuf,
    },
    /// Whoever may write the file or its folder could read what is kept there, or change it.
    #[error("no credential is kept in docker's configuration where others could take or change it")]
    Writers(#[source] FileError),
    /// docker leaves an empty entry in the file for what a helper keeps.
    #[error(
        "docker's configuration `{}` names Lockgate for {}, so that docker would write an empty entry over \
         one that is kept in it; list another provider in `[docker]` of Lockgate's config.toml, or take \
         `lockgate` out of `credsStore` and `credHelpers` there",
        .path.display(), lockgate_core::escape(.server)
    )]
    WrittenOver {
        /// The file.
        path: PathBuf,
        /// The key.
        server: String,
    },
    /// docker's entries have one each.
    #[error("an entry in docker's configuration needs an account name; log in with one")]
    NoAccount,
    /// More than the file keeps.
    #[error(
        "a secret of {length} bytes is too long for docker's configuration, where at most {limit} are kept"
    )]
    TooLong {
        /// Its length.
        length: usize,
        /// The most.
        limit: usize,
    },
}

impl DockerConfigFileError {
    /// What an error means that came while the file was to be changed.
    pub(super) fn of_change(source: FileError, at: &ClientFile) -> Self {
        let FileError::Io { source: cause, .. } = &source else { return source.into() };
        let path = at.path();
        match cause.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { path, source }
            }
            ErrorKind::ResourceBusy | ErrorKind::CrossesDevices => Self::Mounted { path, source },
            _ => source.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use lockgate_system::{FileError, open_client_file};

    use super::DockerConfigFileError;

    #[test]
    fn what_keeps_the_file_from_being_replaced_is_told_with_its_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        let at = open_client_file(&path).unwrap().unwrap();
        for (kind, words) in [
            (ErrorKind::PermissionDenied, "make the folder writable"),
            (ErrorKind::ReadOnlyFilesystem, "make the folder writable"),
            (ErrorKind::ResourceBusy, "mount its folder instead"),
            (ErrorKind::CrossesDevices, "mount its folder instead"),
            (ErrorKind::StorageFull, "cannot write"),
        ] {
            let source = Error::from(kind);
            let error = FileError::Io { action: "write", path: path.clone(), source };
            let told = DockerConfigFileError::of_change(error, &at).to_string();
            assert!(told.contains(words), "{kind}: {told}");
            assert!(told.contains(&path.display().to_string()), "{told}");
        }
    }
}
