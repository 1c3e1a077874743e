//! Why a program was not started, on both sides of the launcher's socket.

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, io};

use crate::FileError;

/// Why a program was not started or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// The launcher has ended.
    #[error("the process that starts programs is gone")]
    Gone(#[source] io::Error),
    /// The launcher's answer was none.
    #[error("the process that starts programs did not answer as it should")]
    Garbled,
    /// More than fits into a message.
    #[error("the program's arguments are longer than {limit} bytes")]
    TooLong {
        /// The most there may be, in bytes.
        limit: usize,
    },
    /// What the launcher said.
    #[error(transparent)]
    Refused(Told),
}

impl LaunchError {
    pub(crate) fn refused(sentences: Vec<String>) -> Self {
        Told::chain(sentences).map_or(Self::Garbled, Self::Refused)
    }
}

/// An error of a process that serves this one, and its causes, as it told them.
#[derive(Debug)]
pub struct Told {
    sentence: String,
    cause: Option<Box<Self>>,
}

impl Told {
    /// Of an error's sentence and those of its causes; none if there are none.
    pub fn chain(sentences: Vec<String>) -> Option<Self> {
        sentences
            .into_iter()
            .rev()
            .fold(None, |cause, sentence| Some(Self { sentence, cause: cause.map(Box::new) }))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

impl Error for Told {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &dyn Error)
    }
}

/// Why the launcher does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` does not exist", .path.display())]
    Missing { path: PathBuf },
    #[error("`{}` is not executable; run `chmod +x` on it, or name another program", .path.display())]
    NotExecutable { path: PathBuf },
    #[error(
        "`{}` gains the rights of another user or group (setuid or setgid), which its grant does not allow; \
         `new-privileges = true` would",
        .path.display()
    )]
    Privileges { path: PathBuf },
    #[error(
        "`{}` has changed since it was granted: its digest is sha256:{now}; grant it with this digest if \
         you trust the new file",
        .path.display()
    )]
    Changed { path: PathBuf, now: String },
    #[error("`{}` cannot be read, so its digest cannot be checked", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the process that starts programs was not told of {what}, and does not start it")]
    NotTold { what: &'static str },
    #[error(
        "the variable `{name}` makes loaders or interpreters run other code, and is never handed on"
    )]
    LoaderVariable { name: String },
    #[error("{limit} programs run at once, and no more may; end one of them first")]
    TooMany { limit: usize },
    #[error("no working directory can be made for the program")]
    Scratch(#[source] FileError),
    #[error("the process that starts programs cannot prepare itself")]
    Unprepared(#[source] io::Error),
    #[error("`{}` cannot be started", .path.display())]
    Start { path: PathBuf, source: io::Error },
    #[error("no program of this number is running")]
    NotRunning,
    #[error("the program does not end although it was killed")]
    Undead,
}

impl Refusal {
    /// What is told to the other side of the socket: the error and each of its causes.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut next: Option<&dyn Error> = Some(self);
        while let Some(error) = next {
            sentences.push(error.to_string());
            next = error.source();
        }
        sentences
    }
}
