//! The requests of a login, in the order in which docker sends them.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, Secret};
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::Zeroizing;

use crate::challenge::sent_challenges;
use crate::refusal::refusal;
use crate::token::{Token, token};
use crate::{Bearer, Plan, Refused, TokenError, redirect_target, same_origin, status};

/// Most redirections that are followed, each on the same server.
const MAX_REDIRECTS: usize = 5;
/// Most bytes of an answer: a token server may give a long token.
const MAX_ANSWER: usize = 1 << 20;
/// What docker calls itself to token servers, which some of them know.
const CLIENT_ID: &str = "docker";

/// Who logs in.
pub struct Account<'a> {
    /// The account.
    pub user: &'a str,
    /// Its password, or a token in its place.
    pub password: &'a Secret,
}

/// The end of a login that the registry accepted.
#[derive(Debug)]
pub struct LoggedIn {
    /// What is kept in the place of the password.
    pub identity_token: Option<Secret>,
    /// Whether the registry accepted it without asking for a password.
    pub is_open: bool,
}

/// Why there is no login.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// No answer.
    #[error("Get \"{url}\"")]
    NoAnswer {
        /// The registry.
        url: Url,
        /// Why.
        source: AdapterError,
    },
    /// A redirection to another server.
    #[error(
        "Get \"{url}\": the server sends the request on to `{to}`; nothing was sent there. If that is the registry, log in to it"
    )]
    SentElsewhere {
        /// The registry.
        url: Url,
        /// The other server.
        to: String,
    },
    /// A redirection without end.
    #[error("Get \"{0}\": stopped after {MAX_REDIRECTS} redirects")]
    Redirects(Url),
    /// The servers take too long altogether.
    #[error("Get \"{0}\": the login took too long altogether and was given up")]
    Late(Url),
    /// The registry refuses.
    #[error("login attempt to {url} failed with status: {}", status::shown(*.status))]
    Status {
        /// Where.
        url: Url,
        /// The status code.
        status: u16,
    },
    /// The token server refuses.
    #[error("Get \"{url}\": {refused}")]
    Refused {
        /// The registry.
        url: Url,
        /// What the token server said.
        refused: Refused,
    },
    /// The token server answers with something else.
    #[error("Get \"{url}\": {problem}")]
    Token {
        /// The registry.
        url: Url,
        /// What is wrong.
        problem: TokenError,
    },
}

impl ExchangeError {
    /// Whether the registry knows the credentials and refuses them.
    pub fn is_unauthorized(&self) -> bool {
        match self {
            Self::Status { status, .. } => *status == 401,
            Self::Refused { refused, .. } => refused.is_unauthorized,
            _ => false,
        }
    }
}

/// How a registry is asked.
pub struct Exchange<'a> {
    /// The network.
    pub http: &'a dyn Http,
    /// Whether this address may be asked.
    pub may_contact: &'a dyn Fn(&Url) -> Result<(), AdapterError>,
    /// For each request.
    pub deadline: Duration,
    /// When the whole login is given up, however many requests and redirections it takes.
    pub until: Instant,
}

