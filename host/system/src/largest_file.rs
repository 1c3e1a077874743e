//! How large a file this process, and what it starts, may make.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// From now on no file gets larger than this many bytes; a write that would make it so fails. It
/// cannot be taken back.
///
/// # Errors
/// If the system refuses it.
pub fn limit_written_files(bytes: u64) -> io::Result<()> {
    Ok(setrlimit(Resource::Fsize, Rlimit { current: Some(bytes), maximum: Some(bytes) })?)
}
