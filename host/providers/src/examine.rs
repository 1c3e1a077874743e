//! Examining what others wrote: in a process of its own, within limits.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use lockgate_core::{escape_lines, shorten};
use lockgate_system::{ChildError, ChildLimits, OWN_PROGRAM, limited_child};
use serde::{Deserialize, Serialize};

use crate::Digest;
use crate::component::{ExamineError, Examined, MAX_COMPONENT, examine};

/// The only argument of a program that is to examine what is on its standard input.
pub const EXAMINE_ARGUMENT: &str = "--examine-component";

/// What examining may use. The largest component takes a second and some hundred MiB.
const LIMITS: ChildLimits = ChildLimits {
    memory: 2 << 30,
    cpu: Duration::from_secs(20),
    wall: Duration::from_secs(30),
    output: 2 << 20,
};

/// Most bytes of what is said about a component.
const MAX_SAID: usize = 2000;

/// Says what a component is, or why it is no provider.
pub type Examine<'a> = dyn Fn(&[u8]) -> Result<Examined, ExaminationError> + 'a;

/// A component, and what it says of itself.
#[derive(Clone, Debug)]
pub struct ExaminedComponent {
    bytes: Vec<u8>,
    examined: Examined,
}

/// Why it is not known what a component says of itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExaminationError {
    /// It is no provider.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The child process did not end well: it met a limit, or did not start.
    #[error("the component could not be examined, so it cannot be installed")]
    Child(#[source] ChildError),
    /// The child process said something else than what was found.
    #[error("the process that examined the component ended without saying what it found")]
    Unclear(#[source] serde_json::Error),
}

/// Why a component is no provider, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{words}")]
pub struct Refusal {
    words: String,
    has_two_manifests: bool,
}

/// What the child says.
#[derive(Serialize, Deserialize)]
enum Report {
    Found { manifest: String, imports: Vec<String>, world: String },
    Refused(Refusal),
}

impl ExaminedComponent {
    /// Examines a component.
    ///
    /// # Errors
    /// If it is no provider.
    pub fn new(bytes: Vec<u8>, examine: &Examine<'_>) -> Result<Self, ExaminationError> {
        if bytes.len() > MAX_COMPONENT {
            return Err(Refusal::from(ExamineError::TooLarge { size: bytes.len() }).into());
        }
        let examined = examine(&bytes)?;
        Ok(Self { bytes, examined })
    }

    /// The component itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says of itself.
    pub fn examined(&self) -> &Examined {
        &self.examined
    }
}

impl Refusal {
    /// Whether it is that the component has more than one manifest.
    pub fn has_two_manifests(&self) -> bool {
        self.has_two_manifests
    }
}

impl From<ExamineError> for Refusal {
    fn from(error: ExamineError) -> Self {
        let causes =
            std::iter::successors(std::error::Error::source(&error), |error| error.source());
        let words = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
        Self {
            words: words.collect::<Vec<_>>().join(": "),
            has_two_manifests: matches!(error, ExamineError::TwoManifests),
        }
    }
}

impl From<ExamineError> for ExaminationError {
    fn from(error: ExamineError) -> Self {
        Self::Refused(error.into())
    }
}

/// Examines a component in a child process.
///
/// # Errors
/// If it is no provider, or the child does not start or meets a limit.
pub fn examine_in_child(component: &[u8]) -> Result<Examined, ExaminationError> {
    let argument = OsStr::new(EXAMINE_ARGUMENT);
    let said = limited_child(Path::new(OWN_PROGRAM), &[argument], component, &LIMITS)
        .map_err(ExaminationError::Child)?;
    match serde_json::from_slice(&said).map_err(ExaminationError::Unclear)? {
        Report::Found { manifest, imports, world } => {
            Ok(Examined { manifest, imports, world, digest: Digest::of(component) })
        }
        // The words quote names that the component chose.
        Report::Refused(Refusal { words, has_two_manifests }) => {
            let words = escape_lines(&shorten(&words, MAX_SAID));
            Err(Refusal { words, has_two_manifests }.into())
        }
    }
}

/// The child's work: examines what `input` has, and writes what it found to `output`.
///
/// # Errors
/// If `input` cannot be read or `output` cannot be written.
pub fn examine_stream(input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut component = Vec::new();
    input.take(MAX_COMPONENT as u64 + 1).read_to_end(&mut component)?;
    let report = match examine(&component) {
        Ok(Examined { manifest, imports, world, .. }) => Report::Found { manifest, imports, world },
        Err(error) => Report::Refused(error.into()),
    };
    serde_json::to_writer(&mut output, &report)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::{Report, examine_stream};

    fn report(component: &[u8]) -> Report {
        let mut said = Vec::new();
        examine_stream(component, &mut said).unwrap();
        serde_json::from_slice(&said).unwrap()
    }

    #[test]
    fn what_is_found_and_what_is_refused_is_told() {
        let provider = wat::parse_str(
            r#"(component (@custom "lockgate:manifest" "name = 1") (instance $p)
                (export "lockgate:provider/provider@0.1.0" (instance $p)))"#,
        );
        let Report::Found { manifest, world, imports } = report(&provider.unwrap()) else {
            panic!("it was refused");
        };
        assert_eq!((manifest.as_str(), world.as_str(), imports.len()), ("name = 1", "0.1.0", 0));
        let Report::Refused(refusal) = report(b"\0asm\x0d\0\x01\0\xff") else {
            panic!("it was taken");
        };
        let words = refusal.to_string();
        assert!(words.starts_with("the file is no valid component, or uses"), "{words}");
        assert!(words.contains("supported: "), "the cause is told too: {words}");
    }
}
