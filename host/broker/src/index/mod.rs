//! A registry's index, asked before a login as cargo does: where tokens are had, and whether there is
//! one already. Each step that reads what a registry wrote, or that asks providers, runs in a child
//! of its own, which confines itself and tells what a login has to know, never a token.

mod clone;
mod fetch;
mod git;
mod git_path;
mod git_reach;
mod guard;
pub(crate) mod said;
mod token;

use std::path::PathBuf;

use lockgate_core::{Registry, Secret};
use lockgate_index::{Kind, Location, RegistryConfig, folder_name, login_url};
use lockgate_registry::ConfigError;
use lockgate_registry::cargo::CargoHttp;
use lockgate_system::{caller, open_regular, read_capped};

use crate::asking::Asking;
use crate::failed::{Failed, chain_of};
use crate::{Broker, Choice, Notice, Reply};
use said::Said;

/// What is decided on, in the audit.
const INDEX: &str = "index";
/// cargo's words where nobody configured a provider.
const NOT_CONFIGURED: &str = "authenticated registries require a credential-provider to be \
     configured\nsee https://doc.rust-lang.org/cargo/reference/registry-authentication.html for \
     details";
/// cargo's words where there is no index.
const NO_CONFIG: &str = "config.json not found in registry";

/// Why a registry is not asked once more.
const IN_THE_CLEAR: &str = "the registry wants a token, and is not asked with one: it would go \
     through a proxy over plain http; name the registry's host in `NO_PROXY`";

/// Whether the network may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Yes.
    #[default]
    Online,
    /// No, by `--offline`.
    Offline,
    /// No, by `--frozen`.
    Frozen,
}

/// The client's part of asking an index.
pub trait IndexClient {
    /// The providers of the registry, and whether anybody configured them. Called each time that they
    /// are about to be asked.
    ///
    /// # Errors
    /// Why there are none: what happened, outermost first.
    fn providers(&self) -> Result<(Vec<Choice>, bool), Vec<String>>;
    /// Shows what came of asking them.
    fn show(&self, reply: &Reply, request: &lockgate_core::Request, choices: &[Choice]);
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct IndexQuestion<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// A token that the client has already, and that is used in the place of what providers have.
    pub token: Option<&'a Secret>,
    /// Whether the network may be used.
    pub connection: Connection,
    /// The client.
    pub client: &'a dyn IndexClient,
}

/// Why there is no login: what happened and why, outermost first.
#[derive(Debug, PartialEq, Eq)]
pub struct IndexFailure {
    /// Sentences for people, of cargo where it has one.
    pub messages: Vec<String>,
}

/// How a login goes on.
enum Next {
    /// With this answer of the registry.
    Config { config: RegistryConfig, has_token: bool },
    /// Without one: with the page of its refusal, if it named one.
    Login(Option<String>),
}

impl Broker {
    /// Where a person gets a token for a login, as the registry says: its refusal, or its web API.
    /// Standard input is not read. Call it before the process is confined, and while it has one
    /// thread.
    ///
    /// # Errors
    /// If cargo would not go on with the login, or the administrator forbids to ask the registry.
    pub fn login_page(&self, question: &IndexQuestion<'_>) -> Result<Option<String>, IndexFailure> {
        // Children would take this process for who asks.
        let caller = caller();
        let by_git = self.context().cargo.crates_io_by_git();
        let location = Location::of(question.registry, by_git).map_err(|error| chain_of(&error))?;
        let http = self.index_http().map_err(|error| chain_of(&error))?;
        let machine = &self.context().machine;
        let tell = self.teller();
        let asking = Asking::new(machine, tell, INDEX, (&caller, question.registry));
        let asked = Asked { broker: self, question, location, http, asking };
        asked.asking.check_caller(&caller, &asked.shown(asked.location.url()))?;
        Ok(asked.page().inspect_err(|_| asked.asking.tell_unrecorded())?)
    }

    /// How an index is reached: as the user's cargo says, but for what the administrator does.
    fn index_http(&self) -> Result<CargoHttp, ConfigError> {
        let machine = &self.context().machine;
        let mut http = self.context().cargo.http()?;
        if machine.ceiling.http().is_some() {
            http.settings = machine.http();
        }
        Ok(http)
    }
}

/// One question about one index.
struct Asked<'a> {
    broker: &'a Broker,
    question: &'a IndexQuestion<'a>,
    location: Location,
    http: CargoHttp,
    asking: Asking<'a>,
}

