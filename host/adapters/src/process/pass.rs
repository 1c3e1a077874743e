//! `pass`, which prints what an entry holds. The line ends behind it are no part of the secret, as for
//! docker's own helper: editors leave one there.

use lockgate_core::{AdapterError, Process, ProcessRequest, Program, ProgramEnd, Secret};

use super::NativePrograms;

/// Programs that are `pass`.
#[derive(Debug)]
pub struct PassPrograms(NativePrograms);

impl PassPrograms {
    /// Those of one request.
    #[must_use]
    pub fn new(programs: NativePrograms) -> Self {
        Self(programs)
    }
}

impl Process for PassPrograms {
    fn start(&self, request: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        let shown = match request.arguments.as_slice() {
            [action, entry] if action == SHOW => Some(entry.clone()),
            _ => None,
        };
        let program = self.0.start(request)?;
        Ok(Box::new(Pass { program, shown, has_failed: false }))
    }
}

/// The one action that takes the secret key.
const SHOW: &str = "show";

struct Pass {
    program: Box<dyn Program>,
    /// The entry that is shown.
    shown: Option<String>,
    has_failed: bool,
}

impl Program for Pass {
    fn write(&mut self, bytes: &Secret) -> Result<(), AdapterError> {
        self.program.write(bytes)
    }

    fn read_line(&mut self, limit: usize) -> Result<Option<Secret>, AdapterError> {
        self.program.read_line(limit)
    }

    fn finish(&mut self, limit: usize) -> Result<ProgramEnd, AdapterError> {
        let end = self.program.finish(limit)?;
        self.has_failed = end.status != 0;
        Ok(ProgramEnd { status: end.status, output: without_line_ends(&end.output) })
    }

    /// gpg does not say what a person can do who is not asked for the passphrase here.
    fn diagnostics(&self) -> Vec<u8> {
        let mut written = self.program.diagnostics();
        if let Some(entry) = self.shown.as_ref().filter(|_| self.has_failed) {
            let remedy = format!(
                "if the key has a passphrase, run `pass show {entry}` in a terminal, where gpg can ask \
                 for it, and try again\n"
            );
            written.extend_from_slice(remedy.as_bytes());
        }
        written
    }
}

fn without_line_ends(output: &Secret) -> Secret {
    let bytes = output.expose();
    let is_inside = |byte: &u8| !matches!(byte, b'\n' | b'\r');
    let length = bytes.iter().rposition(is_inside).map_or(0, |last| last + 1);
    Secret::new(bytes.get(..length).unwrap_or_default().to_vec())
}

#[cfg(test)]
mod tests {
    use lockgate_core::Secret;

    use super::without_line_ends;

    #[test]
    fn line_ends_behind_a_secret_are_no_part_of_it() {
        for (printed, secret) in [
            ("s3cret", "s3cret"),
            ("s3cret\n", "s3cret"),
            ("s3cret\r\n\n\r", "s3cret"),
            ("\n{\r\n} \t\n", "\n{\r\n} \t"),
            ("\n\n", ""),
            ("", ""),
        ] {
            assert_eq!(without_line_ends(&Secret::from(printed)).expose_text(), Some(secret));
        }
    }
}
