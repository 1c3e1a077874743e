//! What came of a row.

use std::collections::BTreeMap;
use std::fmt;

use lockgate_tests::rules::Outcome;

/// What all commands of a row came to, without what differs from run to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) codes: Vec<Option<i32>>,
    /// What the recorder was asked, in order.
    pub(crate) asked: Vec<String>,
    /// The tokens that the registry saw, if the row is about them.
    pub(crate) tokens: Vec<String>,
    pub(crate) stderr: String,
    pub(crate) stdout: String,
    /// The user's and the project's files, with their modes.
    pub(crate) files: BTreeMap<String, String>,
}

impl Outcome for Came {
    fn shown(&self) -> String {
        format!("{}\n{}\n{}", self.asked.join("\n"), self.tokens.join("\n"), self.stderr)
            + &self.files.iter().map(|(path, text)| format!("\n{path}\n{text}")).collect::<String>()
    }

    fn words(&self) -> &str {
        &self.stderr
    }

    fn ends_as(&self, other: &Self) -> Result<(), &'static str> {
        let same = [
            (self.codes == other.codes, "the exit status"),
            (self.asked == other.asked, "the requests"),
            (self.tokens == other.tokens, "the tokens"),
            (self.stdout == other.stdout, "the standard output"),
            (self.files == other.files, "the files"),
        ];
        same.into_iter().find(|(same, _)| !same).map_or(Ok(()), |(_, what)| Err(what))
    }
}

impl fmt::Display for Came {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { codes, asked, tokens, stderr, stdout, files } = self;
        writeln!(formatter, "exit status: {codes:?}\nasked: {asked:#?}\ntokens: {tokens:?}")?;
        for (path, text) in files {
            writeln!(formatter, "{path}:\n{text}")?;
        }
        writeln!(formatter, "stdout:\n{stdout}\nstderr:\n{stderr}")
    }
}
