//! Why docker's configuration cannot be read or changed. None of it quotes what may be a secret.

use std::path::PathBuf;

use super::MAX_DOCKER_CONFIG;
use crate::source::{visible, visible_path};

/// Why a `config.json` cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum DockerConfigError {
    /// Longer than 8 MiB, or it would be.
    #[error("docker's configuration `{}` is larger than {MAX_DOCKER_CONFIG} bytes", visible_path(.path))]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not JSON. docker warns, goes on with what it has read so far, and loses the rest when it saves.
    #[error("{}:{line}:{column}: docker's configuration is not JSON: {problem}", visible_path(.path))]
    NotJson {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser says, which quotes nothing.
        problem: String,
    },
    /// A value is of another kind than docker takes there.
    #[error("{}:{line}: {what} must be {expected}", visible_path(.path))]
    Kind {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// Which value.
        what: String,
        /// What it must be.
        expected: &'static str,
    },
    /// An entry of `auths` from which no credentials can be had.
    #[error(
        "{}:{line}: the entry `{}` cannot be read; log in to it again, or remove it",
        visible_path(.path), visible(.key)
    )]
    Entry {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The server.
        key: String,
        /// What is wrong with it.
        source: EntryProblem,
    },
    /// A helper in the file whose name could be that of another program.
    #[error("{}:{line}: {}", visible_path(.path), no_helper(.suffix))]
    Helper {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What it names.
        suffix: String,
    },
    /// A name that could be that of another program than one of docker's helpers.
    #[error("{}", no_helper(.0))]
    NoHelper(String),
    /// What should be kept is not what `config.json` can keep.
    #[error("this login cannot be kept in docker's configuration `{}`", visible_path(.path))]
    NotKept {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: EntryProblem,
    },
    /// The file is written so that a change of one value could change another.
    #[error(
        "docker's configuration `{}` is written in a way that is not changed here; look for a key that stands in it twice",
        visible_path(.path)
    )]
    Unclear {
        /// The file.
        path: PathBuf,
    },
}

fn no_helper(suffix: &str) -> String {
    let suffix = visible(suffix);
    format!(
        "`{suffix}` cannot be the name of a credential helper: it is `X` where the program is `docker-credential-X`, without blanks, `/`, `\\` and `..`, and does not begin with `-`"
    )
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryProblem {
    /// `auth` is not what docker decodes.
    #[error("its `auth` is not base64 with padding")]
    NotBase64,
    /// `auth` without a colon or with nothing before it.
    #[error("its `auth` is not a user name, a colon and a password")]
    NoUser,
    /// A value is not a text.
    #[error("its `{0}` must be a text in quotes")]
    NotText(&'static str),
    /// `auth` is missing where it alone counts.
    #[error("it has no `auth`")]
    NoAuth,
    /// A colon in a user name, which docker would take for the end of it.
    #[error("a user name with a colon would be read back as a shorter one")]
    Colon,
    /// A password without a user name.
    #[error("a password needs a user name")]
    PasswordAlone,
    /// A NUL, which docker cuts off at the ends of a password.
    #[error("a NUL character would not be read back")]
    Nul,
    /// A user name or an identity token that JSON cannot hold.
    #[error("it is not UTF-8 text")]
    NotUtf8,
}
