//! A configuration file of a client, as the client finds it.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_core::escape;
use lockgate_registry::docker::MAX_DOCKER_CONFIG;
use lockgate_system::{ClientFile, FileError, create_client_folder, open_client_file, read_capped};

use zeroize::Zeroizing;

use crate::error::CommandError;

/// Most bytes of it: docker's may hold secrets of 1 MiB each, and this is what is read of it for a
/// request too.
const MAX_FILE: usize = MAX_DOCKER_CONFIG;

/// Permission bits of a new one: it may come to hold a token.
const NEW_FILE: u32 = 0o600;
const PERMISSIONS: u32 = 0o777;
const WRITABLE: u32 = 0o200;

/// The file and what was in it when it was read.
pub(super) struct ConfigFile {
    /// Where the client looks for it.
    candidates: Vec<PathBuf>,
    /// The path that the client opens, which may be a link.
    pub(super) path: PathBuf,
    text: Option<Zeroizing<String>>,
    mode: u32,
    names: u64,
}

impl ConfigFile {
    /// Reads the first of these that is there; where none is, the last one is to be made.
    ///
    /// # Errors
    /// If there is none to look at, or one cannot be read.
    pub(super) fn read(candidates: &[PathBuf]) -> Result<Self, CommandError> {
        let mut missing = None;
        for path in candidates {
            let found = open_client_file(path)?.map(|at| at.open()).transpose()?.flatten();
            match found {
                Some(file) => return Self::of(candidates, path, &file),
                None => missing = Some(path.clone()),
            }
        }
        let path = missing.ok_or_else(|| CommandError::new("there is no file to look at"))?;
        let candidates = candidates.to_owned();
        Ok(Self { candidates, path, text: None, mode: NEW_FILE, names: 0 })
    }

    fn of(candidates: &[PathBuf], path: &Path, file: &File) -> Result<Self, CommandError> {
        let failed = |source| FileError::Io { action: "examine", path: path.to_owned(), source };
        let found = file.metadata().map_err(failed)?;
        let (mode, names) = (found.mode() & PERMISSIONS, found.nlink());
        let bytes = read_capped(file, path, MAX_FILE)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| not_text(path))?;
        let text = Some(Zeroizing::new(text.to_owned()));
        Ok(Self { candidates: candidates.to_owned(), path: path.to_owned(), text, mode, names })
    }

    /// Its text; `None` if there is no file.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref().map(String::as_str)
    }

    /// Its path as text, which the record is written in.
    pub(super) fn shown(&self) -> Result<&str, CommandError> {
        self.path.to_str().ok_or_else(|| not_text(&self.path))
    }

    /// Whether a person may change it by an editor that asks no questions.
    pub(super) fn check_writable(&self) -> Result<(), CommandError> {
        if self.names > 1 {
            return Err(FileError::HardLinked { path: self.path.clone() }.into());
        }
        match self.text.is_none() || self.mode & WRITABLE != 0 {
            true => Ok(()),
            false => Err(CommandError::new(format!(
                "`{}` is read-only (mode {:04o}), and was not changed; if nothing else manages it, \
                 run `chmod u+w` on it",
                escape(&self.path.display().to_string()),
                self.mode
            ))),
        }
    }

    /// Whether the file is what it was when it was read.
    pub(super) fn check_unchanged(&self) -> Result<(), CommandError> {
        let now = Self::read(&self.candidates)?;
        match now.path == self.path && now.text == self.text {
            true => Ok(()),
            false => Err(self.was_changed()),
        }
    }

    pub(super) fn was_changed(&self) -> CommandError {
        CommandError::new(format!(
            "`{}` was changed meanwhile, and was left so; run the command again",
            escape(&self.path.display().to_string())
        ))
    }

    /// Puts this text in its place; removes the file if there is none. A link stays one. The last
    /// thing before is to look whether somebody changed it meanwhile: editors know no locks.
    pub(super) fn write(&self, text: Option<&str>) -> Result<(), CommandError> {
        let Some(text) = text else {
            let at = self.client_file()?;
            self.check_unchanged()?;
            at.folder().remove(at.name())?;
            return Ok(());
        };
        if let Some(folder) = self.path.parent() {
            create_client_folder(folder)?;
        }
        let at = self.client_file()?;
        self.check_unchanged()?;
        at.replace(text.as_bytes(), self.mode)?;
        Ok(())
    }

    fn client_file(&self) -> Result<ClientFile, CommandError> {
        let missing =
            || FileError::NotAFolder { path: self.path.parent().unwrap_or(&self.path).to_owned() };
        Ok(open_client_file(&self.path)?.ok_or_else(missing)?)
    }
}

fn not_text(path: &Path) -> CommandError {
    CommandError::new(format!("`{}` is not UTF-8", escape(&path.display().to_string())))
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::from_error(&error)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "the tests change files as an editor does")]

    use std::fs;

    use super::ConfigFile;

    #[test]
    fn the_first_that_is_there_is_the_file_and_the_last_is_made() {
        let home = tempfile::tempdir().unwrap();
        let paths = ["config", "config.toml"].map(|name| home.path().join(name));
        assert_eq!(ConfigFile::read(&paths).unwrap().path, paths[1]);
        fs::write(&paths[1], "[net]\n").unwrap();
        let read = ConfigFile::read(&paths).unwrap();
        assert_eq!((&read.path, read.text()), (&paths[1], Some("[net]\n")));
        // What comes before it counts from now on.
        fs::write(&paths[0], "# theirs\n").unwrap();
        assert!(read.write(Some("")).is_err());
        assert_eq!(ConfigFile::read(&paths).unwrap().path, paths[0]);
    }

    #[test]
    fn what_an_editor_wrote_last_is_neither_replaced_nor_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        for ours in [Some("[net]\nretry = 2\n"), None] {
            fs::write(&path, "[net]\nretry = 1\n").unwrap();
            let read = ConfigFile::read(std::slice::from_ref(&path)).unwrap();
            fs::write(&path, "# theirs\n").unwrap();
            let error = read.write(ours).unwrap_err();
            assert!(error.message().contains("was changed meanwhile"), "{}", error.message());
            assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
        }
        // A file where there was none.
        fs::remove_file(&path).unwrap();
        let read = ConfigFile::read(std::slice::from_ref(&path)).unwrap();
        fs::write(&path, "# theirs\n").unwrap();
        assert!(read.write(Some("")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
        // The twin: what nobody changed is.
        let read = ConfigFile::read(std::slice::from_ref(&path)).unwrap();
        read.write(Some("[net]\n")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[net]\n");
        ConfigFile::read(std::slice::from_ref(&path)).unwrap().write(None).unwrap();
        assert!(!path.exists());
    }
}
