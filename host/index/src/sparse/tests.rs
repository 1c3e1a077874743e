use std::cell::RefCell;
use std::sync::Mutex;
use std::time::Duration;

use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, Secret};
use url::Url;

use super::{Fetched, Sparse, SparseError};
use crate::Retries;

const INDEX: &str = "https://h.example/i/config.json";

/// A network that gives prepared answers, one after another, and keeps what it was asked.
#[derive(Default)]
struct Network {
    answers: Mutex<Vec<Result<HttpResponse, AdapterError>>>,
    asked: Mutex<Vec<(String, Option<String>, bool)>>,
}

impl Network {
    fn of(answers: impl IntoIterator<Item = Result<HttpResponse, AdapterError>>) -> Self {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Self { answers: Mutex::new(answers), asked: Mutex::default() }
    }

    fn asked(&self) -> Vec<(String, Option<String>, bool)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Http for Network {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        let token = request.headers.iter().find(|(name, _)| name == "authorization");
        let token = token.map(|(_, value)| value.expose_text().unwrap().to_owned());
        let seen = (request.url.to_string(), token, request.private_network);
        self.asked.lock().unwrap().push(seen);
        self.answers.lock().unwrap().pop().unwrap_or_else(|| Err("no more answers".into()))
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<HttpResponse, AdapterError> {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), Secret::from(*value)));
    Ok(HttpResponse { status, headers: headers.collect(), body: Secret::from(body) })
}

fn fetch(network: &Network, token: Option<&str>, retries: u32) -> Result<Fetched, SparseError> {
    told(network, token, retries).0
}

fn told(
    network: &Network,
    token: Option<&str>,
    most: u32,
) -> (Result<Fetched, SparseError>, Vec<String>) {
    let told = RefCell::new(Vec::new());
    let tell = |retry: &crate::Retry| told.borrow_mut().push(retry.to_string());
    let sparse = Sparse {
        http: network,
        may_contact: &|url| match url.host_str() {
            Some("forbidden.example") => Err("the administrator forbids it".into()),
            _ => Ok(()),
        },
        is_spurious: &|error| error.to_string() == "no line",
        private_network: true,
        deadline: Duration::from_secs(1),
        retries: Retries { most, tell: &tell },
    };
    let token = token.map(Secret::from);
    let fetched = sparse.fetch(&Url::parse(INDEX).unwrap(), token.as_ref());
    (fetched, told.into_inner())
}

fn messages(error: &SparseError) -> String {
    let all = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(" / ")
}

#[test]
fn the_file_comes_back_unread() {
    let network = Network::of([answer(200, &[], "{}")]);
    assert_eq!(fetch(&network, None, 0).unwrap(), Fetched::Config(b"{}".to_vec()));
    assert_eq!(network.asked(), [(INDEX.to_owned(), None, true)]);
}

#[test]
fn a_token_goes_to_the_index_alone_and_comes_back_with_the_request() {
    let elsewhere = [("location", "https://other.example/config.json")];
    let back = [("location", INDEX)];
    let network = Network::of([
        answer(302, &elsewhere, ""),
        answer(302, &back, ""),
        answer(302, &[("location", "https://h.example:8443/")], ""),
        answer(302, &[("location", "http://h.example/")], ""),
        answer(302, &[("location", "/else")], ""),
        answer(200, &[], "{}"),
    ]);
    let _ = fetch(&network, Some("secret"), 0).unwrap();
    let with: Vec<_> = network.asked();
    let seen: Vec<_> =
        with.iter().map(|(url, token, near)| (url.as_str(), token.is_some(), *near)).collect();
    assert_eq!(
        seen,
        [
            (INDEX, true, true),
            ("https://other.example/config.json", false, false),
            (INDEX, true, true),
            ("https://h.example:8443/", false, false),
            ("http://h.example/", false, false),
            ("http://h.example/else", false, false),
        ]
    );
}

#[test]
fn redirections_end_and_each_hop_is_asked_about() {
    let network = Network::of((0..40).map(|_| answer(302, &[("location", INDEX)], "")));
    let error = fetch(&network, None, 3).unwrap_err();
    assert!(messages(&error).contains("number of redirects hit maximum amount (30)"), "{error}");
    assert_eq!(network.asked().len(), 31);

    let network = Network::of([answer(302, &[("location", "https://forbidden.example/")], "")]);
    let error = fetch(&network, None, 3).unwrap_err();
    let expected = "download of config.json failed / failed to download from \
                    `https://h.example/i/config.json` / the administrator forbids it";
    assert_eq!(messages(&error), expected);
    assert_eq!(network.asked().len(), 1);
}