impl Asked<'_> {
    fn page(&self) -> Result<Option<String>, Failed> {
        let (config, has_token) = match self.answer()? {
            Next::Config { config, has_token } => (config, has_token),
            Next::Login(page) => return Ok(page),
        };
        let name = self.question.registry.display_name();
        let no_api = || Failed::because(format!("registry `{name}` does not support API commands"));
        let api = config.api.ok_or_else(no_api)?;
        if config.auth_required && !has_token && !self.has_token()? {
            return Ok(None);
        }
        match self.connection() {
            Connection::Online => Ok(Some(format!("{api}/me"))),
            Connection::Offline => Err(offline("--offline")),
            Connection::Frozen => Err(offline("--frozen")),
        }
    }

    fn connection(&self) -> Connection {
        match self.question.connection {
            Connection::Online if self.http.offline => Connection::Offline,
            asked => asked,
        }
    }

    /// What the registry says, from cargo's own copy if there is one.
    fn answer(&self) -> Result<Next, Failed> {
        let given = self.question.token.is_some();
        if let Some(config) = self.kept()? {
            return Ok(Next::Config { config, has_token: given });
        }
        if self.connection() != Connection::Online {
            return Err(Failed::because(NO_CONFIG));
        }
        match self.location.check(self.is_users()) {
            Err(unsafe_url) if unsafe_url.is_passed_over() => {
                self.broker.tell(&Notice::IndexNotAsked(&unsafe_url.to_string()));
                return Ok(Next::Login(None));
            }
            checked => checked.map_err(|error| chain_of(&error))?,
        }
        self.broker.tell(&Notice::Updating(&self.location.to_string()));
        let said = match &self.location.kind {
            Kind::Sparse(url) => self.fetched(url)?,
            Kind::Git(url) => self.cloned(url)?,
        };
        match said {
            Said::Config { json } => {
                Ok(Next::Config { config: parsed(json.as_bytes())?, has_token: given })
            }
            Said::Refused { challenges, ports } => self.refused(challenges, &ports),
            Said::Nothing => Err(Failed::because(NO_CONFIG)),
            Said::NotStarted { why } => {
                self.broker.tell(&Notice::IndexNotAsked(&why));
                Ok(Next::Login(None))
            }
            Said::Found { .. } => Err(Failed::unexpected()),
        }
    }

    /// The registry wants a token: providers are asked, and it is asked once more.
    fn refused(&self, challenges: Vec<String>, ports: &[u16]) -> Result<Next, Failed> {
        let page = login_url(&challenges).map_err(|error| chain_of(&error))?.map(String::from);
        if self.is_open_to_a_proxy() {
            self.broker.tell(&Notice::IndexNotAsked(IN_THE_CLEAR));
            return Ok(Next::Login(page));
        }
        match self.fetched_with_token(challenges, ports)? {
            Said::Found { json, reusable } => {
                Ok(Next::Config { config: parsed(json.as_bytes())?, has_token: reusable })
            }
            Said::Refused { .. } | Said::Nothing => Ok(Next::Login(page)),
            Said::Config { .. } | Said::NotStarted { .. } => Err(Failed::unexpected()),
        }
    }

    /// Whether a token would go through a proxy in the clear. What is asked without TLS is on this
    /// machine, where a proxy need not be.
    fn is_open_to_a_proxy(&self) -> bool {
        let url = self.location.url();
        let proxy = self.http.settings.proxies.proxy_for(url);
        url.scheme() == "http" && !matches!(proxy, Ok(None))
    }

    /// cargo's own copy of a sparse index's file, or of a git index; what it cannot read either is
    /// passed over.
    fn kept(&self) -> Result<Option<RegistryConfig>, Failed> {
        let Some(folder) = self.folder() else { return Ok(None) };
        if let Kind::Git(_) = self.location.kind {
            return self.read_clone(&folder.join(".git"));
        }
        let path = folder.join("config.json");
        let Ok(file) = open_regular(&path) else { return Ok(None) };
        let bytes = read_capped(&file, &path, lockgate_index::MAX_CONFIG).ok();
        Ok(bytes.and_then(|bytes| RegistryConfig::parse(&bytes).ok()))
    }

    fn folder(&self) -> Option<PathBuf> {
        let name = folder_name(&self.location.index)?;
        Some(self.broker.context().cargo_home.join("registry/index").join(name))
    }

    /// Whether the user's own configuration names the index: what only a project names reaches no
    /// network around this machine.
    fn is_users(&self) -> bool {
        self.broker.context().cargo.is_users_index(self.question.registry)
    }
}

fn offline(option: &str) -> Failed {
    Failed::because(format!("attempting to make an HTTP request, but {option} was specified"))
}

fn parsed(json: &[u8]) -> Result<RegistryConfig, Failed> {
    RegistryConfig::parse(json).map_err(|error| chain_of(&error))
}
