//! What a program wrote and nobody has taken yet.

use std::fs::File;
use std::io::{self, Read};

use lockgate_core::Secret;
use zeroize::Zeroizing;

/// Read at a time.
const PIECE: usize = 16 << 10;

/// Last bytes of standard error that are kept: some screens full.
const TAIL: usize = 16 << 10;

/// The most that Linux lets a pipe hold for somebody without privileges, in bytes: what an ended
/// program can have left in it.
const MAX_IN_PIPE: usize = 1 << 20;

/// Where the bytes of a pipe go.
pub(crate) trait Sink {
    /// Takes what one call of `read` gives, and says how much that was.
    fn take_from(&mut self, file: &File) -> io::Result<usize>;
}

/// The reading end of a pipe, and what came out of it.
pub(crate) struct Stream<S> {
    pub(crate) file: Option<File>,
    pub(crate) held: S,
}

impl<S: Sink> Stream<S> {
    pub(crate) fn new(file: File, held: S) -> Self {
        Self { file: Some(file), held }
    }

    /// Reads some of what is there; 0 if nothing is, or will be.
    pub(crate) fn read(&mut self) -> io::Result<usize> {
        let Some(file) = &self.file else { return Ok(0) };
        match self.held.take_from(file) {
            Ok(0) => {
                self.file = None;
                Ok(0)
            }
            Ok(count) => Ok(count),
            Err(error) if is_nothing_yet(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Reads what an ended program left, and closes the pipe: that others still hold its other end
    /// is of no interest.
    pub(crate) fn drain(&mut self) -> io::Result<()> {
        let mut drained = 0;
        while drained < MAX_IN_PIPE {
            match self.read()? {
                0 => break,
                count => drained += count,
            }
        }
        self.file = None;
        Ok(())
    }
}

fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Bytes in order. No copy of them stays in memory when the buffer grows.
#[derive(Default)]
pub(crate) struct Held {
    buffer: Zeroizing<Vec<u8>>,
    taken: usize,
    filled: usize,
}

impl Held {
    pub(crate) fn unread(&self) -> &[u8] {
        self.buffer.get(self.taken..self.filled).unwrap_or_default()
    }

    /// Takes the first `length` bytes, and skips those up to `end`.
    pub(crate) fn take(&mut self, length: usize, end: usize) -> Secret {
        let bytes = self.unread().get(..length).unwrap_or_default().to_vec();
        self.taken = self.filled.min(self.taken + end);
        Secret::new(bytes)
    }

    pub(crate) fn take_all(&mut self) -> Secret {
        let length = self.unread().len();
        self.take(length, length)
    }

    /// The length of the next line without its end, and with it; none if there is no whole one.
    pub(crate) fn line(&self) -> Option<(usize, usize)> {
        let end = self.unread().iter().position(|byte| *byte == b'\n')?;
        let line = self.unread().get(..end).unwrap_or_default();
        Some((line.strip_suffix(b"\r").unwrap_or(line).len(), end + 1))
    }

    fn make_room(&mut self) {
        if self.buffer.len() - self.filled >= PIECE {
            return;
        }
        let unread = self.unread();
        let mut larger = Zeroizing::new(vec![0; unread.len() * 2 + PIECE]);
        for (to, from) in larger.iter_mut().zip(unread) {
            *to = *from;
        }
        self.filled = unread.len();
        self.taken = 0;
        self.buffer = larger;
    }
}

impl Sink for Held {
    fn take_from(&mut self, mut file: &File) -> io::Result<usize> {
        self.make_room();
        let count = file.read(self.buffer.get_mut(self.filled..).unwrap_or_default())?;
        self.filled += count;
        Ok(count)
    }
}

/// The last bytes.
#[derive(Default)]
pub(crate) struct Tail(Zeroizing<Vec<u8>>);

impl Tail {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Sink for Tail {
    fn take_from(&mut self, mut file: &File) -> io::Result<usize> {
        if self.0.capacity() == 0 {
            // All that it will ever hold, so that it never leaves a copy behind by growing.
            self.0.reserve_exact(TAIL + PIECE);
        }
        let mut piece = Zeroizing::new([0; PIECE]);
        let count = file.read(piece.as_mut_slice())?;
        self.0.extend_from_slice(piece.get(..count).unwrap_or_default());
        let surplus = self.0.len().saturating_sub(TAIL);
        self.0.drain(..surplus);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::{Held, PIECE, Stream, TAIL, Tail};

    fn pipe(bytes: &[u8]) -> File {
        let (read, write) = std::io::pipe().unwrap();
        File::from(std::os::fd::OwnedFd::from(write)).write_all(bytes).unwrap();
        File::from(std::os::fd::OwnedFd::from(read))
    }

    fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut stream = Stream::new(pipe(bytes), Held::default());
        while stream.file.is_some() {
            stream.read().unwrap();
        }
        let mut held = stream.held;
        let mut lines = Vec::new();
        while let Some((length, end)) = held.line() {
            lines.push(held.take(length, end).expose().to_vec());
        }
        lines.push(held.take_all().expose().to_vec());
        lines
    }

    #[test]
    fn a_line_ends_with_lf_or_crlf_and_keeps_every_other_byte() {
        for (bytes, expected) in [
            ("a\nb\r\nc", ["a", "b", "c"].as_slice()),
            ("a\rb\n", &["a\rb", ""]),
            ("a\r\r\n", &["a\r", ""]),
            ("\n\r\n", &["", "", ""]),
            ("\u{feff}a\n", &["\u{feff}a", ""]),
            ("a\0b\n", &["a\0b", ""]),
            ("a\r", &["a\r"]),
            ("", &[""]),
        ] {
            let expected: Vec<Vec<u8>> =
                expected.iter().map(|line| line.as_bytes().into()).collect();
            assert_eq!(lines(bytes.as_bytes()), expected, "{bytes:?}");
        }
        assert_eq!(lines(b"\xff\n"), [b"\xff".to_vec(), Vec::new()]);
    }

    #[test]
    fn every_byte_is_kept_while_the_buffer_grows() {
        let all: Vec<u8> = (0..PIECE * 3 + 5).map(|index| (index % 251) as u8).collect();
        let mut stream = Stream::new(pipe(&all), Held::default());
        stream.read().unwrap();
        let mut kept = stream.held.take(7, 7).expose().to_vec();
        while stream.file.is_some() {
            stream.read().unwrap();
        }
        kept.extend(stream.held.take_all().expose());
        assert_eq!(kept, all);
        assert!(stream.held.unread().is_empty());
    }

    #[test]
    fn of_standard_error_the_last_bytes_are_kept() {
        let all: Vec<u8> = (0..TAIL * 2 + 3).map(|index| (index % 251) as u8).collect();
        let mut stream = Stream::new(pipe(&all), Tail::default());
        stream.drain().unwrap();
        assert_eq!(stream.held.bytes(), &all[all.len() - TAIL..]);
    }

    #[test]
    fn what_never_ends_is_not_drained_for_ever() {
        let mut zero = Stream::new(endless(), Tail::default());
        zero.drain().unwrap();
        assert!(zero.file.is_none());
    }

    #[expect(clippy::disallowed_methods, reason = "a file without an end")]
    fn endless() -> File {
        File::open("/dev/zero").unwrap()
    }
}
