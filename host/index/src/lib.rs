//! A registry's index, as far as a login asks it: its `config.json`, from cargo's own cache, from the
//! registry or out of a git repository, and what a refusal says about where tokens are had. Nothing
//! here opens a connection or starts a program by itself: the caller hands over both.

mod challenge;
mod config;
mod folder;
mod git;
mod kind;
mod retry;
mod sparse;
mod unsuccessful;

pub use challenge::{NotAUrl, login_url};
pub use config::{ConfigError, MAX_CONFIG, RegistryConfig};
pub use folder::folder_name;
pub use git::{FETCH_DEADLINE, Git, GitError, Reach, Through};
pub use kind::{Kind, Location, UnsafeUrl};
pub use retry::{Retries, Retry};
pub use sparse::{DownloadError, Fetched, Sparse, SparseError};
pub use unsuccessful::Unsuccessful;
