//! Calls over the bus and their answers. Several calls are sent at once where none needs another's
//! answer: what a request costs is mostly how often it waits.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Error as IoError, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::getuid;
use zeroize::Zeroizing;

use super::address::BusAddress;
use super::error::SecretServiceError as Error;
use super::refusal::refusal;
use super::socket::BusSocket;
use super::wire::{Body, Call, Kind, Message, parse};

/// How long an answer may take: the service may have to be started, and to read its files.
const PATIENCE: Duration = Duration::from_secs(10);

/// Longest line with which the bus lets somebody in, in bytes; it holds one short identifier.
const MAX_LINE: usize = 512;

pub(super) const BUS: &str = "org.freedesktop.DBus";
const BUS_PATH: &str = "/org/freedesktop/DBus";

/// The number of a call that was made, by which its answer is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked(u32);

/// A connection to the bus. Nothing is sent before the first call.
pub(super) struct Connection {
    socket: BusSocket,
    /// What is sent with the next call that is waited for.
    output: Zeroizing<Vec<u8>>,
    /// What came and was not looked at yet.
    input: Zeroizing<Vec<u8>>,
    let_in: bool,
    last: u32,
    awaited: BTreeSet<u32>,
    answers: BTreeMap<u32, Message>,
    signals: Vec<Message>,
    /// Whether signals are kept.
    listening: bool,
    until: Instant,
    pub(super) patience: Duration,
    /// How often something was sent to be answered.
    pub(super) round_trips: usize,
}

impl Connection {
    /// To the session bus of these variables' values, if it is a socket of this machine on which this
    /// user listens.
    pub(super) fn find(
        bus_address: Option<&str>,
        runtime_folder: Option<&Path>,
    ) -> Result<Self, Error> {
        let user = getuid().as_raw();
        let address = BusAddress::find(bus_address, runtime_folder, user)?;
        BusSocket::connect(&address, user).map(Self::new)
    }

    /// Says who this is, and hello, together with the first call: the bus takes one after the other.
    pub(super) fn new(socket: BusSocket) -> Self {
        let mut connection = Self {
            socket,
            output: Zeroizing::default(),
            input: Zeroizing::default(),
            let_in: false,
            last: 0,
            awaited: BTreeSet::new(),
            answers: BTreeMap::new(),
            signals: Vec::new(),
            listening: false,
            until: Instant::now(),
            patience: PATIENCE,
            round_trips: 0,
        };
        let user = getuid().as_raw().to_string();
        let user: String = user.bytes().map(|digit| format!("{digit:02x}")).collect();
        connection.output.extend(format!("\0AUTH EXTERNAL {user}\r\nBEGIN\r\n").into_bytes());
        let hello = connection.call_bus("Hello", Body::empty());
        connection.awaited.remove(&hello.0);
        connection
    }

    /// Adds a call to those that are sent next.
    pub(super) fn call(&mut self, call: &Call<'_>) -> Asked {
        self.last = self.last.wrapping_add(1).max(1);
        self.output.extend_from_slice(&call.encode(self.last));
        self.awaited.insert(self.last);
        Asked(self.last)
    }

    /// The same for a call of the bus itself.
    pub(super) fn call_bus(&mut self, member: &str, body: Body) -> Asked {
        self.call(&Call { destination: BUS, path: BUS_PATH, interface: BUS, member, body })
    }

    /// Sends what was added.
    pub(super) fn send(&mut self) -> Result<(), Error> {
        self.until = Instant::now() + self.patience;
        self.round_trips += 1;
        let output = std::mem::take(&mut self.output);
        self.socket.write(&output, self.until).map_err(|error| broken(error, self.patience))
    }

    /// The answer to a call that was sent.
    ///
    /// # Errors
    /// What the other end says instead, or if nothing comes in time.
    pub(super) fn answer(&mut self, asked: Asked) -> Result<Message, Error> {
        loop {
            if let Some(message) = self.answers.remove(&asked.0) {
                return match message.kind {
                    Kind::Return => Ok(message),
                    _ => Err(refusal(&message)),
                };
            }
            self.receive(self.until, self.patience)?;
        }
    }

    /// Keeps signals from now on.
    pub(super) fn listen(&mut self) {
        self.listening = true;
    }

    /// The first signal for which `wanted` has something, whenever it came since it was listened for.
    pub(super) fn signal<T>(
        &mut self,
        patience: Duration,
        wanted: impl Fn(&Message) -> Option<T>,
    ) -> Result<T, Error> {
        let until = Instant::now() + patience;
        loop {
            if let Some(found) = std::mem::take(&mut self.signals).iter().find_map(&wanted) {
                self.listening = false;
                return Ok(found);
            }
            self.receive(until, patience)?;
        }
    }

    /// Takes in what comes before `until`, at least something.
    fn receive(&mut self, until: Instant, patience: Duration) -> Result<(), Error> {
        self.socket.read(&mut self.input, until).map_err(|error| broken(error, patience))?;
        if !self.let_in && !self.admission()? {
            return Ok(());
        }
        let mut taken = 0;
        while let Some((message, length)) = self
            .input
            .get(taken..)
            .map_or(Ok(None), parse)
            .map_err(|_| Error::Malformed("a message is damaged"))?
        {
            taken += length;
            self.sort(message);
        }
        self.input.drain(..taken);
        Ok(())
    }

    /// Whether the bus let this process in; nothing is known before the end of a line.
    fn admission(&mut self) -> Result<bool, Error> {
        let line = self.input.windows(2).position(|pair| pair == b"\r\n");
        match line {
            Some(end) if end <= MAX_LINE && self.input.starts_with(b"OK ") => {
                self.input.drain(..end + 2);
                self.let_in = true;
                Ok(true)
            }
            None if self.input.len() <= MAX_LINE => Ok(false),
            _ => Err(Error::NotLetIn),
        }
    }

    fn sort(&mut self, message: Message) {
        match (message.kind, message.answers) {
            (Kind::Return | Kind::Error, Some(serial)) if self.awaited.remove(&serial) => {
                self.answers.insert(serial, message);
            }
            (Kind::Signal, _) if self.listening => self.signals.push(message),
            // What nobody asked for, such as which name the bus gave this process.
            _ => {}
        }
    }
}

fn broken(error: IoError, patience: Duration) -> Error {
    match error.kind() {
        ErrorKind::TimedOut => Error::Late(patience),
        _ => Error::Lost(error),
    }
}
