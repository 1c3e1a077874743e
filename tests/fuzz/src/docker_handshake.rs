//! What a registry and its token server answer to a login.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use lockgate_core::{
    AdapterError, Http, HttpRequest, HttpResponse, Secret, canonical_host, check_header,
};
use lockgate_handshake::{
    Account, Challenge, Exchange, ExchangeError, LoggedIn, challenges, plan, sent_challenges,
};
use url::{Host, Url};

use crate::CANARY;
use crate::shown::{assert_lines, told};

/// The registry that is logged in to, and a token server elsewhere that the person allowed.
const REGISTRY: &str = "https://registry.corp.example:5000/";
const ALLOWED: &str = "https://sso.other.example/";
/// What is logged in with. Servers are not told the password but as it is sent.
const USER: &str = "alice";
const PASSWORD: &str = "s3cret-of-alice";

/// What the exchange may ask: three questions with five redirections each.
const MOST_REQUESTS: usize = 18;
/// What the provider interface promises of challenges: how many, the longest, and all together.
const MOST_CHALLENGES: usize = 16;
const LONGEST_CHALLENGE: usize = 8 << 10;
const ALL_CHALLENGES: usize = 24 << 10;

/// Answers, each a status, headers, an empty line and a body, with a line `---` between them: the
/// password goes only to the registry and to token servers that may have it, over https, and the token
/// only to the registry; no address has either of them; every error can be shown and quotes no token.
/// Taken is what ends as a login.
pub fn docker_handshake(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let answers: Vec<_> = text.split("\n---\n").map(answer).collect();
    for response in &answers {
        check_challenges(response);
    }
    let network = Network { left: RefCell::new(answers), asked: RefCell::default() };
    let done = log_in(&network);
    check_asked(&network.asked.into_inner());
    match done {
        Ok(_) => true,
        Err(told) => {
            assert_lines(&told);
            assert!(!told.contains(PASSWORD), "{told:?}");
            false
        }
    }
}

fn log_in(network: &Network) -> Result<LoggedIn, String> {
    let [registry, allowed] = [REGISTRY, ALLOWED].map(|url| Url::parse(url).expect("a URL"));
    let may_contact = |url: &Url| match url.scheme() {
        "https" | "http" => Ok(()),
        _ => Err("no address of a server".into()),
    };
    let exchange = Exchange {
        http: network,
        may_contact: &may_contact,
        deadline: Duration::from_secs(1),
        until: Instant::now() + Duration::from_secs(60),
    };
    let headers = exchange.ping(&registry).map_err(|error| shown(&error))?;
    let plan = plan(&headers, &registry, &[allowed]).map_err(|error| told(&error))?;
    let account = Account { user: USER, password: &Secret::from(PASSWORD) };
    exchange.log_in(&registry, &plan, &account).map_err(|error| shown(&error))
}

fn shown(error: &ExchangeError) -> String {
    let told = told(error);
    // The words of a refusal are the server's own.
    if matches!(error, ExchangeError::Token { .. }) {
        assert!(!told.contains(CANARY), "{told:?}");
    }
    told
}

/// The servers: each request gets the next answer.
struct Network {
    left: RefCell<Vec<HttpResponse>>,
    /// Each address, and what was sent to it.
    asked: RefCell<Vec<(Url, Option<Secret>)>>,
}

impl Http for Network {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        // As the real network does.
        for (name, value) in &request.headers {
            check_header(name, value)?;
        }
        if !request.url.username().is_empty() || request.url.password().is_some() {
            return Err("there is a user in the address".into());
        }
        let sent = request.headers.into_iter().find(|(name, _)| name == "authorization");
        self.asked.borrow_mut().push((request.url, sent.map(|(_, value)| value)));
        let mut left = self.left.borrow_mut();
        match left.is_empty() {
            true => Err("there is no answer".into()),
            false => Ok(left.remove(0)),
        }
    }
}

fn answer(text: &str) -> HttpResponse {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(200);
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), Secret::from(value.trim())))
    };
    HttpResponse { status, headers: lines.filter_map(header).collect(), body: Secret::from(body) }
}

fn check_asked(asked: &[(Url, Option<Secret>)]) {
    assert!(asked.len() <= MOST_REQUESTS, "{} requests", asked.len());
    for (url, sent) in asked {
        assert!(!url.as_str().contains(PASSWORD), "{url}");
        assert_eq!(url.fragment(), None, "{url}");
        let Some(sent) = sent.as_ref().and_then(Secret::expose_text) else { continue };
        let is_registry = url.as_str().starts_with(REGISTRY);
        match sent.split_once(' ') {
            Some(("Basic", _)) => assert!(is_registry || may_have_password(url), "{url}"),
            Some(("Bearer", _)) => assert!(is_registry, "{url}"),
            _ => panic!("something else is sent to {url}"),
        }
    }
}

/// A server of the registry's own domain, or the one that was allowed.
fn may_have_password(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host().map(|host| canonical_host(host.to_owned())) else {
        return false;
    };
    let host = host.strip_suffix('.').unwrap_or(&host);
    let is_own = host == "corp.example" || host.ends_with(".corp.example");
    url.scheme() == "https" && (is_own || url.as_str().starts_with(ALLOWED))
}

fn check_challenges(response: &HttpResponse) {
    let sent = sent_challenges(response);
    assert!(sent.len() <= MOST_CHALLENGES && sent.concat().len() <= ALL_CHALLENGES);
    for header in sent {
        assert!(header.len() <= LONGEST_CHALLENGE);
        assert!(!header.chars().any(|c| c.is_control() && c != '\t'), "{header:?}");
        let read = challenges(&header);
        let written: Vec<String> = read.iter().map(written).collect();
        assert_eq!(challenges(&written.join(", ")), read, "{header:?}");
    }
}

/// As a registry would write it.
fn written(challenge: &Challenge) -> String {
    let quoted = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"");
    let parameters = challenge.parameters.iter();
    let parameters: Vec<_> =
        parameters.map(|(name, value)| format!("{name}=\"{}\"", quoted(value))).collect();
    format!("{} {}", challenge.scheme, parameters.join(", "))
}
