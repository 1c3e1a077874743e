//! Why something was not recorded, or the trail not read.

use std::io;
use std::path::PathBuf;

use lockgate_system::FileError;

use crate::context::MAX_USES;

/// Why something was not recorded, or the trail not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// A file of the trail or its folder.
    #[error("the audit trail cannot be used")]
    File(#[from] FileError),
    /// The file does not end like one of the trail.
    #[error(
        "the end of `{}` is no audit trail; run `lockgate audit verify`, then move the file away",
        .path.display()
    )]
    NotATrail {
        /// The file.
        path: PathBuf,
    },
    /// Other processes gave the file another name each time that this one looked.
    #[error("`{}` is given another name again and again; see what writes to its folder", .path.display())]
    Moving {
        /// The file.
        path: PathBuf,
    },
    /// The event as JSON.
    #[error("the event cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The administrator's collector did not take the line, which is in the file.
    #[error("`{}` does not take audit lines; see that its service runs", .path.display())]
    Collector {
        /// Its socket.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// One request used capabilities more often than is recorded.
    #[error("one request used capabilities more than {MAX_USES} times; no more of it is recorded")]
    TooMany,
}
