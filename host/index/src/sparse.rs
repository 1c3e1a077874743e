//! `config.json` over HTTP, with the messages of cargo.

use std::time::{Duration, Instant};

use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, Secret};
use lockgate_handshake::{redirect_target, same_origin, sent_challenges};
use url::Url;

use crate::retry::pause;
use crate::unsuccessful::{Unsuccessful, unsuccessful};
use crate::{ConfigError, MAX_CONFIG, Retries, Retry};

/// Most redirections that are followed, as cargo's library does.
const MAX_REDIRECTS: usize = 30;

/// How a sparse index is asked.
pub struct Sparse<'a> {
    /// The network.
    pub http: &'a dyn Http,
    /// Whether this address may be asked, also when a server sends the request on to it.
    pub may_contact: &'a dyn Fn(&Url) -> Result<(), AdapterError>,
    /// Whether a failure may be over by itself.
    pub is_spurious: &'a dyn Fn(&AdapterError) -> bool,
    /// Whether the index itself may be on this machine or in the networks around it.
    pub private_network: bool,
    /// For one try with all its redirections.
    pub deadline: Duration,
    /// What happens after such a failure.
    pub retries: Retries<'a>,
}

/// What the registry answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Its `config.json`, unread.
    Config(Vec<u8>),
    /// It wants a token, or another one.
    Unauthorized {
        /// Its `WWW-Authenticate` headers, as far as they are text of a sensible length.
        challenges: Vec<String>,
        /// The ports at which it was asked.
        ports: Vec<u16>,
    },
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SparseError {
    /// The request failed.
    #[error("download of config.json failed")]
    Download(#[source] DownloadError),
    /// The registry has none.
    #[error("config.json not found in registry")]
    NotFound,
    /// An answer to a question that was not asked.
    #[error("server said not modified (HTTP 304) when no local cache exists")]
    NotModified,
    /// It is too long.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Why the request failed.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No answer.
    #[error("failed to download from `{url}`")]
    NoAnswer {
        /// Where the index is.
        url: Url,
        /// Why.
        source: AdapterError,
    },
    /// Some other answer.
    #[error("{0:#}")]
    Unsuccessful(Box<Unsuccessful>),
    /// Sent on and on.
    #[error(
        "failed to download from `{0}`: number of redirects hit maximum amount ({MAX_REDIRECTS})"
    )]
    Redirects(Url),
    /// Sent on for too long.
    #[error("failed to download from `{url}`: it was still sent on after {} s", deadline.as_secs_f32())]
    SentOn {
        /// Where the index is.
        url: Url,
        /// For all redirections.
        deadline: Duration,
    },
}

/// One answer, at the end of all redirections.
struct Answer {
    response: HttpResponse,
    ports: Vec<u16>,
}

impl Sparse<'_> {
    /// Asks for the file at `url`. The token is for this server alone.
    ///
    /// # Errors
    /// If there is no answer, or one that cargo has no use for.
    pub fn fetch(&self, url: &Url, token: Option<&Secret>) -> Result<Fetched, SparseError> {
        let mut tried = 0;
        loop {
            let (why, asked, failed) = match self.follow(url, token) {
                Ok(answer) => match unsuccessful(url, &answer.response) {
                    None => return fetched(answer),
                    Some(failed) => {
                        let again = failed.is_spurious();
                        let asked = asked_pause(&answer.response);
                        let why = again.then(|| failed.to_string());
                        (why, asked, DownloadError::Unsuccessful(failed.into()))
                    }
                },
                Err(DownloadError::NoAnswer { url, source }) => {
                    let why = (self.is_spurious)(&source).then(|| root(&*source));
                    (why, None, DownloadError::NoAnswer { url, source })
                }
                Err(other) => (None, None, other),
            };
            match why.filter(|_| tried < self.retries.most) {
                None => return Err(SparseError::Download(failed)),
                Some(why) => {
                    (self.retries.tell)(&Retry { left: self.retries.most - tried, why });
                    tried += 1;
                    std::thread::sleep(pause(tried, asked));
                }
            }
        }
    }

    fn follow(&self, start: &Url, token: Option<&Secret>) -> Result<Answer, DownloadError> {
        let no_answer = |source| DownloadError::NoAnswer { url: start.clone(), source };
        let (mut url, mut ports) = (start.clone(), Vec::new());
        let began = Instant::now();
        for _ in 0..=MAX_REDIRECTS {
            (self.may_contact)(&url).map_err(no_answer)?;
            ports.extend(url.port_or_known_default());
            let own = same_origin(start, &url);
            let left = self.deadline.saturating_sub(began.elapsed());
            if left.is_zero() {
                let (url, deadline) = (start.clone(), self.deadline);
                return Err(DownloadError::SentOn { url, deadline });
            }
            let request = self.request(&url, own, token.filter(|_| own), left);
            let response = self.http.send(request).map_err(no_answer)?;
            match redirect_target(&url, response.status, header(&response, "location")) {
                Some(next) => url = next,
                None => return Ok(Answer { response, ports }),
            }
        }
        Err(DownloadError::Redirects(start.clone()))
    }

    /// To another server than the index's own goes no token, and nothing into the networks around.
    fn request(
        &self,
        url: &Url,
        own: bool,
        token: Option<&Secret>,
        deadline: Duration,
    ) -> HttpRequest {
        let mut headers = vec![
            ("cargo-protocol".to_owned(), Secret::from("version=1")),
            ("accept".to_owned(), Secret::from("text/plain")),
        ];
        headers.extend(token.map(|token| ("authorization".to_owned(), token.clone())));
        // A user's name in the URL is no part of the request, as in cargo.
        let mut url = url.clone();
        let _ = url.set_username("");
        HttpRequest {
            method: "GET".to_owned(),
            url,
            headers,
            body: Secret::default(),
            private_network: self.private_network && own,
            client_certificate: None,
            deadline,
            max_body: MAX_CONFIG,
        }
    }
}

fn fetched(answer: Answer) -> Result<Fetched, SparseError> {
    let Answer { response, ports } = answer;
    match response.status {
        401 => Ok(Fetched::Unauthorized { challenges: sent_challenges(&response), ports }),
        304 => Err(SparseError::NotModified),
        404 | 410 | 451 => Err(SparseError::NotFound),
        _ => Ok(Fetched::Config(response.body.expose().to_vec())),
    }
}

fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    response.headers.iter().find(|(known, _)| known == name)?.1.expose_text()
}

/// In whole seconds, which a busy server may ask for.
fn asked_pause(response: &HttpResponse) -> Option<Duration> {
    let busy = matches!(response.status, 429 | 503);
    let seconds: u32 = header(response, "retry-after").filter(|_| busy)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.last().map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests;
