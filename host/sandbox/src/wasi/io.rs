//! wasi:io: streams that are empty or lead into the capped buffer, and waiting.

#![allow(unreachable_pub, reason = "the generated bindings re-export their resources' types")]

use std::time::Instant;

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::wasi::wasi::io::error::{Host as ErrorHost, HostError};
use crate::bindings::wasi::wasi::io::poll::{Host as PollHost, HostPollable};
use crate::bindings::wasi::wasi::io::streams::{
    Host as StreamsHost, HostInputStream, HostOutputStream, StreamError,
};
use crate::limits::OUTPUT_BYTES;
use crate::state::{State, Violation};

/// A resource of which there is none.
pub enum Never {}

/// An input stream at its end.
pub struct Empty;

/// An output stream into the capped buffer.
pub struct Sink;

/// Something to wait for.
pub enum Pollable {
    /// There already.
    Ready,
    /// A moment.
    At(Instant),
}

impl ErrorHost for State {}

impl HostError for State {
    fn to_debug_string(&mut self, error: Resource<Never>) -> Result<String> {
        match *self.table.get(&error)? {}
    }

    fn drop(&mut self, error: Resource<Never>) -> Result<()> {
        self.table.delete(error)?;
        Ok(())
    }
}

impl PollHost for State {
    fn poll(&mut self, pollables: Vec<Resource<Pollable>>) -> Result<Vec<u32>> {
        loop {
            let mut ready = Vec::new();
            let mut next: Option<Instant> = None;
            for (index, pollable) in (0..).zip(&pollables) {
                match self.table.get(pollable)? {
                    Pollable::At(moment) if *moment > Instant::now() => {
                        next = Some(next.map_or(*moment, |next| next.min(*moment)));
                    }
                    _ => ready.push(index),
                }
            }
            match next {
                Some(moment) if ready.is_empty() => self.sleep_until(moment)?,
                _ => return Ok(ready),
            }
        }
    }
}

impl HostPollable for State {
    fn ready(&mut self, pollable: Resource<Pollable>) -> Result<bool> {
        Ok(match self.table.get(&pollable)? {
            Pollable::Ready => true,
            Pollable::At(moment) => *moment <= Instant::now(),
        })
    }

    fn block(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        match self.table.get(&pollable)? {
            Pollable::Ready => Ok(()),
            Pollable::At(moment) => self.sleep_until(*moment),
        }
    }

    fn drop(&mut self, pollable: Resource<Pollable>) -> Result<()> {
        self.table.delete(pollable)?;
        Ok(())
    }
}

impl State {
    /// Sleeps as long as the call may still take, and ends the call if that is not long enough.
    fn sleep_until(&mut self, moment: Instant) -> Result<()> {
        let wanted = moment.saturating_duration_since(Instant::now());
        std::thread::sleep(wanted.min(self.deadline.left()));
        Ok(self.deadline.check()?)
    }

    pub(crate) fn pollable(&mut self, pollable: Pollable) -> Result<Resource<Pollable>> {
        Ok(self.table.push(pollable).map_err(|_| Violation::Handles)?)
    }
}

impl StreamsHost for State {}

impl HostInputStream for State {
    fn read(&mut self, _: Resource<Empty>, _: u64) -> Result<Result<Vec<u8>, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn blocking_read(
        &mut self,
        _: Resource<Empty>,
        _: u64,
    ) -> Result<Result<Vec<u8>, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn skip(&mut self, _: Resource<Empty>, _: u64) -> Result<Result<u64, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn blocking_skip(&mut self, _: Resource<Empty>, _: u64) -> Result<Result<u64, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn subscribe(&mut self, _: Resource<Empty>) -> Result<Resource<Pollable>> {
        self.pollable(Pollable::Ready)
    }

    fn drop(&mut self, stream: Resource<Empty>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}

impl HostOutputStream for State {
    fn check_write(&mut self, _: Resource<Sink>) -> Result<Result<u64, StreamError>> {
        Ok(Ok(OUTPUT_BYTES as u64))
    }

    fn write(&mut self, _: Resource<Sink>, contents: Vec<u8>) -> Result<Result<(), StreamError>> {
        self.output.write(&contents);
        Ok(Ok(()))
    }

    fn blocking_write_and_flush(
        &mut self,
        stream: Resource<Sink>,
        contents: Vec<u8>,
    ) -> Result<Result<(), StreamError>> {
        HostOutputStream::write(self, stream, contents)
    }

    fn flush(&mut self, _: Resource<Sink>) -> Result<Result<(), StreamError>> {
        Ok(Ok(()))
    }

    fn blocking_flush(&mut self, _: Resource<Sink>) -> Result<Result<(), StreamError>> {
        Ok(Ok(()))
    }

    fn subscribe(&mut self, _: Resource<Sink>) -> Result<Resource<Pollable>> {
        self.pollable(Pollable::Ready)
    }

    fn write_zeroes(&mut self, _: Resource<Sink>, _: u64) -> Result<Result<(), StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn blocking_write_zeroes_and_flush(
        &mut self,
        _: Resource<Sink>,
        _: u64,
    ) -> Result<Result<(), StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn splice(
        &mut self,
        _: Resource<Sink>,
        _: Resource<Empty>,
        _: u64,
    ) -> Result<Result<u64, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn blocking_splice(
        &mut self,
        _: Resource<Sink>,
        _: Resource<Empty>,
        _: u64,
    ) -> Result<Result<u64, StreamError>> {
        Ok(Err(StreamError::Closed))
    }

    fn drop(&mut self, stream: Resource<Sink>) -> Result<()> {
        self.table.delete(stream)?;
        Ok(())
    }
}