/// Sends everybody on, slowly, and keeps how long each answer might take.
struct Slow(Mutex<Vec<Duration>>);

impl Http for Slow {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        self.0.lock().unwrap().push(request.deadline);
        std::thread::sleep(Duration::from_millis(60));
        answer(302, &[("location", INDEX)], "")
    }
}

#[test]
fn all_redirections_together_have_one_deadline() {
    let network = Slow(Mutex::default());
    let sparse = Sparse {
        http: &network,
        may_contact: &|_| Ok(()),
        is_spurious: &|_| true,
        private_network: true,
        deadline: Duration::from_millis(200),
        retries: Retries { most: 3, tell: &|_| {} },
    };
    let error = sparse.fetch(&Url::parse(INDEX).unwrap(), None).unwrap_err();
    assert!(messages(&error).contains("still sent on after 0.2 s"), "{}", messages(&error));
    let left = network.0.into_inner().unwrap();
    assert!((1..=4).contains(&left.len()), "{left:?}");
    assert!(left.is_sorted_by(|one, next| one > next), "each has what is left: {left:?}");
}

#[test]
fn challenges_are_kept_within_bounds() {
    let long = "x".repeat(9 << 10);
    let large = "y".repeat(8 << 10);
    let mut headers = vec![
        ("www-authenticate", "Cargo login_url=\"https://h.example/me\""),
        ("www-authenticate", long.as_str()),
        ("www-authenticate", "a\u{1b}b"),
    ];
    headers.extend([("www-authenticate", large.as_str()); 20]);
    let network = Network::of([answer(401, &headers, "")]);
    let Fetched::Unauthorized { challenges, ports } = fetch(&network, None, 0).unwrap() else {
        panic!("a refusal")
    };
    assert_eq!(challenges[0], "Cargo login_url=\"https://h.example/me\"");
    assert!(challenges.iter().map(String::len).sum::<usize>() <= 24 << 10);
    assert_eq!(challenges.len(), 3);
    assert_eq!(ports, [443]);
}

#[test]
fn other_answers_are_errors_in_cargos_words() {
    for (status, expected) in [
        (404, "config.json not found in registry"),
        (410, "config.json not found in registry"),
        (451, "config.json not found in registry"),
        (304, "server said not modified (HTTP 304) when no local cache exists"),
        (
            403,
            "download of config.json failed / failed to get successful HTTP response from \
             `https://h.example/i/config.json`, got 403\ndebug headers:\nx-cache: miss\nbody:\nno",
        ),
    ] {
        let network = Network::of([answer(status, &[("x-cache", "miss"), ("x-y", "z")], "no")]);
        assert_eq!(messages(&fetch(&network, None, 3).unwrap_err()), expected);
        assert_eq!(network.asked().len(), 1, "{status}");
    }
}

#[test]
fn what_may_pass_is_tried_again_and_told() {
    let now = [("retry-after", "0")];
    let network =
        Network::of([answer(503, &now, "busy"), answer(429, &now, "busy"), answer(200, &[], "{}")]);
    let (fetched, words) = told(&network, None, 2);
    assert_eq!(fetched.unwrap(), Fetched::Config(b"{}".to_vec()));
    let expected = "spurious network error (2 tries remaining): failed to get successful HTTP \
                    response from `https://h.example/i/config.json`, got 503\nbody:\nbusy";
    assert_eq!(words[0], expected);
    assert!(words[1].starts_with("spurious network error (1 try remaining)"), "{}", words[1]);

    let network = Network::of([Err("no line".into()), answer(200, &[], "{}")]);
    assert!(fetch(&network, None, 1).is_ok());
    let network = Network::of([Err("refused".into()), answer(200, &[], "{}")]);
    assert!(fetch(&network, None, 1).is_err());
    let network = Network::of([answer(503, &[], "busy")]);
    assert!(fetch(&network, None, 0).is_err());
}

#[test]
fn a_hostile_body_is_cut_in_errors() {
    let network = Network::of([answer(400, &[], &"b".repeat(60_000))]);
    assert!(messages(&fetch(&network, None, 0).unwrap_err()).len() < 1000);
}
