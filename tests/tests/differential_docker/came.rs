//! What came of a row.

use std::collections::BTreeMap;
use std::fmt;

use lockgate_tests::rules::Outcome;

/// What all commands of a row came to, without what differs from run to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) codes: Vec<Option<i32>>,
    /// With a terminal, everything on its screen.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// How the helpers were called, in order.
    pub(crate) calls: Vec<String>,
    /// What the registry and its token server were asked, in order.
    pub(crate) asked: Vec<String>,
    /// The user's files, with their modes.
    pub(crate) files: BTreeMap<String, String>,
}

impl Outcome for Came {
    fn shown(&self) -> String {
        self.to_string()
    }

    fn words(&self) -> &str {
        &self.stderr
    }

    fn ends_as(&self, other: &Self) -> Result<(), &'static str> {
        let same = [
            (self.codes == other.codes, "the exit status"),
            (self.stdout == other.stdout, "the standard output"),
            (self.calls == other.calls, "the helper's calls"),
            (self.asked == other.asked, "the registry's requests"),
            (self.files == other.files, "the files"),
        ];
        same.into_iter().find(|(same, _)| !same).map_or(Ok(()), |(_, what)| Err(what))
    }
}

impl fmt::Display for Came {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codes, stdout, stderr, calls, asked, files } = self;
        writeln!(formatter, "exit status: {codes:?}")?;
        calls.iter().try_for_each(|call| writeln!(formatter, "called: {call}"))?;
        asked.iter().try_for_each(|request| writeln!(formatter, "asked: {request}"))?;
        for (path, text) in files {
            writeln!(formatter, "{path}:\n{text}")?;
        }
        writeln!(formatter, "stdout:\n{stdout}\nstderr:\n{stderr}")
    }
}
