//! Clients that write their requests in odd ways.

use std::io::{self, Read};

/// A stream of `x` without an end, which counts what is taken from it.
#[derive(Default)]
pub(crate) struct Endless {
    pub(crate) taken: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b'x');
        self.taken += buffer.len();
        Ok(buffer.len())
    }
}

/// One interruption or one byte at a time.
pub(crate) struct Dripping<'a> {
    left: &'a [u8],
    interrupted: bool,
}

impl<'a> Dripping<'a> {
    pub(crate) fn of(text: &'a [u8]) -> Self {
        Self { left: text, interrupted: false }
    }
}

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        match self.interrupted {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => {
                let length = buffer.len().min(1);
                self.left.read(&mut buffer[..length])
            }
        }
    }
}

/// One that fails.
pub(crate) struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}
