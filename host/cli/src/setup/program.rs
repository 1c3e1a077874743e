//! The name by which a client starts this program.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use lockgate_core::{escape, is_hidden};
use lockgate_system::{
    Named, ProgramLink, create_client_folder, is_program, is_users_own_folder, open_own_file,
    program_on_path,
};

use crate::error::CommandError;

/// This program, and its name for a client.
pub(super) struct Program {
    /// The client that starts it.
    client: &'static str,
    /// The file of this program.
    pub(super) file: PathBuf,
    /// Its name for the client: a link to the file.
    pub(super) link: PathBuf,
    found: Named,
    is_ours: bool,
}

impl Program {
    /// Looks for the name in `folder`; without one, beside this program if the folder is the user's
    /// own, else in `~/.local/bin`.
    pub(super) fn find(
        (client, name): (&'static str, &str),
        folder: Option<&Path>,
        home: Option<&Path>,
    ) -> Result<Self, CommandError> {
        let file = this_program()?;
        let folder = match folder {
            Some(folder) => std::path::absolute(folder).map_err(|error| {
                CommandError::new(format!("the folder `{}`: {error}", shown(folder)))
            })?,
            None => default_folder(&file, home)?,
        };
        let link = folder.join(name);
        check_legible(&link)?;
        check_legible(&file)?;
        let found = match ProgramLink::at(&link)? {
            Some(at) => at.found()?,
            None => Named::Nothing,
        };
        let is_ours = is_same(&link, &file);
        Ok(Self { client, file, link, found, is_ours })
    }

    /// The name as a configuration file names it.
    pub(super) fn text(&self) -> &str {
        self.link.to_str().unwrap_or_default()
    }

    /// Whether the name has to be made.
    pub(super) fn is_missing(&self) -> bool {
        !self.is_ours
    }

    /// What the name leads to now, if that is another program.
    pub(super) fn leads_to(&self) -> Option<&Path> {
        match &self.found {
            Named::Link(target) if !self.is_ours => Some(target),
            _ => None,
        }
    }

    /// Nothing of somebody else's is replaced without being told to, and a file never.
    pub(super) fn check_replaceable(&self, replace: bool) -> Result<(), CommandError> {
        let link = shown(&self.link);
        match &self.found {
            _ if self.is_ours => Ok(()),
            Named::Nothing => Ok(()),
            Named::Link(_) if replace => Ok(()),
            Named::Link(target) => Err(CommandError::new(format!(
                "`{link}` is a link to another program, `{}`; `--replace` replaces it, or \
                 `--bin-dir` names another folder",
                shown(target)
            ))),
            Named::Other => Err(CommandError::new(format!(
                "`{link}` is another program, which is not replaced; move it away, or name another \
                 folder with `--bin-dir`"
            ))),
        }
    }

    /// What a person should know about the name: who else could put another program there.
    pub(super) fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = Vec::new();
        for path in [&self.link, &self.file] {
            let checked = open_own_file(path).and_then(|at| at.map(|at| at.open()).transpose());
            if let Err(error) = checked {
                let warning = format!(
                    "{} gives credentials to what is at `{}`, and others can put something else \
                     there: {error}",
                    self.client,
                    shown(path)
                );
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        warnings
    }

    /// What keeps a client that looks in PATH for the name from finding this program there.
    pub(super) fn hidden_in(&self, search: &[PathBuf]) -> Option<NotFound> {
        let (folder, name) = (self.link.parent()?, self.link.file_name()?);
        for searched in search.iter().filter(|searched| searched.is_absolute()) {
            let found = searched.join(name);
            if searched == folder || is_same(searched, folder) || is_same(&found, &self.file) {
                return None;
            }
            if is_program(&found) {
                return Some(NotFound::Behind(found));
            }
        }
        Some(NotFound::Outside(folder.to_owned()))
    }

    /// Makes the name.
    pub(super) fn make(&self) -> Result<(), CommandError> {
        if let Some(folder) = self.link.parent() {
            create_client_folder(folder)?;
        }
        let made = match ProgramLink::at(&self.link)? {
            Some(at) => at.make(&self.file, &self.found)?,
            None => false,
        };
        // Another setup may have been faster.
        match made || is_same(&self.link, &self.file) {
            true => Ok(()),
            false => Err(CommandError::new(format!(
                "`{}` was changed meanwhile; run the command again",
                shown(&self.link)
            ))),
        }
    }
}

/// Why a client does not find this program by its name.
pub(super) enum NotFound {
    /// Its folder is none of PATH.
    Outside(PathBuf),
    /// Another program of the name comes first.
    Behind(PathBuf),
}

/// The folders that clients look for programs in.
pub(crate) fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&path()).collect()
}

/// The program that a client finds by this name.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    program_on_path(name, &path())
}

#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// The folder of PATH in which a client finds this very program by the name.
pub(super) fn folder_on_path(name: &str) -> Option<PathBuf> {
    let found = on_path(name).filter(|found| is_this_program(found))?;
    found.parent().map(Path::to_owned)
}

/// Whether a path leads to this very program.
pub(crate) fn is_this_program(path: &Path) -> bool {
    this_program().is_ok_and(|file| is_same(path, &file))
}

fn this_program() -> Result<PathBuf, CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::new(format!("the file of this program cannot be found: {error}"))
    };
    // A program that was replaced while it runs has a path that leads nowhere.
    std::env::current_exe().and_then(|path| path.canonicalize()).map_err(failed)
}

/// The same file, by whatever links.
fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    identity(one).is_some_and(|found| identity(other) == Some(found))
}

fn default_folder(file: &Path, home: Option<&Path>) -> Result<PathBuf, CommandError> {
    let beside = file.parent().filter(|folder| is_users_own_folder(folder));
    let own = || home.map(|home| home.join(".local/bin"));
    beside.map(Path::to_owned).or_else(own).ok_or_else(|| {
        CommandError::new("there is no folder for the name; name one with `--bin-dir`")
    })
}

/// A path with line ends or marks in it could not be read by the person who agrees to it.
fn check_legible(path: &Path) -> Result<(), CommandError> {
    match path.to_str().is_some_and(|text| !text.chars().any(is_hidden)) {
        true => Ok(()),
        false => Err(CommandError::new(format!(
            "the path `{}` has characters that cannot be shown or written; put the program into \
             another folder, or name one with `--bin-dir`",
            shown(path)
        ))),
    }
}

fn shown(path: &Path) -> String {
    escape(&path.display().to_string())
}
