//! The vocabulary that every room of Lockgate shares. No input or output happens here.

mod adapter;
mod answer;
mod argument;
mod capabilities;
mod go_field;
mod host;
mod http;
mod limits;
mod link;
mod network;
mod origin;
mod plain_toml;
mod registry;
mod request;
mod secret;
mod text;
mod time;
mod token;
mod variable;

pub use adapter::{
    AdapterError, Adapters, Environment, Files, Http, HttpRequest, HttpResponse, Kept, OtherSecret,
    Process, ProcessRequest, Program, ProgramEnd, Prompt, SecretStore, StateStore, StoredSecret,
    Witness,
};
pub use answer::{Answer, Credential, Failure, Lifetime};
pub use argument::{ArgumentPart, ArgumentTemplate};
pub use capabilities::{
    Capabilities, EnvironmentGrant, FileGrant, HttpGrant, PlainField, ProcessGrant, Refusal, Sink,
};
pub use go_field::is_go_field;
pub use host::canonical_host;
pub use http::{HeaderError, check_header};
pub use limits::Limits;
pub use link::may_be_opened;
pub use network::{
    Authorities, HttpSettings, HttpTable, NoProxy, NoProxyError, PROXY_VARIABLES, Proxy,
    ProxyChoice, ProxyError, ProxyRefused, ProxyRules, ProxyScheme, ProxySetting, TlsVersions,
    is_local_name,
};
pub use origin::{Origin, OriginPattern, Origins, ParseOriginError};
pub use plain_toml::{PlainKey, PlainToml, PlainValue, read_plain_toml};
pub use registry::{
    CRATES_IO_INDEX, CRATES_IO_SPARSE_INDEX, DOCKER_HUB, DOCKER_HUB_HOSTS, Ecosystem, Registry,
    RegistryError,
};
pub use request::{Artifact, LoginInput, Operation, Purpose, Request};
pub use secret::Secret;
pub use text::{escape, escape_json, escape_lines, is_hidden, shell_word, shorten};
pub use time::{Moment, days_in_month};
pub use token::{
    DOCKER_IDENTITY_TOKEN, TokenError, check_identity, check_token, clean_login_token,
};
pub use variable::misleads_programs;