impl Exchange<'_> {
    /// Asks a registry without credentials what it wants: its challenges, none if it wants nothing.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn ping(&self, registry: &Url) -> Result<Vec<String>, ExchangeError> {
        let url = api(registry);
        let response = self.get(&url, &url, None)?;
        Ok(match response.status {
            401 => sent_challenges(&response),
            _ => Vec::new(),
        })
    }

    /// Logs in as the registry wants it.
    ///
    /// # Errors
    /// If it does not accept the credentials, or there is no answer.
    pub fn log_in(
        &self,
        registry: &Url,
        plan: &Plan,
        account: &Account<'_>,
    ) -> Result<LoggedIn, ExchangeError> {
        let url = api(registry);
        let (authorization, identity_token) = match plan {
            Plan::Plain => (None, None),
            Plan::Basic => (Some(basic(account)), None),
            Plan::Bearer(bearer) => {
                let Token { access, refresh } = self.token(&url, bearer, account)?;
                (Some(headed("Bearer ", &access)), refresh)
            }
        };
        let response = self.get(&url, &url, authorization)?;
        match response.status {
            200 => Ok(LoggedIn { identity_token, is_open: *plan == Plan::Plain }),
            status => Err(ExchangeError::Status { url, status }),
        }
    }

    fn token(
        &self,
        url: &Url,
        bearer: &Bearer,
        account: &Account<'_>,
    ) -> Result<Token, ExchangeError> {
        let asked = token_url(bearer, account);
        let has_both = !account.user.is_empty() && !account.password.is_empty();
        let response = self.get(url, &asked, has_both.then(|| basic(account)))?;
        if let Some(refused) = refusal(&response) {
            return Err(ExchangeError::Refused { url: url.clone(), refused });
        }
        token(&response).map_err(|problem| ExchangeError::Token { url: url.clone(), problem })
    }

    /// Asks, and asks again where the same server says so. No other one sees what is sent.
    fn get(
        &self,
        registry: &Url,
        url: &Url,
        authorization: Option<Secret>,
    ) -> Result<HttpResponse, ExchangeError> {
        let failed = |source| ExchangeError::NoAnswer { url: registry.clone(), source };
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            (self.may_contact)(&at).map_err(failed)?;
            let request = self.request(&at, &authorization, self.time_left(registry)?);
            let response = self.http.send(request).map_err(failed)?;
            let location = response.headers.iter().find(|(name, _)| name == "location");
            let location = location.and_then(|(_, value)| value.expose_text());
            let Some(target) = redirect_target(&at, response.status, location) else {
                return Ok(response);
            };
            if !same_origin(&at, &target) {
                let (url, to) = (registry.clone(), target.origin().ascii_serialization());
                return Err(ExchangeError::SentElsewhere { url, to });
            }
            at = target;
        }
        Err(ExchangeError::Redirects(registry.clone()))
    }

    /// How long the next request may take.
    fn time_left(&self, registry: &Url) -> Result<Duration, ExchangeError> {
        let left = self.until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(ExchangeError::Late(registry.clone())),
            false => Ok(left.min(self.deadline)),
        }
    }

    fn request(
        &self,
        url: &Url,
        authorization: &Option<Secret>,
        deadline: Duration,
    ) -> HttpRequest {
        let header = |value: &Secret| ("authorization".to_owned(), value.clone());
        HttpRequest {
            method: "GET".to_owned(),
            url: url.clone(),
            headers: authorization.iter().map(header).collect(),
            body: Secret::default(),
            // A person named the registry, and its token server is of its own domain or was named too.
            private_network: true,
            client_certificate: None,
            deadline,
            max_body: MAX_ANSWER,
        }
    }
}

/// The address of a registry's interface.
fn api(registry: &Url) -> Url {
    let mut url = registry.clone();
    url.set_path("/v2/");
    url
}

/// With its parameters in the order in which docker sends them: that of their names.
fn token_url(bearer: &Bearer, account: &Account<'_>) -> Url {
    let mut url = bearer.realm.clone();
    let own = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned()));
    let mut pairs: Vec<(String, String)> = own.collect();
    let given = [
        ("account", Some(account.user).filter(|user| !user.is_empty())),
        ("client_id", Some(CLIENT_ID)),
        ("offline_token", Some("true")),
        ("service", bearer.service.as_deref()),
    ];
    pairs.extend(given.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into()))));
    // Of the same name the realm's own comes first.
    pairs.sort_by(|one, other| one.0.cmp(&other.0));
    url.set_query(Some(&Serializer::new(String::new()).extend_pairs(pairs).finish()));
    url.set_fragment(None);
    url
}

fn basic(account: &Account<'_>) -> Secret {
    let mut both =
        Zeroizing::new(Vec::with_capacity(account.user.len() + account.password.len() + 1));
    both.extend_from_slice(account.user.as_bytes());
    both.push(b':');
    both.extend_from_slice(account.password.expose());
    let encoded = Zeroizing::new(STANDARD.encode(&*both));
    headed("Basic ", &Secret::from(encoded.as_str()))
}

fn headed(scheme: &str, value: &Secret) -> Secret {
    Secret::new([scheme.as_bytes(), value.expose()].concat())
}

#[cfg(test)]
mod tests;
