//! What people are told when a program was not what was expected of it.

use std::io;
use std::time::Duration;

use lockgate_system::LaunchError;

/// Why a program did not do its work. Never holds any of what it said or was told.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The launcher was made without it.
    #[error("`{program}` is none of the programs that may be started in this call")]
    Unknown {
        /// Its path.
        program: String,
    },
    /// Its file is not as it must be, or the system refused.
    #[error("`{program}` was not started")]
    Start {
        /// Its path.
        program: String,
        /// Why.
        source: LaunchError,
    },
    /// It cannot be waited for.
    #[error("it is not known how `{program}` ended")]
    End {
        /// Its path.
        program: String,
        /// Why.
        source: LaunchError,
    },
    /// It ran for too long.
    #[error(
        "`{program}` still ran after {} s and was ended; run it yourself to see what it waits for",
        .after.as_secs()
    )]
    Late {
        /// Its path.
        program: String,
        /// How long it may run.
        after: Duration,
    },
    /// It wrote too much.
    #[error("`{program}` wrote more than {limit} bytes, and was ended")]
    TooLong {
        /// Its path.
        program: String,
        /// The most that is read at once, in bytes.
        limit: usize,
    },
    /// Nobody reads what is written to it.
    #[error("`{program}` takes no more input: it has ended, or closed its standard input")]
    InputClosed {
        /// Its path.
        program: String,
    },
    /// The operating system refused.
    #[error("the pipes of `{program}` could not be used")]
    Pipe {
        /// Its path.
        program: String,
        /// What the operating system says.
        source: io::Error,
    },
}
