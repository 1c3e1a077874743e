//! The configuration file in cargo's home, as cargo finds it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_core::escape;
use lockgate_system::{ClientFile, FileError, create_client_folder, open_client_file, read_capped};

use crate::error::CommandError;

/// Most bytes of it: what is read of it for a request too.
const MAX_FILE: usize = 1 << 20;

/// Permission bits of a new one: it may come to hold a token.
const NEW_FILE: u32 = 0o600;
const PERMISSIONS: u32 = 0o777;
const WRITABLE: u32 = 0o200;

/// The file and what was in it when it was read.
pub(super) struct ConfigFile {
    cargo_home: PathBuf,
    /// The path that cargo opens, which may be a link.
    pub(super) path: PathBuf,
    /// Its text; `None` if there is no file.
    pub(super) text: Option<String>,
    mode: u32,
    names: u64,
}

impl ConfigFile {
    /// Reads it. As in cargo, a `config` without an ending comes before `config.toml`.
    pub(super) fn read(cargo_home: &Path) -> Result<Self, CommandError> {
        let legacy = cargo_home.join("config");
        let found = open_client_file(&legacy)?;
        let path = match found.map(|at| at.open()).transpose()?.flatten() {
            Some(_) => legacy,
            None => cargo_home.join("config.toml"),
        };
        let file = match open_client_file(&path)? {
            Some(at) => at.open()?,
            None => None,
        };
        let cargo_home = cargo_home.to_owned();
        let Some(file) = file else {
            return Ok(Self { cargo_home, path, text: None, mode: NEW_FILE, names: 0 });
        };
        let failed = |source| FileError::Io { action: "examine", path: path.clone(), source };
        let found = file.metadata().map_err(failed)?;
        let (mode, names) = (found.mode() & PERMISSIONS, found.nlink());
        let bytes = read_capped(&file, &path, MAX_FILE)?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| not_text(&path))?;
        Ok(Self { cargo_home, path, text: Some(text), mode, names })
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
        let now = Self::read(&self.cargo_home)?;
        match now.path == self.path && now.text == self.text {
            true => Ok(()),
            false => Err(CommandError::new(format!(
                "`{}` was changed meanwhile, and was left so; run the command again",
                escape(&self.path.display().to_string())
            ))),
        }
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
        create_client_folder(&self.cargo_home)?;
        let at = self.client_file()?;
        self.check_unchanged()?;
        at.replace(text.as_bytes(), self.mode)?;
        Ok(())
    }

    fn client_file(&self) -> Result<ClientFile, CommandError> {
        let missing = || FileError::NotAFolder { path: self.cargo_home.clone() };
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
    fn what_an_editor_wrote_last_is_neither_replaced_nor_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        for ours in [Some("[net]\nretry = 2\n"), None] {
            fs::write(&path, "[net]\nretry = 1\n").unwrap();
            let read = ConfigFile::read(home.path()).unwrap();
            fs::write(&path, "# theirs\n").unwrap();
            let error = read.write(ours).unwrap_err();
            assert!(error.message().contains("was changed meanwhile"), "{}", error.message());
            assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
        }
        // A file where there was none.
        fs::remove_file(&path).unwrap();
        let read = ConfigFile::read(home.path()).unwrap();
        fs::write(&path, "# theirs\n").unwrap();
        assert!(read.write(Some("")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
        // The twin: what nobody changed is.
        let read = ConfigFile::read(home.path()).unwrap();
        read.write(Some("[net]\n")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "[net]\n");
        ConfigFile::read(home.path()).unwrap().write(None).unwrap();
        assert!(!path.exists());
    }
}
