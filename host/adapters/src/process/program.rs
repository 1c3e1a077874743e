//! A conversation with a running program, in which neither side can make the other wait for ever.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lockgate_core::{AdapterError, Program, ProgramEnd, Secret};
use lockgate_system::{Launched, Launcher};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::Errno;

use super::ProcessError;
use super::held::{Held, Stream, Tail};

/// Most bytes that are kept of what a program writes while it is written to. It is twice what may be
/// written at once, so that a program that gives back what it reads is not stopped.
const MAX_HELD: usize = 4 << 20;

/// The status of a program of which nobody knows how it ended: no success.
const UNKNOWN_END: i32 = 255;

/// A program that the launcher started. It ends with this value.
pub(crate) struct NativeProgram {
    name: String,
    launcher: Arc<Launcher>,
    id: u32,
    deadline: Instant,
    runs_for: Duration,
    input: Option<File>,
    output: Stream<Held>,
    errors: Stream<Tail>,
    ended: OwnedFd,
    status: Option<i32>,
}

impl NativeProgram {
    pub(crate) fn new(
        name: String,
        launcher: Arc<Launcher>,
        launched: Launched,
    ) -> Result<Self, ProcessError> {
        let Launched { id, input, output, errors, ended, deadline, runs_for } = launched;
        let program = Self {
            name,
            launcher,
            id,
            runs_for,
            deadline,
            input: Some(input.into()),
            output: Stream::new(output.into(), Held::default()),
            errors: Stream::new(errors.into(), Tail::default()),
            ended,
            status: None,
        };
        let pipes = [&program.input, &program.output.file, &program.errors.file];
        for pipe in pipes.into_iter().flatten() {
            never_wait(pipe).map_err(|error| program.pipe(error))?;
        }
        Ok(program)
    }

    /// Waits until the program writes, ends or takes some of `unwritten`, and returns how much it
    /// took.
    fn step(&mut self, unwritten: &[u8]) -> Result<usize, ProcessError> {
        let ended = self.wait(!unwritten.is_empty())?;
        if ended {
            self.conclude()?;
            return Ok(0);
        }
        self.output.read().and_then(|_| self.errors.read()).map_err(|error| self.pipe(error))?;
        self.write_some(unwritten)
    }

    /// Waits until there is something to do; true if the program has ended.
    fn wait(&mut self, to_write: bool) -> Result<bool, ProcessError> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let patience = Timespec::try_from(left).ok();
            let mut watched = vec![PollFd::new(&self.ended, PollFlags::IN)];
            let reading = [&self.output.file, &self.errors.file].into_iter().flatten();
            watched.extend(reading.map(|pipe| PollFd::new(pipe, PollFlags::IN)));
            let writing = self.input.iter().filter(|_| to_write);
            watched.extend(writing.map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
            let ready = match poll(&mut watched, patience.as_ref()) {
                Ok(ready) => ready,
                Err(Errno::INTR) => continue,
                Err(error) => return Err(self.pipe(error.into())),
            };
            if watched.first().is_some_and(|ended| !ended.revents().is_empty()) {
                return Ok(true);
            }
            // One that never stops writing is late as well.
            if left.is_zero() {
                return Err(self.late());
            }
            if ready > 0 {
                return Ok(false);
            }
        }
    }

    fn write_some(&mut self, unwritten: &[u8]) -> Result<usize, ProcessError> {
        let Some(input) = self.input.as_mut().filter(|_| !unwritten.is_empty()) else {
            return Ok(0);
        };
        match input.write(unwritten) {
            Ok(count) => Ok(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(self.input_closed()),
            Err(error) => Err(self.pipe(error)),
        }
    }

    /// Ends what the program started, and takes what it left behind in the pipes.
    fn conclude(&mut self) -> Result<(), ProcessError> {
        if self.status.is_none() {
            let status = self.launcher.end(self.id);
            // Once is enough, also if it went wrong.
            self.status = Some(*status.as_ref().unwrap_or(&UNKNOWN_END));
            self.input = None;
            let drained = self.output.drain().and_then(|()| self.errors.drain());
            status.map_err(|source| ProcessError::End { program: self.name.clone(), source })?;
            drained.map_err(|error| self.pipe(error))?;
        }
        Ok(())
    }

    fn late(&mut self) -> ProcessError {
        let (program, after) = (self.name.clone(), self.runs_for);
        self.ended_over(ProcessError::Late { program, after })
    }

    fn too_long(&mut self, limit: usize) -> ProcessError {
        self.ended_over(ProcessError::TooLong { program: self.name.clone(), limit })
    }

    /// The error that matters is the one that it is ended over.
    fn ended_over(&mut self, error: ProcessError) -> ProcessError {
        let _ = self.conclude();
        error
    }

    /// What it said about that is worth knowing.
    fn input_closed(&mut self) -> ProcessError {
        self.input = None;
        let _ = self.errors.read();
        ProcessError::InputClosed { program: self.name.clone() }
    }

    fn pipe(&self, source: io::Error) -> ProcessError {
        ProcessError::Pipe { program: self.name.clone(), source }
    }

    /// Whether it may still write.
    fn is_speaking(&self) -> bool {
        self.output.file.is_some()
    }

    fn write_all(&mut self, mut unwritten: &[u8]) -> Result<(), ProcessError> {
        while !unwritten.is_empty() {
            if self.input.is_none() {
                return Err(self.input_closed());
            }
            let count = self.step(unwritten)?;
            unwritten = unwritten.get(count..).unwrap_or_default();
            if self.output.held.unread().len() > MAX_HELD {
                return Err(self.too_long(MAX_HELD));
            }
        }
        Ok(())
    }

    fn next_line(&mut self, limit: usize) -> Result<Option<Secret>, ProcessError> {
        loop {
            let line = self.output.held.line();
            let unread = self.output.held.unread().len();
            if line.map_or(unread, |(length, _)| length) > limit {
                return Err(self.too_long(limit));
            }
            if let Some((length, end)) = line {
                return Ok(Some(self.output.held.take(length, end)));
            }
            if !self.is_speaking() {
                return Ok((unread > 0).then(|| self.output.held.take_all()));
            }
            self.step(&[])?;
        }
    }

    fn read_to_end(&mut self, limit: usize) -> Result<ProgramEnd, ProcessError> {
        self.input = None;
        loop {
            if self.output.held.unread().len() > limit {
                return Err(self.too_long(limit));
            }
            if let Some(status) = self.status {
                return Ok(ProgramEnd { status, output: self.output.held.take_all() });
            }
            self.step(&[])?;
        }
    }
}

impl Program for NativeProgram {
    fn write(&mut self, bytes: &Secret) -> Result<(), AdapterError> {
        Ok(self.write_all(bytes.expose())?)
    }

    fn read_line(&mut self, limit: usize) -> Result<Option<Secret>, AdapterError> {
        Ok(self.next_line(limit)?)
    }

    fn finish(&mut self, limit: usize) -> Result<ProgramEnd, AdapterError> {
        Ok(self.read_to_end(limit)?)
    }

    fn diagnostics(&self) -> Vec<u8> {
        self.errors.held.bytes().to_vec()
    }
}

impl Drop for NativeProgram {
    fn drop(&mut self) {
        // Nobody is left to be told; the launcher ends it at its deadline at the latest.
        let _ = self.conclude();
    }
}

/// Each end of a pipe has this flag for itself: the program's own end stays as it is.
fn never_wait(pipe: &File) -> io::Result<()> {
    Ok(fcntl_setfl(pipe, fcntl_getfl(pipe)? | OFlags::NONBLOCK)?)
}
