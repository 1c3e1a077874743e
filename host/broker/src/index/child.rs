//! One step in a child, which may confine itself for good.

use std::io::{self, PipeReader, PipeWriter, Read, Write};

use lockgate_adapters::interrupt_foreground_job;
use lockgate_system::{ChildEnd, serve_and_listen};

use super::said::{Failed, Said};

/// The signal of Ctrl-C, by its number everywhere.
const SIGINT: i32 = 2;
/// Most bytes of a report: a file, or some sentences, and what escaping may make of them.
const MAX_REPORT: usize = 128 << 10;
/// How long a report is stands before it, in this many bytes: other processes may have inherited the
/// pipe, so that it need not come to its end.
const LENGTH: usize = size_of::<u32>();

/// Does something in a child and hands back what it tells.
pub(super) fn in_child(work: impl FnOnce() -> Result<Said, Failed>) -> Result<Said, Failed> {
    let failed = |error: io::Error| {
        Failed(vec![
            "a process that asks the registry cannot be made".to_owned(),
            error.to_string(),
        ])
    };
    let (told, mut tell) = io::pipe().map_err(failed)?;
    let mut bytes = Ok(Vec::new());
    let serve = move || match report(work()) {
        Some(bytes) => u8::from(write(&mut tell, &bytes).is_err()),
        None => 1,
    };
    // A pipe may hold less than a report: it is read before the child has ended.
    let ended = serve_and_listen(serve, || bytes = read(told));
    match ended.map_err(failed)? {
        ChildEnd::Code(0) => {}
        ChildEnd::Signal(SIGINT) => {
            // A person's Ctrl-C at a prompt reached the child alone.
            interrupt_foreground_job();
            return Err(Failed::because("interrupted"));
        }
        ChildEnd::Code(_) | ChildEnd::Signal(_) | ChildEnd::Unknown => {
            return Err(Failed::unexpected());
        }
    }
    serde_json::from_slice(&bytes.map_err(failed)?).unwrap_or_else(|_| Err(Failed::unexpected()))
}

fn write(tell: &mut PipeWriter, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    tell.write_all(&length.to_be_bytes())?;
    tell.write_all(bytes)
}

/// A whole report; nothing if the child ended before.
fn read(mut told: PipeReader) -> io::Result<Vec<u8>> {
    let (mut length, mut bytes) = ([0; LENGTH], Vec::new());
    if told.read_exact(&mut length).is_ok() {
        let length = u64::from(u32::from_be_bytes(length)).min(MAX_REPORT as u64);
        told.take(length).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn report(result: Result<Said, Failed>) -> Option<Vec<u8>> {
    let result = result.map_err(Failed::shortened);
    serde_json::to_vec(&result).ok().filter(|bytes| bytes.len() <= MAX_REPORT)
}

#[cfg(test)]
mod tests {
    use super::super::said::{Failed, MAX_TOLD, Said};
    use super::report;

    #[test]
    fn whatever_a_registry_writes_fits_into_the_report() {
        let worst = "\"".repeat(MAX_TOLD);
        assert!(report(Ok(Said::Found { json: worst, reusable: true })).is_some());
        let challenges = vec!["\"".repeat(8 << 10); 3];
        assert!(report(Ok(Said::Refused { challenges, ports: vec![1; 31] })).is_some());
        let long = Failed(vec!["\u{1}".repeat(1 << 20); 100]);
        assert!(report(Err(long)).is_some());
    }
}
