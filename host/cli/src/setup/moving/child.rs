//! A process for one question, which confines itself to it.

use std::io::{self, Write};

use lockgate_core::shorten;
use lockgate_system::{ChildEnd, read_all, serve_in_child};
use zeroize::Zeroizing;

/// Longest answer of a child: half of what a pipe surely takes without a reader. Tokens have some
/// hundred bytes.
const MAX_ANSWER: usize = 32 << 10;

/// Longest reason that a child gives.
const MAX_REASON: usize = 4 << 10;

pub(super) const DONE: u8 = 0;
const FAILED: u8 = 1;

/// What a child says, or why it could not.
pub(crate) type Outcome = Result<Zeroizing<Vec<u8>>, String>;

/// Runs this in a child and gives back what it says.
pub(crate) fn child(work: impl FnOnce() -> Outcome) -> Outcome {
    let failed = |error: io::Error| format!("there is no process for it: {error}");
    let (reader, mut writer) = io::pipe().map_err(failed)?;
    let ended = serve_in_child(move || {
        let (code, said) = match work() {
            Ok(said) if said.len() > MAX_ANSWER => {
                (FAILED, Zeroizing::new(b"the token is too long to be moved".to_vec()))
            }
            Ok(said) => (DONE, said),
            Err(reason) => {
                (FAILED, Zeroizing::new(shorten(&reason, MAX_REASON).as_bytes().to_vec()))
            }
        };
        match writer.write_all(&said) {
            Ok(()) => code,
            Err(_) => FAILED,
        }
    });
    let said = read_all(reader, MAX_ANSWER, MAX_ANSWER).map_err(failed)?.unwrap_or_default();
    match ended.map_err(failed)? {
        ChildEnd::Code(DONE) => Ok(said),
        ChildEnd::Code(FAILED) => Err(String::from_utf8_lossy(&said).into_owned()),
        ChildEnd::Signal(signal) => Err(format!("it was interrupted by signal {signal}")),
        ChildEnd::Code(_) | ChildEnd::Unknown => Err("it ended before its time".to_owned()),
    }
}
