//! Where Lockgate keeps its files.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::FileError;
use crate::folder::check_closed;

/// The name of the folders of Lockgate in the platform's own ones.
const NAME: &str = "lockgate";

/// Lockgate's own places. Nothing of it need exist; folders are made when something is first
/// written ([`crate::Folder::create_private`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// The user's configuration, written by hand.
    pub config_file: PathBuf,
    /// Installed providers and their records.
    pub providers: PathBuf,
    /// What must survive: grants, audit, records of logins.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
}

/// Why there is no place for Lockgate's files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FoldersError {
    /// A variable names a folder relative to wherever the client happens to run.
    #[error("the variable {variable} is `{}`, which is not an absolute path; set it to one or unset it", .value.display())]
    Relative {
        /// Its name.
        variable: &'static str,
        /// Its value.
        value: PathBuf,
    },
    /// Neither the environment nor the system's user database knows a home.
    #[error("you seem to have no home folder; set HOME or LOCKGATE_HOME to an absolute path")]
    NoHome,
    /// `LOCKGATE_HOME` is not safe.
    #[error("the folder that LOCKGATE_HOME names cannot be used")]
    Unsafe(#[source] FileError),
}

impl Folders {
    /// Finds the folders by the environment.
    ///
    /// - `LOCKGATE_HOME`, if set and not empty, holds everything. It must be absolute and, if it is
    ///   there, the user's own and closed to others (0700). Anything else is an error, since
    ///   silently using other folders would use other grants.
    /// - Otherwise the XDG folders: `XDG_CONFIG_HOME`, `XDG_DATA_HOME` (providers),
    ///   `XDG_STATE_HOME` and `XDG_CACHE_HOME`, or `~/.config`, `~/.local/share`,
    ///   `~/.local/state` and `~/.cache`. As the XDG specification says, empty and relative values
    ///   of these are ignored.
    ///
    /// # Errors
    /// If `LOCKGATE_HOME` is relative or not safe, or a home is needed and there is none.
    pub fn find(variables: impl Fn(&str) -> Option<OsString>) -> Result<Self, FoldersError> {
        match variables("LOCKGATE_HOME").filter(|value| !value.is_empty()) {
            Some(value) => Self::within(PathBuf::from(value)),
            None => Self::of_the_platform(&variables),
        }
    }

    fn within(home: PathBuf) -> Result<Self, FoldersError> {
        if !home.is_absolute() {
            return Err(FoldersError::Relative { variable: "LOCKGATE_HOME", value: home });
        }
        check_closed(&home).map_err(FoldersError::Unsafe)?;
        Ok(Self {
            config_file: home.join("config.toml"),
            providers: home.join("providers"),
            state: home.join("state"),
            cache: home.join("cache"),
        })
    }

    fn of_the_platform(
        variables: &impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, FoldersError> {
        let folder = |variable, default: &str| {
            let set = variables(variable).map(PathBuf::from).filter(|path| path.is_absolute());
            let base = set.map_or_else(|| Ok(home_folder(variables)?.join(default)), Ok)?;
            Ok::<_, FoldersError>(base.join(NAME))
        };
        Ok(Self {
            config_file: folder("XDG_CONFIG_HOME", ".config")?.join("config.toml"),
            providers: folder("XDG_DATA_HOME", ".local/share")?.join("providers"),
            state: folder("XDG_STATE_HOME", ".local/state")?,
            cache: folder("XDG_CACHE_HOME", ".cache")?,
        })
    }
}

/// The user's home: `HOME`, or what the system's user database says if that is unset or empty.
///
/// # Errors
/// If it is relative, or there is none.
pub fn home_folder(variables: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, FoldersError> {
    let set = variables("HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set.or_else(std::env::home_dir).filter(|home| !home.as_os_str().is_empty());
    match home {
        Some(home) if home.is_absolute() => Ok(home),
        Some(value) => Err(FoldersError::Relative { variable: "HOME", value }),
        None => Err(FoldersError::NoHome),
    }
}
