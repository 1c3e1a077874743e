//! The machine's own log, to which a copy of each line can go.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::AuditError;

/// How long a collector may take to take one line, before it counts as not running.
const DEADLINE: Duration = Duration::from_secs(1);

/// A log of the machine, out of the user's reach: what is in it and missing in the trail shows what a
/// chain cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collector {
    /// The journal of systemd.
    Journald,
    /// The syslog daemon.
    Syslog,
}

impl Collector {
    fn path(self) -> &'static str {
        match self {
            Self::Journald => "/run/systemd/journal/socket",
            Self::Syslog => "/dev/log",
        }
    }

    /// The datagram for a line: informational, and of the facility for authorization (10).
    fn datagram(self, line: &str) -> String {
        match self {
            Self::Journald => format!(
                "PRIORITY=6\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=lockgate\nMESSAGE={line}\n"
            ),
            Self::Syslog => format!("<86>lockgate[{}]: {line}", std::process::id()),
        }
    }
}

/// Where a collector listens.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) collector: Collector,
    pub(crate) path: PathBuf,
}

impl From<Collector> for Target {
    fn from(collector: Collector) -> Self {
        Self { collector, path: PathBuf::from(collector.path()) }
    }
}

/// A connection to a collector.
#[derive(Debug)]
pub(crate) struct Sender {
    target: Target,
    socket: UnixDatagram,
}

impl Sender {
    pub(crate) fn connect(target: &Target) -> Result<Self, AuditError> {
        let socket = connect(&target.path).map_err(|source| target.failure(source))?;
        Ok(Self { target: target.clone(), socket })
    }

    pub(crate) fn send(&self, line: &str) -> Result<(), AuditError> {
        match self.socket.send(self.target.collector.datagram(line).as_bytes()) {
            Ok(_) => Ok(()),
            Err(source) => Err(self.target.failure(source)),
        }
    }
}

impl Target {
    fn failure(&self, source: io::Error) -> AuditError {
        AuditError::Collector { path: self.path.clone(), source }
    }
}

fn connect(path: &Path) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.connect(path)?;
    socket.set_write_timeout(Some(DEADLINE))?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use super::{Collector, Sender, Target};

    #[test]
    fn a_line_goes_to_a_collector_in_its_own_form() {
        let folder = tempfile::tempdir().unwrap();
        let syslog = format!("<86>lockgate[{}]: {{}}", std::process::id());
        let journald =
            "PRIORITY=6\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=lockgate\nMESSAGE={}\n".to_owned();
        for (collector, expected) in [(Collector::Syslog, syslog), (Collector::Journald, journald)]
        {
            let path = folder.path().join(format!("{collector:?}"));
            let listener = UnixDatagram::bind(&path).unwrap();
            Sender::connect(&Target { collector, path }).unwrap().send("{}").unwrap();
            let mut buffer = [0; 1024];
            let length = listener.recv(&mut buffer).unwrap();
            assert_eq!(str::from_utf8(&buffer[..length]).unwrap(), expected);
        }
    }
}
