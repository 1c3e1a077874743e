//! A login at a container registry, as docker's own client side does it: the registry is asked without
//! credentials what it wants, and then with them. Each of the two is done by a child that confines
//! itself; the first one, which reads what anybody may have written, has no password.

mod certificates;
mod said;

use std::time::{Duration, Instant};

use lockgate_adapters::{HttpError, NativeHttp};
use lockgate_core::{AdapterError, HttpSettings, Registry, Secret};
use lockgate_handshake::{Account, Exchange, ExchangeError, LoggedIn, Plan, endpoints, plan};
use lockgate_system::caller;
use url::Url;

use crate::asking::Asking;
use crate::child::in_child;
use crate::failed::{Failed, chain_of};
use crate::{Machine, Tell, Told};
use certificates::Certificates;
use said::{Pinged, Said};

/// What is decided on, in the audit.
const REGISTRY: &str = "registry";
/// For each request, as in docker.
const DEADLINE: Duration = Duration::from_secs(15);
/// For all requests of a login together, of which docker makes three: a server that answers each slowly
/// holds nobody up for longer.
const WHOLE_DEADLINE: Duration = Duration::from_secs(60);

/// A login that a registry is to accept.
#[derive(Clone, Copy)]
pub struct RegistryLogin<'a> {
    /// The server, as docker keeps it.
    pub registry: &'a Registry,
    /// The account.
    pub user: &'a str,
    /// Its password.
    pub password: &'a Secret,
    /// Token servers outside the registry's own domain that may be given the password; their origins
    /// count.
    pub allowed_realms: &'a [Url],
}

/// A login that the registry accepted.
#[derive(Debug)]
pub struct Accepted {
    /// What is kept in the place of the password, if the registry gave it.
    pub identity_token: Option<Secret>,
    /// Whether the registry never asked for a password, so that any other would have been accepted.
    pub is_open: bool,
}

/// Why a registry accepts no login.
#[derive(Debug)]
pub struct NotAccepted {
    /// What happened and why, outermost first. Parts are a registry's words: escape them.
    pub messages: Vec<String>,
    /// Whether the registry knows better credentials, and nothing else went wrong.
    pub is_unauthorized: bool,
}

impl From<Failed> for NotAccepted {
    fn from(failed: Failed) -> Self {
        Self { messages: failed.0, is_unauthorized: false }
    }
}

impl Machine {
    /// Logs in to a registry; nothing is stored. Call it before the process is confined, and while it
    /// has one thread.
    ///
    /// # Errors
    /// If the registry does not accept it, cannot be asked, or the administrator forbids to ask it.
    pub fn log_in(&self, login: &RegistryLogin<'_>, tell: Tell) -> Result<Accepted, NotAccepted> {
        // Children would take this process for who asks.
        let caller = caller();
        let registry = login.registry;
        let endpoints = endpoints(registry.url()).map_err(|error| chain_of(&error))?;
        let asking = Asking::new(self, tell, REGISTRY, (&caller, registry));
        asking.check_caller(&caller, registry.url())?;
        let until = Instant::now() + WHOLE_DEADLINE;
        let asked = Asked { machine: self, login, asking, http: self.http(), until };
        let done = asked.at_one_of(&endpoints);
        done.inspect_err(|_| asked.asking.tell_unrecorded())
    }
}

/// One login.
struct Asked<'a> {
    machine: &'a Machine,
    login: &'a RegistryLogin<'a>,
    asking: Asking<'a>,
    http: HttpSettings,
    until: Instant,
}

impl Asked<'_> {
    /// At the first of these addresses at which something answers.
    fn at_one_of(&self, endpoints: &[Url]) -> Result<Accepted, NotAccepted> {
        let mut last = Failed::unexpected();
        for endpoint in endpoints {
            let certificates = Certificates::of(endpoint, self.machine.home())?;
            match self.ping(endpoint, &certificates)? {
                Pinged::Wants(challenges) => {
                    return self.log_in(endpoint, &challenges, &certificates);
                }
                Pinged::NotThere(messages) => last = Failed(messages),
            }
        }
        Err(last.into())
    }

    fn ping(&self, endpoint: &Url, certificates: &Certificates) -> Result<Pinged, Failed> {
        in_child(|| {
            self.asking.confine_to(&self.asking.walls(&self.http, ports([endpoint])))?;
            match self.exchange(certificates, |exchange| exchange.ping(endpoint)) {
                Ok(challenges) => Ok(Pinged::Wants(challenges)),
                Err(error) if is_nobody_there(&error) => {
                    Ok(Pinged::NotThere(chain_of(&error).shortened().0))
                }
                Err(error) => Err(chain_of(&error)),
            }
        })
    }

    fn log_in(
        &self,
        endpoint: &Url,
        challenges: &[String],
        certificates: &Certificates,
    ) -> Result<Accepted, NotAccepted> {
        let planned = plan(challenges, endpoint, self.login.allowed_realms);
        let plan = planned.map_err(|error| {
            // Where docker comes to it.
            Failed(vec![format!("Get \"{endpoint}v2/\""), error.to_string()])
        })?;
        let realm = match &plan {
            Plan::Bearer(bearer) => &bearer.realm,
            Plan::Plain | Plan::Basic => endpoint,
        };
        let said = in_child(|| {
            self.asking.confine_to(&self.asking.walls(&self.http, ports([endpoint, realm])))?;
            let account = Account { user: self.login.user, password: self.login.password };
            let done =
                self.exchange(certificates, |exchange| exchange.log_in(endpoint, &plan, &account));
            Ok(match done {
                Ok(LoggedIn { identity_token, is_open }) => {
                    Said::Accepted { identity_token: identity_token.map(Told), is_open }
                }
                Err(error) => Said::Refused {
                    is_unauthorized: error.is_unauthorized(),
                    messages: chain_of(&error).shortened().0,
                },
            })
        })?;
        match said {
            Said::Accepted { identity_token, is_open } => {
                Ok(Accepted { identity_token: identity_token.map(|told| told.0), is_open })
            }
            Said::Refused { messages, is_unauthorized } => {
                Err(NotAccepted { messages, is_unauthorized })
            }
        }
    }

    fn exchange<T>(
        &self,
        certificates: &Certificates,
        work: impl FnOnce(&Exchange<'_>) -> Result<T, ExchangeError>,
    ) -> Result<T, ExchangeError> {
        let http = certificates.put_into(NativeHttp::configured(self.http.clone()));
        let may_contact = &|url: &Url| self.may_contact(url);
        work(&Exchange { http: &http, may_contact, deadline: DEADLINE, until: self.until })
    }

    /// Of an address the server is recorded: behind it stands an account.
    fn may_contact(&self, url: &Url) -> Result<(), AdapterError> {
        let allowed = self.machine.ceiling.allows_address(url, self.login.registry);
        let subject = format!("GET {}", url.origin().ascii_serialization());
        self.asking.noted(&subject, allowed.map_err(Into::into))
    }
}

/// Those of these addresses.
fn ports<const COUNT: usize>(urls: [&Url; COUNT]) -> Vec<u16> {
    urls.into_iter().filter_map(Url::port_or_known_default).collect()
}

/// Whether nothing that speaks this scheme is at the address. A server whose certificate is not believed
/// is there.
fn is_nobody_there(error: &ExchangeError) -> bool {
    let ExchangeError::NoAnswer { source, .. } = error else { return false };
    matches!(source.downcast_ref(), Some(HttpError::Exchange { .. }))
}
