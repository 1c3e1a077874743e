//! What the launcher's process does.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::child::spawn;
use super::environment::environment;
use super::error::Refusal;
use super::prepare::leave_all_but;
use super::program::CheckedProgram;
use super::running::Running;
use super::scratch::Scratch;
use super::wire::{Reply, Request};
use super::{Launchable, socket};

/// Most programs at once: one call of a provider needs one or two.
const MAX_RUNNING: usize = 16;

/// Most bytes of one sentence of an error; paths are up to 4 KiB.
const MAX_SENTENCE: usize = 16 << 10;
/// Most causes that are told of.
const MAX_SENTENCES: usize = 4;

/// Answers requests until the other end of the socket is closed, then kills what still runs.
pub(crate) fn serve(socket: &OwnedFd, allowed: &[Launchable], scratch: PathBuf) -> io::Result<()> {
    let prepared = leave_all_but(&[socket.as_fd()]);
    let mut launcher = Serving {
        allowed,
        scratch_path: scratch,
        scratch: None,
        running: BTreeMap::new(),
        prepared,
    };
    let outcome = launcher.answer_all(socket);
    launcher.end_all();
    outcome
}

struct Serving<'a> {
    allowed: &'a [Launchable],
    scratch_path: PathBuf,
    scratch: Option<Scratch>,
    running: BTreeMap<u32, Running>,
    prepared: io::Result<()>,
}

impl Serving<'_> {
    fn answer_all(&mut self, socket: &OwnedFd) -> io::Result<()> {
        loop {
            if !readable(socket, self.next_deadline())? {
                self.kill_overdue();
                continue;
            }
            let Some((message, _)) = socket::receive(socket)? else { return Ok(()) };
            let request = Request::decode(&message).ok_or(io::ErrorKind::InvalidData)?;
            self.answer(socket, request)?;
        }
    }

    fn answer(&mut self, socket: &OwnedFd, request: Request) -> io::Result<()> {
        let mut ended = None;
        let (reply, descriptors) = match request {
            Request::Start { index, arguments, variables } => {
                match self.start(index, &arguments, &variables) {
                    Ok((id, descriptors)) => (Reply::Started { id }, descriptors),
                    Err(refusal) => (refused(&refusal), Vec::new()),
                }
            }
            Request::End { id } => match self.end(id) {
                Ok((status, folder)) => {
                    ended = Some(folder);
                    (Reply::Ended { status }, Vec::new())
                }
                Err(refusal) => (refused(&refusal), Vec::new()),
            },
        };
        let descriptors: Vec<_> = descriptors.iter().map(AsFd::as_fd).collect();
        let sent = socket::send(socket, &reply.encode(), &descriptors);
        // Disks take a millisecond for it, which nobody has to wait for.
        if let Some(folder) = ended {
            self.clear(&folder);
        }
        sent
    }

    fn clear(&self, folder: &str) {
        if let Some(scratch) = &self.scratch {
            scratch.remove(folder);
        }
    }

    fn start(
        &mut self,
        index: usize,
        arguments: &[String],
        variables: &[String],
    ) -> Result<(u32, Vec<OwnedFd>), Refusal> {
        if let Err(error) = &self.prepared {
            return Err(Refusal::Unprepared(copy(error)));
        }
        if self.running.len() >= MAX_RUNNING {
            return Err(Refusal::TooMany { limit: MAX_RUNNING });
        }
        let launchable =
            self.allowed.get(index).ok_or(Refusal::NotTold { what: "this program" })?;
        if !(launchable.arguments)(arguments) {
            return Err(Refusal::NotTold { what: "these arguments" });
        }
        let environment = environment(launchable, variables)?;
        let running = self.start_granted(launchable, arguments, environment)?;
        self.keep(running, &launchable.program)
    }

    fn start_granted(
        &mut self,
        launchable: &Launchable,
        arguments: &[String],
        environment: Vec<(OsString, OsString)>,
    ) -> Result<Running, Refusal> {
        let program = CheckedProgram::open(launchable)?;
        let scratch = match &mut self.scratch {
            Some(scratch) => scratch,
            None => {
                self.scratch.insert(Scratch::open(&self.scratch_path).map_err(Refusal::Scratch)?)
            }
        };
        let fresh = scratch.fresh().map_err(Refusal::Scratch)?;
        let started = spawn(&program, launchable, arguments, environment, &fresh.folder);
        let child = started.map_err(|source| {
            scratch.remove(&fresh.name);
            Refusal::Start { path: launchable.program.clone(), source }
        })?;
        Ok(Running::new(child, launchable, fresh.name))
    }

    /// Remembers a program, and returns its number and descriptors.
    fn keep(
        &mut self,
        mut running: Running,
        program: &Path,
    ) -> Result<(u32, Vec<OwnedFd>), Refusal> {
        let id = running.child.id();
        let descriptors = running.descriptors();
        self.running.insert(id, running);
        descriptors.map(|descriptors| (id, descriptors)).map_err(|source| {
            self.end_alone(id);
            Refusal::Start { path: program.to_owned(), source }
        })
    }

    /// The status of a program, and its folder, which is to be removed.
    fn end(&mut self, id: u32) -> Result<(i32, String), Refusal> {
        let mut running = self.running.remove(&id).ok_or(Refusal::NotRunning)?;
        running.kill();
        match running.status() {
            Ok(status) => Ok((status, running.folder)),
            Err(refusal) => {
                self.clear(&running.folder);
                Err(refusal)
            }
        }
    }

    fn end_alone(&mut self, id: u32) {
        if let Ok((_, folder)) = self.end(id) {
            self.clear(&folder);
        }
    }

    fn end_all(&mut self) {
        // All of them first: the end of one may take its time.
        self.running.values_mut().for_each(Running::kill);
        while let Some(id) = self.running.keys().next().copied() {
            self.end_alone(id);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.running.values().filter(|one| !one.killed).map(|one| one.deadline).min()
    }

    fn kill_overdue(&mut self) {
        let now = Instant::now();
        let overdue = self.running.values_mut().filter(|one| !one.killed && one.deadline <= now);
        overdue.for_each(Running::kill);
    }
}

/// Waits until there is something to receive, or that the other end is closed; false at the deadline.
fn readable(socket: &OwnedFd, deadline: Option<Instant>) -> io::Result<bool> {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
    let left = left.map(|left| Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(left.subsec_nanos()),
    });
    match poll(&mut [PollFd::new(socket, PollFlags::IN)], left.as_ref()) {
        Ok(count) => Ok(count > 0),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn copy(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

fn refused(refusal: &Refusal) -> Reply {
    let sentences = refusal.sentences();
    // An answer always fits into a message.
    let short = |text: String| match text.len() <= MAX_SENTENCE {
        true => text,
        false => text.chars().take(MAX_SENTENCE / 4).collect(),
    };
    Reply::Refused { sentences: sentences.into_iter().take(MAX_SENTENCES).map(short).collect() }
}
