//! The way of a request: the one function that every front door calls, and what is recorded of it.

mod administrator;
mod advice;
mod asking;
mod bridge;
mod broker;
mod cache;
mod child;
mod context;
mod docker;
mod entries;
mod failed;
mod files;
mod handshake;
mod http;
mod index;
mod kept;
mod logout;
mod machine;
mod person;
mod prepare;
mod programs;
mod reply;
mod stores;
mod token_source;
mod trail;
mod unavailable;
mod verdict;
mod walls;

pub use bridge::{
    BridgeError, CARGO_PLUGIN, DOCKER_HELPER, PASS, choices_beside, docker_helper_grant,
    docker_helper_program, is_on_path, pass_grant,
};
pub use broker::{Broker, Tell};
pub use cache::forget_answers;
pub use child::{Told, apart};
pub use context::{Context, ContextError};
pub use docker::{Chosen, DockerPlaces, KeyringNotAsked, ListError, Unencrypted};
pub use files::PolicyError;
pub use handshake::{Accepted, NotAccepted, RegistryLogin};
pub use index::{Connection, IndexClient, IndexFailure, IndexQuestion};
pub use kept::BeforeLogout;
pub use lockgate_registry::cargo::{BindingError, TokenBinding};
pub use logout::LogoutEnd;
pub use machine::Machine;
pub use person::Person;
pub use prepare::{check, explain};
pub use reply::{Choice, End, NotAsked, Notice, ProviderError, Reply, Tried};
pub use token_source::{TokenSource, TokenSources};
pub use unavailable::{NoStore, Unavailable};
