//! The boundary to the operating system: what the process does to harden itself, and folders,
//! files and locks that are checked after they are opened.

mod check;
mod client_file;
mod error;
mod folder;
mod folders;
mod hardening;
mod lock;
mod read;
mod regular;
mod walk;

pub use client_file::{ClientFile, create_client_folder, open_client_file, open_granted_file};
pub use error::FileError;
pub use folder::Folder;
pub use folders::{Folders, FoldersError, home_folder};
pub use hardening::{Hardening, harden, take_stdout};
pub use lock::{Lock, lock_exclusive, lock_shared};
pub use read::{read_all, read_capped};
pub use regular::open_regular;
