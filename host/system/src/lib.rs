//! The boundary to the operating system: what the process does to harden itself, and folders,
//! files and locks that are checked after they are opened.

mod administrator;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod allocator;
mod append;
mod caller;
mod check;
mod child;
mod client_file;
mod confinement;
#[cfg(target_os = "linux")]
mod descriptors;
mod error;
mod folder;
mod folders;
mod fork;
mod hardening;
#[cfg(target_os = "linux")]
mod keyring;
mod largest_file;
#[cfg(target_os = "linux")]
mod launcher;
mod lock;
mod named_file;
#[cfg(target_os = "linux")]
mod orphan;
mod program_folder;
mod program_link;
mod read;
mod regular;
mod search_path;
#[cfg(target_os = "linux")]
mod side_process;
mod threads;
mod walk;

pub use administrator::{open_administrator_file, policy_file};
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub use allocator::use_one_heap;
pub use append::{AppendFile, AppendLock};
pub use caller::{Caller, caller, has_terminal};
pub use child::{ChildError, ChildLimits, OWN_PROGRAM, limited_child};
pub use client_file::{
    ClientFile, create_client_folder, open_client_file, open_granted_file, open_own_file,
};
pub use confinement::{Confined, Confinement, MAX_KEYS, NAME_LOOKUP, Wall, WallState, confine};
pub use error::FileError;
pub use folder::Folder;
pub use folders::{Folders, FoldersError, home_folder};
pub use fork::{ChildEnd, serve_and_listen, serve_in_child};
pub use hardening::{Hardening, harden, take_stdout};
#[cfg(target_os = "linux")]
pub use keyring::{FoundKey, Key, KeyringError, MAX_KEY, Room, fetch_key, remove_keys};
pub use largest_file::limit_written_files;
#[cfg(target_os = "linux")]
pub use launcher::{ArgumentCheck, LaunchError, Launchable, Launched, Launcher, Told, Variable};
pub use lock::{Lock, lock_exclusive, lock_shared};
pub use named_file::write_named_file;
pub use program_folder::is_program_folder;
pub use program_link::{Named, ProgramLink, is_users_own_folder};
pub use read::{read_all, read_capped};
pub use regular::open_regular;
pub use search_path::{is_program, program_on_path};
#[cfg(target_os = "linux")]
pub use side_process::{Exchange, MAX_MESSAGE, SideProcess};
