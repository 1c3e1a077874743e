//! Whether the chain holds.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::AuditError;
use crate::files::{KEPT, Part, all, older};
use crate::follow::lines;
use crate::line::{Line, Link};

/// What nobody can see in a chain, for people.
pub const WHAT_A_CHAIN_CANNOT_SHOW: &str = "\
A chain shows changes in the middle. It does not show that the newest lines were cut off, nor the
oldest ones of the oldest file. And whoever can write the files can write them anew as a whole: that
is the user, and every program of the user's. A collector that the administrator names keeps a copy
out of their reach.";

/// Most problems that are told one by one: more say no more.
const MAX_PROBLEMS: usize = 100;

/// What was found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files there are.
    pub files: usize,
    /// How many whole lines.
    pub lines: u64,
    /// How many times a writer was interrupted, by a crash or a loss of power. That is no problem.
    pub torn: u64,
    /// The first line.
    pub first: Option<End>,
    /// The last one.
    pub last: Option<End>,
    /// What is wrong, the first hundred of it.
    pub problems: Vec<Problem>,
}

/// The first or the last line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Its number.
    pub seq: u64,
    /// Its time, without what could act on a terminal.
    pub time: String,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file.display(), self.line, self.what)
    }
}

/// Goes along the whole chain in this folder.
///
/// # Errors
/// If a file cannot be read.
pub fn verify(folder: &Path) -> Result<Report, AuditError> {
    let parts = all(folder)?;
    // Only a line that made room for a newer one may be missing.
    let kept_all = parts.iter().all(|part| !part.path.ends_with(older(KEPT)));
    let mut walk = Walk { kept_all, ..Walk::default() };
    walk.report.files = parts.len();
    for part in &parts {
        walk.file(part)?;
    }
    walk.settle(false);
    Ok(walk.report)
}

#[derive(Default)]
struct Walk {
    report: Report,
    last: Option<Link>,
    /// Pieces that are no lines, until it is known what follows.
    pieces: Vec<Piece>,
    /// Whether no file was ever removed to make room.
    kept_all: bool,
}

/// Something that is no line.
struct Piece {
    file: PathBuf,
    line: usize,
    /// Whether its file ends with it, without a line end: what an interrupted writer leaves.
    open: bool,
}

impl Walk {
    fn file(&mut self, part: &Part) -> Result<(), AuditError> {
        let bytes = part.read()?;
        let mut pieces = lines(&bytes).enumerate().peekable();
        while let Some((index, piece)) = pieces.next() {
            let line = index + 1;
            match Line::parse(piece) {
                Some(whole) => self.line(&part.path, line, whole),
                None if self.pieces.len() < MAX_PROBLEMS => {
                    let open = pieces.peek().is_none() && !bytes.ends_with(b"\n");
                    self.pieces.push(Piece { file: part.path.clone(), line, open });
                }
                None => {}
            }
        }
        Ok(())
    }

    fn line(&mut self, path: &Path, number: usize, line: Line<'_>) {
        self.settle(line.is_torn);
        if let Some(what) = self.wrong_with(&line) {
            self.problem(path.to_owned(), number, what);
        }
        let end = End { seq: line.link.seq, time: line.time };
        self.report.first.get_or_insert_with(|| end.clone());
        self.report.last = Some(end);
        self.report.lines += 1;
        self.last = Some(line.link);
    }

    fn wrong_with(&self, line: &Line<'_>) -> Option<String> {
        let seq = line.link.seq;
        let last = match &self.last {
            Some(last) => last.clone(),
            None if seq == 1 => Link::default(),
            None if self.kept_all => {
                return Some(format!(
                    "the trail begins with its line {seq}: what was before is missing"
                ));
            }
            None => return None,
        };
        let expected = last.seq.saturating_add(1);
        if seq != expected {
            return Some(format!(
                "this is line {seq} of the trail where {expected} belongs: lines were removed, \
                 added or moved"
            ));
        }
        let changed = || "this line, or what it says of the one before, was changed".to_owned();
        (!line.continues(&last)).then(changed)
    }

    /// Judges what is no line by what follows: the writer after an interrupted one ends its piece and
    /// says so.
    fn settle(&mut self, torn: bool) {
        let mut pieces = std::mem::take(&mut self.pieces);
        if torn && pieces.last().is_some_and(|last| !last.open) {
            pieces.pop();
            self.report.torn += 1;
        }
        for piece in pieces {
            match piece.open {
                true => self.report.torn += 1,
                false => {
                    let what = "this is not a line of the trail".to_owned();
                    self.problem(piece.file, piece.line, what);
                }
            }
        }
    }

    fn problem(&mut self, file: PathBuf, line: usize, what: String) {
        if self.report.problems.len() < MAX_PROBLEMS {
            self.report.problems.push(Problem { file, line, what });
        }
    }
}
