//! Compiling a component: the child that does it, and what a person sees meanwhile.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lockgate_core::escape;
use lockgate_providers::{CompileError, compile_in_child};
use lockgate_system::{Confinement, confine};

use super::SHELL;
use super::units::size;

/// How often the elapsed time is shown anew.
const REFRESH: Duration = Duration::from_millis(200);

/// The child's whole work: compiles what is on standard input, if it is a provider.
#[allow(clippy::disallowed_methods, reason = "code is what the parent wants on standard output")]
pub(crate) fn compile_stdin() -> ExitCode {
    // Somebody else's bytes are read here, and nothing is needed for it: a wall that cannot stand
    // leaves the limits, as everywhere.
    confine(&Confinement::default());
    let (input, output) = (io::stdin().lock(), io::stdout().lock());
    match lockgate_providers::compile_stream(input, output, lockgate_sandbox::check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = std::iter::successors(error.source(), |error| error.source());
            let causes: String = causes.map(|cause| format!(": {cause}")).collect();
            // If nobody reads it there is nobody to tell.
            let _ = write!(io::stderr(), "{error}{causes}");
            ExitCode::from(lockgate_providers::REFUSED)
        }
    }
}

/// Compiles a component in a child and shows that it is at work.
pub(super) fn compile(name: &str, component: &[u8]) -> Result<Vec<u8>, CompileError> {
    let _shown = Progress::start(name, component.len() as u64);
    compile_in_child(component)
}

/// A line on a terminal with the time that has passed, gone when this is dropped. Elsewhere, a line
/// without the time, which stays.
struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    fn start(name: &str, bytes: u64) -> Self {
        let what = format!("{} ({})", escape(name), size(bytes));
        if !io::stderr().is_terminal() {
            SHELL.status("Compiling", &what);
            return Self(None);
        }
        let (stop, stopped) = channel();
        let shown = std::thread::spawn(move || {
            let start = Instant::now();
            while stopped.recv_timeout(REFRESH) == Err(RecvTimeoutError::Timeout) {
                let _ =
                    write!(io::stderr(), "\r   Compiling {what} {} s", start.elapsed().as_secs());
            }
            // Back to the start of the line, and erase it.
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        });
        Self(Some((stop, shown)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, shown)) = self.0.take() {
            drop(stop);
            let _ = shown.join();
        }
    }
}
