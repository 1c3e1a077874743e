//! Reading and changing `config.json` beside docker, which takes no lock and replaces the file.

use std::fs::File;
use std::path::Path;

use lockgate_registry::docker::{DockerConfig, DockerConfigError, MAX_DOCKER_CONFIG};
use lockgate_system::{ClientFile, FileError, create_client_folder, open_client_file, read_capped};
use zeroize::Zeroizing;

use super::DockerConfigFileError as Error;

/// How often a change is made anew because another program changed the file meanwhile.
const MAX_ATTEMPTS: usize = 16;

/// The new text of the file; none if nothing is to be changed.
pub type Edited = Result<Option<Zeroizing<String>>, DockerConfigError>;

/// The text of docker's `config.json`; none if there is none. The user's own links are followed.
///
/// # Errors
/// If it cannot be read, is somebody else's or no text.
pub fn read(path: &Path) -> Result<Option<Zeroizing<String>>, Error> {
    let Some(at) = open_client_file(path)? else { return Ok(None) };
    let content = Content::of(&at)?;
    Ok(content.file.is_some().then_some(content.text))
}

/// Whether other users of the machine may read docker's `config.json`.
///
/// # Errors
/// If that cannot be found out.
pub fn is_readable_by_others(path: &Path) -> Result<bool, Error> {
    let at = open_client_file(path)?;
    Ok(at.map_or(Ok(false), |at| at.is_readable_by_others())?)
}

/// That nobody else can write what is there. docker does not ask.
pub(super) fn check_writers(path: &Path) -> Result<(), Error> {
    let at = open_client_file(path)?;
    at.map_or(Ok(()), |at| at.check_writers()).map_err(|error| match error {
        FileError::WritableByOthers { .. } => Error::Writers(error),
        other => other.into(),
    })
}

/// Changes docker's `config.json` by an edit of its text, which is empty if there is no file, and says
/// whether it was changed. Folder and file are made where they are missing, for the user alone; what
/// is there keeps its mode, owner and group, and a link stays one.
///
/// Programs of Lockgate's wait for each other, by a lock that is a file of its own beside the real one,
/// `.config.json.lockgate-lock`. docker knows no lock: the file is read again right before it is
/// replaced, and edited anew if it is not what it was; what docker itself overwrites is lost as it is
/// between two dockers. A file that the edit leaves as it is is not touched, nor anything beside it.
///
/// # Errors
/// Those of the edit, if what is there cannot be read, which is not written over, and if it is not
/// certain that the new text is kept. The old one is there then.
pub fn change(path: &Path, edit: impl Fn(&str) -> Edited) -> Result<bool, Error> {
    // What needs no change needs neither a lock nor a folder that can be written to.
    let edit = |text: &str| {
        // What docker would not read is mended by a person and not by a change of something else.
        DockerConfig::parse(text, path)?;
        edit(text)
    };
    if edit(&read(path)?.unwrap_or_default())?.is_none() {
        return Ok(false);
    }
    let at = locate_or_create(path)?;
    let of_change = |error| Error::of_change(error, &at);
    let _lock = at.folder().lock(lock_name(&at)).map_err(of_change)?;
    for _ in 0..MAX_ATTEMPTS {
        let old = Content::of(&at)?;
        let Some(new) = edit(&old.text)? else { return Ok(false) };
        let replaced = at.replace_like(old.file.as_ref(), new.as_bytes(), || old.is_current(&at));
        if replaced.map_err(of_change)? {
            return Ok(true);
        }
    }
    Err(Error::Restless { path: at.path() })
}

fn lock_name(at: &ClientFile) -> String {
    format!(".{}.lockgate-lock", at.name().to_string_lossy())
}

fn locate_or_create(path: &Path) -> Result<ClientFile, Error> {
    if let Some(at) = open_client_file(path)? {
        return Ok(at);
    }
    if let Some(folder) = path.parent() {
        create_client_folder(folder)?;
    }
    let missing = || FileError::NotAFolder { path: path.to_owned() };
    Ok(open_client_file(path)?.ok_or_else(missing)?)
}

/// What is in the file, and which file it is.
struct Content {
    file: Option<File>,
    text: Zeroizing<String>,
}

impl Content {
    fn of(at: &ClientFile) -> Result<Self, Error> {
        let file = at.open()?;
        let bytes = bytes(file.as_ref(), at)?;
        Ok(Self { file, text: text(bytes, &at.path())? })
    }

    /// Whether the very file is still there with the same content.
    fn is_current(&self, at: &ClientFile) -> Result<bool, FileError> {
        let now = at.open()?;
        let same = match &self.file {
            Some(file) => at.is_current(file)?,
            None => now.is_none(),
        };
        Ok(same && *bytes(now.as_ref(), at)? == self.text.as_bytes())
    }
}

fn bytes(file: Option<&File>, at: &ClientFile) -> Result<Zeroizing<Vec<u8>>, FileError> {
    match file {
        Some(file) => read_capped(file, &at.path(), MAX_DOCKER_CONFIG),
        None => Ok(Zeroizing::default()),
    }
}

fn text(mut bytes: Zeroizing<Vec<u8>>, path: &Path) -> Result<Zeroizing<String>, Error> {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            let bytes = Zeroizing::new(error.into_bytes());
            let whole = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
            let line = bytes.iter().take(whole).filter(|byte| **byte == b'\n').count() + 1;
            Err(Error::NotUtf8 { path: path.to_owned(), line })
        }
    }
}
