#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod adapter;
#[doc(hidden)]
pub mod bindings;
mod export;
mod failure;
mod part;
pub mod process;
mod provider;
mod request;
mod runtime;

pub use bindings::lockgate::provider::secrets::{
    Document, Encoding, Format, Part, Problem, Secret,
};
pub use bindings::lockgate::provider::types::{
    Artifact, Credential, Failure, Identity, Lifetime, Purpose, Registry,
};
pub use bindings::lockgate::provider::{
    environment, files, log, prompt, reveal, secrets, settings, state, store,
};
pub use provider::Provider;
pub use request::{GetRequest, LoginRequest, LogoutRequest};

/// HTTP requests to granted origins.
pub mod http {
    pub use crate::bindings::lockgate::provider::http::{Header, Request, Response, send};
}

#[doc(hidden)]
pub use runtime::BumpAllocator;
