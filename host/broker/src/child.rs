//! One step of asking a registry, in a child, which may confine itself for good.

use std::io::{self, PipeReader, PipeWriter, Read, Write};

use lockgate_adapters::interrupt_foreground_job;
use lockgate_core::Secret;
use lockgate_system::{ChildEnd, serve_and_listen};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use crate::failed::Failed;

/// The signal of Ctrl-C, by its number everywhere.
const SIGINT: i32 = 2;
/// Most bytes of a report: a file, some sentences or a token, and what escaping may make of them.
const MAX_REPORT: usize = 8 << 20;
/// How long a report is stands before it, in this many bytes: other processes may have inherited the
/// pipe, so that it need not come to its end.
const LENGTH: usize = size_of::<u32>();

/// Does something in a child and hands back what it tells.
pub(crate) fn in_child<T: Serialize + DeserializeOwned>(
    work: impl FnOnce() -> Result<T, Failed>,
) -> Result<T, Failed> {
    let failed = |error: io::Error| {
        Failed(vec![
            "a process that asks the registry cannot be made".to_owned(),
            error.to_string(),
        ])
    };
    let (told, mut tell) = io::pipe().map_err(failed)?;
    let mut bytes = Ok(Zeroizing::default());
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

/// The same for other crates. Nothing of what `work` changes in memory is seen here; what it holds is
/// dropped before it is waited for. Call it while the process has one thread.
///
/// # Errors
/// Those of `work`, sentences for people with the outermost first, or why there is no child.
pub fn apart<T: Serialize + DeserializeOwned>(
    work: impl FnOnce() -> Result<T, Vec<String>>,
) -> Result<T, Vec<String>> {
    in_child(|| work().map_err(Failed)).map_err(|failed| failed.0)
}

/// A secret that a child tells: text, which crosses by the pipe alone.
#[derive(Debug)]
pub struct Told(pub Secret);

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.expose_text().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|text| Self(Secret::from(text)))
    }
}

fn write(tell: &mut PipeWriter, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    tell.write_all(&length.to_be_bytes())?;
    tell.write_all(bytes)
}

/// A whole report; nothing if the child ended before.
fn read(mut told: PipeReader) -> io::Result<Zeroizing<Vec<u8>>> {
    let (mut length, mut bytes) = ([0; LENGTH], Zeroizing::new(Vec::new()));
    if told.read_exact(&mut length).is_ok() {
        let length = u64::from(u32::from_be_bytes(length)).min(MAX_REPORT as u64);
        // No copy is left where it would grow.
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default());
        told.take(length).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn report<T: Serialize>(result: Result<T, Failed>) -> Option<Zeroizing<Vec<u8>>> {
    let result = result.map_err(Failed::shortened);
    let bytes = serde_json::to_vec(&result).ok().map(Zeroizing::new);
    bytes.filter(|bytes| bytes.len() <= MAX_REPORT)
}

#[cfg(test)]
mod tests {
    use super::report;
    use crate::failed::Failed;
    use crate::index::said::{MAX_TOLD, Said};

    #[test]
    fn whatever_a_registry_writes_fits_into_the_report() {
        let worst = "\"".repeat(MAX_TOLD);
        assert!(report(Ok(Said::Found { json: worst, reusable: true })).is_some());
        let challenges = vec!["\"".repeat(8 << 10); 3];
        assert!(report(Ok(Said::Refused { challenges, ports: vec![1; 31] })).is_some());
        let long = Failed(vec!["\u{1}".repeat(1 << 20); 100]);
        assert!(report::<Said>(Err(long)).is_some());
    }
}
