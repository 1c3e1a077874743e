//! A connection to the bus's socket, whose other end must be the user's own.

use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::sockopt::socket_peercred;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, recv,
    send, socket_with,
};

use super::address::{BusAddress, SocketName};
use super::error::SecretServiceError as Error;

/// Bytes that are read at once: an answer and its neighbours are mostly shorter.
const CHUNK: usize = 4096;

/// The connected socket. Neither reading nor writing waits beyond a deadline.
#[derive(Debug)]
pub(super) struct BusSocket(OwnedFd);

impl BusSocket {
    /// Connects to the first socket that somebody listens on. Nothing is sent.
    pub(super) fn connect(address: &BusAddress, user: u32) -> Result<Self, Error> {
        let mut problem = io::Error::from(io::ErrorKind::NotFound);
        for name in &address.sockets {
            match connected(name) {
                Ok(socket) => return Self::checked(socket, address, user),
                Err(error) => problem = error.into(),
            }
        }
        Err(Error::Connect { address: address.shown.clone(), source: problem })
    }

    /// Who listens is asked of the kernel: others may have made a socket of that name.
    fn checked(socket: OwnedFd, address: &BusAddress, expected: u32) -> Result<Self, Error> {
        let peer = socket_peercred(&socket).map_err(|error| Error::Connect {
            address: address.shown.clone(),
            source: error.into(),
        })?;
        match peer.uid.as_raw() {
            owner if owner == expected => Ok(Self(socket)),
            owner => Err(Error::ForeignBus { address: address.shown.clone(), owner, expected }),
        }
    }

    /// Writes everything before `until`.
    pub(super) fn write(&self, mut bytes: &[u8], until: Instant) -> io::Result<()> {
        while !bytes.is_empty() {
            // A bus that is gone is an error and not the end of this process.
            match send(&self.0, bytes, SendFlags::NOSIGNAL) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(Errno::AGAIN) => self.wait(PollFlags::OUT, until)?,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads what has come, of which there is something before `until`.
    pub(super) fn read(&self, into: &mut Vec<u8>, until: Instant) -> io::Result<()> {
        let mut chunk = zeroize::Zeroizing::new([0; CHUNK]);
        loop {
            match recv(&self.0, chunk.as_mut_slice(), RecvFlags::empty()).map(|(count, _)| count) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    into.extend_from_slice(chunk.get(..count).unwrap_or_default());
                    return Ok(());
                }
                Err(Errno::AGAIN) => self.wait(PollFlags::IN, until)?,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn wait(&self, what: PollFlags, until: Instant) -> io::Result<()> {
        let left = until.saturating_duration_since(Instant::now());
        let mut sockets = [PollFd::new(&self.0, what)];
        match poll(&mut sockets, Some(&timespec(left))) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Without waiting: somebody who listens and never accepts keeps nobody.
fn connected(name: &SocketName) -> Result<OwnedFd, Errno> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    let address = match name {
        SocketName::Path(path) => SocketAddrUnix::new(path)?,
        SocketName::Abstract(name) => SocketAddrUnix::new_abstract_name(name)?,
    };
    connect(&socket, &address)?;
    Ok(socket)
}

fn timespec(time: Duration) -> Timespec {
    let seconds = time.as_secs().try_into().unwrap_or(i64::MAX);
    Timespec { tv_sec: seconds, tv_nsec: time.subsec_nanos().into() }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    use std::path::Path;
    use std::time::{Duration, Instant};

    use rustix::process::getuid;

    use super::{BusSocket, CHUNK};
    use crate::stores::secret_service::SecretServiceError as Error;
    use crate::stores::secret_service::address::BusAddress;

    fn address(text: &str) -> BusAddress {
        BusAddress::find(Some(text), None, 0).unwrap()
    }

    fn at(path: &Path) -> BusAddress {
        address(&format!("unix:path={}", path.display()))
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[test]
    fn what_is_written_comes_to_the_listener_and_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let socket = BusSocket::connect(&at(&path), getuid().as_raw()).unwrap();
        let (mut other, _) = listener.accept().unwrap();
        socket.write(b"here", soon()).unwrap();
        let mut heard = [0; 4];
        other.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"here");
        other.write_all(b"and back").unwrap();
        let mut read = Vec::new();
        socket.read(&mut read, soon()).unwrap();
        assert_eq!(read, b"and back");
        assert_eq!(socket.read(&mut read, soon()).unwrap_err().kind(), ErrorKind::TimedOut);
        let much = vec![0; 64 * CHUNK * CHUNK];
        assert_eq!(socket.write(&much, soon()).unwrap_err().kind(), ErrorKind::TimedOut);
        drop(other);
        assert!(socket.read(&mut read, soon()).is_err());
        assert_eq!(socket.write(b"x", soon()).unwrap_err().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn an_abstract_socket_is_as_good_and_the_next_is_tried_if_one_is_dead() {
        let name = format!("lockgate-test-{}", std::process::id());
        let bound = SocketAddr::from_abstract_name(&name).unwrap();
        let _listener = UnixListener::bind_addr(&bound).unwrap();
        let text = format!("unix:path=/nowhere/bus;unix:abstract={name}");
        BusSocket::connect(&address(&text), getuid().as_raw()).unwrap();
    }

    #[test]
    fn a_socket_that_another_user_listens_on_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let _listener = UnixListener::bind(&path).unwrap();
        let own = getuid().as_raw();
        let refused = BusSocket::connect(&at(&path), own + 1).unwrap_err();
        assert!(matches!(refused, Error::ForeignBus { owner, .. } if owner == own), "{refused}");
        BusSocket::connect(&at(&path), own).unwrap();
    }

    #[test]
    fn nobody_who_listens_is_an_error_with_its_cause() {
        let error = BusSocket::connect(&address("unix:path=/nowhere/bus"), 0).unwrap_err();
        assert!(matches!(error, Error::Connect { .. }));
        assert!(error.to_string().contains("unix:path=/nowhere/bus"), "{error}");
    }
}
