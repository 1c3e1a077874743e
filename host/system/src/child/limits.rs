//! What a child may use, set by itself before it becomes the program. System calls only.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, setrlimit};

use super::ChildLimits;

/// Standard streams, the libraries that it is linked with, one at a time, and what its runtime needs.
const OPEN_FILES: u64 = 64;

pub(super) fn apply(limits: &ChildLimits, parent: Pid) -> io::Result<()> {
    // A session and a process group of its own, and so no terminal.
    rustix::process::setsid()?;
    default_file_limit();
    let seconds = whole_seconds(limits.cpu);
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nofile, OPEN_FILES, OPEN_FILES)?;
    // At the first one a signal tells what happened; a program that ignores it ends at the second.
    limit(Resource::Cpu, seconds, seconds.saturating_add(1))?;
    limit(Resource::As, limits.memory, limits.memory)?;
    #[cfg(target_os = "linux")]
    {
        // Linux before 5.11 has no such call; what we open ourselves is not handed on anyway.
        let _ = crate::descriptors::hand_on_none();
        rustix::thread::set_no_new_privs(true)?;
        crate::orphan::end_with(parent);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = parent;
    Ok(())
}

/// An ignored signal stays ignored in a program, which does not expect that.
#[allow(unsafe_code, reason = "there is no safe way to set what a signal does")]
fn default_file_limit() {
    // SAFETY: the default action runs no code of this process. It cannot fail for this signal.
    unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_DFL) };
}

/// Never more than there already is, which only root could do.
fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let most = rustix::process::getrlimit(resource).maximum;
    let within = |value: u64| Some(most.map_or(value, |most| value.min(most)));
    Ok(setrlimit(resource, Rlimit { current: within(soft), maximum: within(hard) })?)
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0))
}
