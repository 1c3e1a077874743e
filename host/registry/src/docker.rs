//! docker's configuration: under which key a registry's entry is kept, what `config.json` says and how
//! it is changed, the variable that takes its place, and where podman and its kin look. All of it is
//! docker's own reading, that of 28.2.2, apart from what says otherwise.

pub mod containers;
mod edit;
mod entry;
mod error;
mod field;
mod file;
mod folder;
mod helper;
mod layout;
mod members;
mod server;
mod splice;
mod style;
mod variable;

pub use edit::{NewAuth, mark, remove_auth, set_auth, set_helper};
pub use entry::Entry;
pub use error::{DockerConfigError, EntryProblem};
pub use file::{DockerConfig, Selection};
pub use folder::config_folder;
pub use helper::{HELPER_PREFIX, helper_suffix, is_helper_suffix};
pub use server::{HUB_TOKENS, aliases, hostname, login_server, logout_servers};
pub(crate) use server::{canonical, deciding_key};
pub use variable::{AuthVariable, AuthVariableError};

/// Longest `config.json`, in bytes. docker sets no bound; this is room for several secrets of 1 MiB,
/// the longest that are kept, and for some ten thousand ordinary ones.
pub const MAX_DOCKER_CONFIG: usize = 8 << 20;
/// The variable with entries that go before those of `config.json`.
pub const AUTH_VARIABLE: &str = "DOCKER_AUTH_CONFIG";
