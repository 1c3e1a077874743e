//! Children that do not outlive their parent.

use rustix::process::{
    Pid, Signal, getpid, getppid, kill_process, set_parent_process_death_signal,
};

/// Called in a child: the kernel kills it when its parent, or the parent's thread that made it,
/// ends. Makes system calls only, as a child of a process with threads must.
pub(crate) fn end_with(parent: Pid) {
    // If it is refused, the child ends a little later by itself.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    // The parent may have ended before that.
    if getppid() != Some(parent) {
        let _ = kill_process(getpid(), Signal::KILL);
    }
}
