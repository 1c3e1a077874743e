//! Recording.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::collector::{Sender, Target};
use crate::context::Room;
use crate::line::Body;
use crate::open::Open;
use crate::{AuditError, Collector, Context, Event};

/// Where things are recorded. Clones are the same trail; threads and processes may record at the same
/// time.
#[derive(Clone, Debug)]
pub struct Trail(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    collector: Option<Target>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    sender: Option<Sender>,
}

impl Trail {
    /// The trail in this folder. Nothing is touched until something is recorded.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self::with_collector(folder, None)
    }

    /// The same, and each line goes to a collector as well.
    #[must_use]
    pub fn with_collector(folder: &Path, collector: Option<Collector>) -> Self {
        Self::with_target(folder, collector.map(Target::from))
    }

    fn with_target(folder: &Path, collector: Option<Target>) -> Self {
        let (folder, state) = (folder.to_owned(), Mutex::default());
        Self(Arc::new(Inner { folder, collector, state }))
    }

    /// Its folder. A process that confines itself keeps the right to read, make, rename and remove
    /// files in it, so that it can go on when another process gives the full file another name.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Opens now what recording needs, before a process confines itself.
    ///
    /// # Errors
    /// If the files or the collector cannot be opened.
    pub fn prepare(&self) -> Result<(), AuditError> {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.file(&self.0.folder)?.make_room()?;
        match &self.0.collector {
            Some(collector) => state.connect(collector),
            None => Ok(()),
        }
    }

    /// Adds one line. Of the uses of one request 200 are recorded, then that there were more; answers
    /// always.
    ///
    /// # Errors
    /// If it is not in the file, or was not taken by the collector. Whoever may hand out nothing
    /// that is not recorded stops then.
    pub fn record(&self, context: &Context, event: &Event<'_>) -> Result<(), AuditError> {
        let room = match event {
            Event::Use { .. } => context.count_use(),
            Event::Answer { .. } => Room::Left,
        };
        match room {
            Room::Left => self.write(Body::new(context, event)),
            Room::Ended => self.write(Body::more(context)).and(Err(AuditError::TooMany)),
            Room::None => Err(AuditError::TooMany),
        }
    }

    fn write(&self, body: Body<'_>) -> Result<(), AuditError> {
        // What a panic left is looked at again before it is used.
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let line = state.file(&self.0.folder)?.write(body)?;
        match &self.0.collector {
            Some(collector) => state.send(collector, line.trim_end()),
            None => Ok(()),
        }
    }
}

impl State {
    fn file(&mut self, folder: &Path) -> Result<&mut Open, AuditError> {
        let open = match self.open.take().filter(Open::is_ours) {
            Some(open) => open,
            None => Open::new(folder)?,
        };
        Ok(self.open.insert(open))
    }

    fn connect(&mut self, collector: &Target) -> Result<(), AuditError> {
        if self.sender.is_none() {
            self.sender = Some(Sender::connect(collector)?);
        }
        Ok(())
    }

    /// Sends a line, a second time over a new connection if the collector was started anew.
    fn send(&mut self, collector: &Target, line: &str) -> Result<(), AuditError> {
        self.connect(collector)?;
        let sent = self.sender.as_ref().is_some_and(|sender| sender.send(line).is_ok());
        if sent {
            return Ok(());
        }
        let sender = Sender::connect(collector)?;
        sender.send(line)?;
        self.sender = Some(sender);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use lockgate_core::{Ecosystem, Operation, Registry};

    use super::Trail;
    use crate::collector::Target;
    use crate::{AuditError, Collector, Context, Event, verify};

    #[test]
    fn a_collector_gets_each_line_and_its_absence_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let listen = || UnixDatagram::bind(&path).unwrap();
        let target = Target { collector: Collector::Syslog, path: path.clone() };
        let trail = Trail::with_target(&folder.path().join("audit"), Some(target));
        let registry = Registry::new(Ecosystem::Cargo, "https://a.example/").unwrap();
        let context = Context::new(1, None, &registry, &Operation::Logout);
        let record = || {
            let (capability, subject, rule) = ("store", "os", "");
            trail.record(&context, &Event::Use { capability, subject, allowed: true, rule })
        };
        let received = |listener: &UnixDatagram| {
            let mut buffer = vec![0; 4096];
            let length = listener.recv(&mut buffer).unwrap();
            buffer.truncate(length);
            String::from_utf8(buffer).unwrap()
        };

        let error = record().unwrap_err();
        assert!(matches!(error, AuditError::Collector { .. }), "{error}");
        assert!(trail.prepare().is_err());

        let first = listen();
        record().unwrap();
        let line = received(&first);
        let file = lockgate_system::Folder::open_private(trail.folder()).unwrap().unwrap();
        let written = file.read("audit.jsonl", 1 << 20).unwrap().unwrap();
        let last = str::from_utf8(&written).unwrap().lines().last().unwrap().to_owned();
        assert!(line.ends_with(&format!(": {last}")), "{line}");

        // It was started anew.
        drop(first);
        assert!(record().is_err());
        rustix::fs::unlink(&path).unwrap();
        let second = listen();
        record().unwrap();
        assert!(received(&second).contains("\"seq\":4,"));
        assert_eq!(verify(trail.folder()).unwrap().lines, 4);
    }
}
