//! The second wall: what the process may still do once it is known what a request needs. The first
//! is the sandbox; this one stands should that have a hole.

#[cfg(target_os = "linux")]
mod landlock;
mod name_lookup;
#[cfg(all(
    target_os = "linux",
    target_endian = "little",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod seccomp;
#[cfg(all(
    target_os = "linux",
    not(all(target_endian = "little", any(target_arch = "x86_64", target_arch = "aarch64")))
))]
mod seccomp {
    /// The numbers of system calls are each processor's own.
    pub(super) fn restrict(_: &super::Confinement) -> super::WallState {
        super::WallState::Absent("there is no list of system calls for this processor")
    }
}

use std::io;
use std::path::PathBuf;

pub use name_lookup::NAME_LOOKUP;

#[cfg(target_os = "linux")]
use crate::keyring::Key;

/// What the process may still do; everything else of these kinds is refused from then on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confinement {
    /// Folders whose names may be listed, with those below, but whose files may not be read: what
    /// is on the way to a file that is opened from its folder.
    pub list: Vec<PathBuf>,
    /// Files, and folders with all that is in them, that may be read. Links count for what they
    /// lead to; what does not exist is passed over.
    pub read: Vec<PathBuf>,
    /// Files and folders in which may also be written, made, renamed and removed. For what is still
    /// to be made, name the folder that it is to be made in.
    pub write: Vec<PathBuf>,
    /// The TCP ports that may be connected to; with none no socket can be made at all, so that no
    /// name can be looked up either, and nothing on this machine be talked to.
    pub connect: Vec<u16>,
    /// Whether the terminal may be opened, to ask a person.
    pub terminal: bool,
    /// The keys of the kernel's that may be put into the user's keyring and taken out of it, and the
    /// keyrings in which keys may be made, by their numbers: the first [`MAX_KEYS`]. None can be looked
    /// for or read.
    #[cfg(target_os = "linux")]
    pub keys: Vec<Key>,
}

/// Most keys of one confinement: one store, and what is kept of three providers' answers. They
/// lengthen a filter that is tried at each system call.
pub const MAX_KEYS: usize = 16;

/// Which walls stand.
#[derive(Debug)]
pub struct Confined {
    walls: Vec<Wall>,
}

/// One wall, and whether it stands.
#[derive(Debug)]
pub struct Wall {
    /// What it keeps the process from, for people.
    pub name: &'static str,
    /// Whether it stands.
    pub state: WallState,
}

/// Whether a wall stands.
#[derive(Debug)]
pub enum WallState {
    /// As it should.
    Stands,
    /// With the gap that is described, since the kernel can do no more.
    Gap(&'static str),
    /// Not at all, for the reason given: this system has no means for it.
    Absent(&'static str),
    /// Not at all: it should have been possible.
    Failed(io::Error),
}

impl Confined {
    /// Every wall that there could be.
    pub fn walls(&self) -> &[Wall] {
        &self.walls
    }

    /// Whether all of them stand without a gap.
    pub fn is_complete(&self) -> bool {
        self.walls.iter().all(|wall| matches!(wall.state, WallState::Stands))
    }
}

/// Confines the process, for good. A wall that cannot be put up does not keep the others from
/// standing; the answer says which do. No program can be started from then on. It binds the calling
/// thread and what that starts, and so fails where there are other threads already.
pub fn confine(confinement: &Confinement) -> Confined {
    Confined { walls: put_up(confinement) }
}

const FILES: &str = "files that were not granted";
const NETWORK: &str = "TCP ports that were not granted";
const SCOPE: &str = "signals and abstract sockets to other processes";
const PRIVILEGES: &str = "new privileges";
const SYSTEM_CALLS: &str = "dangerous system calls";

#[cfg(target_os = "linux")]
fn put_up(confinement: &Confinement) -> Vec<Wall> {
    if let Err(error) = crate::threads::require_one() {
        return everywhere(|| WallState::Failed(io::Error::new(error.kind(), error.to_string())));
    }
    let privileges = WallState::of(rustix::thread::set_no_new_privs(true).map_err(Into::into));
    let [files, network, scope] = landlock::restrict(confinement);
    let system_calls = seccomp::restrict(confinement);
    vec![
        Wall { name: PRIVILEGES, state: privileges },
        Wall { name: FILES, state: files },
        Wall { name: NETWORK, state: network },
        Wall { name: SCOPE, state: scope },
        Wall { name: SYSTEM_CALLS, state: system_calls },
    ]
}

#[cfg(not(target_os = "linux"))]
fn put_up(_: &Confinement) -> Vec<Wall> {
    everywhere(|| WallState::Absent("this system has no Landlock and no seccomp"))
}

fn everywhere(state: impl Fn() -> WallState) -> Vec<Wall> {
    [PRIVILEGES, FILES, NETWORK, SCOPE, SYSTEM_CALLS]
        .map(|name| Wall { name, state: state() })
        .into()
}

#[cfg(target_os = "linux")]
impl WallState {
    fn of(result: io::Result<()>) -> Self {
        result.map_or_else(Self::Failed, |()| Self::Stands)
    }
}
