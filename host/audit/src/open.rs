//! The file that is written, and what its next line goes on from.

use std::path::Path;

use lockgate_system::{AppendFile, Folder};

use crate::AuditError;
use crate::files::{CURRENT, FULL, KEPT, LARGEST, MAX_TURNS, PATIENCE, older, turn};
use crate::line::{Body, Link, MAX_LINE, Tail};

/// How much of a file's end is looked at first, in bytes: an ordinary line is in it.
const SHORT_TAIL: usize = 2 << 10;

/// How much is looked at then, in bytes: a torn line and the whole one before it.
const TAIL: usize = 2 * MAX_LINE;

/// The file that is written, open.
#[derive(Debug)]
pub(crate) struct Open {
    folder: Folder,
    file: AppendFile,
    process: u32,
    last: Option<Last>,
}

/// What is known of the file without looking: it holds while the length is the same.
#[derive(Debug)]
struct Last {
    length: u64,
    link: Link,
}

/// What the next line has to go on from.
struct Start {
    link: Link,
    torn: bool,
    open: bool,
}

impl Open {
    /// Opens the file, made with its folder where they are missing.
    pub(crate) fn new(path: &Path) -> Result<Self, AuditError> {
        let folder = Folder::create_private(path)?;
        let file = folder.open_append(CURRENT)?;
        Ok(Self { folder, file, process: std::process::id(), last: None })
    }

    /// Whether this process opened it. Its lock would not keep a parent and its child apart.
    pub(crate) fn is_ours(&self) -> bool {
        self.process == std::process::id()
    }

    /// Gives the file another name if it is full, so that this process hardly has to do it later.
    pub(crate) fn make_room(&mut self) -> Result<(), AuditError> {
        self.locked(|_| Ok(()))
    }

    /// Writes one line behind all others and returns it.
    pub(crate) fn write(&mut self, body: Body<'_>) -> Result<String, AuditError> {
        self.locked(|locked| locked.write(body))
    }

    /// Does something under the lock of the file that has the name.
    fn locked<T>(
        &mut self,
        action: impl FnOnce(Locked<'_>) -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        for _ in 0..MAX_TURNS {
            let lock = self.file.lock(PATIENCE)?;
            match self.file.length_in(&self.folder)? {
                Some(length) if !gives_way(&self.folder, length)? => {
                    let (folder, file, last) = (&self.folder, &self.file, &mut self.last);
                    return action(Locked { folder, file, last, length });
                }
                // It has another name now.
                _ => {
                    drop(lock);
                    self.file = self.folder.open_append(CURRENT)?;
                    self.last = None;
                }
            }
        }
        Err(AuditError::Moving { path: self.file.path().to_owned() })
    }
}

/// Whether the file was full and now has another name. A process that may not do that goes on with
/// it for a while: the next one will.
fn gives_way(folder: &Folder, length: u64) -> Result<bool, AuditError> {
    if length < FULL {
        return Ok(false);
    }
    match turn(folder) {
        Ok(()) => Ok(true),
        Err(_) if length < LARGEST => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The file under its lock.
struct Locked<'a> {
    folder: &'a Folder,
    file: &'a AppendFile,
    last: &'a mut Option<Last>,
    length: u64,
}

impl Locked<'_> {
    fn write(self, body: Body<'_>) -> Result<String, AuditError> {
        let Start { mut link, torn, open } = self.start()?;
        let mut text = String::new();
        if open {
            text.push('\n');
        }
        if torn {
            text.push_str(&Body::torn().chained(&mut link)?);
        }
        let line = body.chained(&mut link)?;
        text.push_str(&line);
        // What is known holds no longer, whatever happens.
        *self.last = None;
        self.file.append(self.length, text.as_bytes())?;
        let length = self.length.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX));
        *self.last = Some(Last { length, link });
        Ok(line)
    }

    fn start(&self) -> Result<Start, AuditError> {
        if let Some(last) = self.last.as_ref().filter(|last| last.length == self.length) {
            return Ok(Start { link: last.link.clone(), torn: false, open: false });
        }
        let Tail { link, torn, open } = tail(self.file, self.length)?;
        if let Some(link) = link {
            return Ok(Start { link, torn, open });
        }
        // All of a shorter file was seen: its first line was torn.
        if self.length > TAIL as u64 {
            return Err(AuditError::NotATrail { path: self.file.path().to_owned() });
        }
        let before = self.before()?;
        Ok(Start { torn: torn || before.torn, open, ..before })
    }

    /// The end of the newest older file, or the start of all.
    fn before(&self) -> Result<Start, AuditError> {
        for number in 1..=KEPT {
            let name = older(number);
            if self.folder.open(&name)?.is_none() {
                continue;
            }
            let file = self.folder.open_append(&name)?;
            let length = file.length_in(self.folder)?.unwrap_or_default();
            let Tail { link, torn, .. } = tail(&file, length)?;
            let path = file.path().to_owned();
            let link = link.ok_or(AuditError::NotATrail { path })?;
            return Ok(Start { link, torn, open: false });
        }
        Ok(Start { link: Link::default(), torn: false, open: false })
    }
}

fn tail(file: &AppendFile, length: u64) -> Result<Tail, AuditError> {
    let short = Tail::of(&file.tail(length, SHORT_TAIL)?);
    match short.link.is_some() || length <= SHORT_TAIL as u64 {
        true => Ok(short),
        false => Ok(Tail::of(&file.tail(length, TAIL)?)),
    }
}
