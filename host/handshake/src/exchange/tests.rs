use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use lockgate_core::{AdapterError, Http, HttpRequest, HttpResponse, Secret};
use url::Url;

use super::{Account, Exchange, ExchangeError, LoggedIn};
use crate::plan;

/// Answers in their order, each after a while, and what was asked: address and authorization.
#[derive(Default)]
struct Server {
    answers: RefCell<VecDeque<HttpResponse>>,
    asked: RefCell<Vec<(String, String)>>,
    delay: Duration,
    deadlines: RefCell<Vec<Duration>>,
}

impl Http for Server {
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError> {
        let authorization = request.headers.iter().map(|(_, value)| value.expose_text().unwrap());
        let asked = (request.url.to_string(), authorization.collect::<String>());
        self.asked.borrow_mut().push(asked);
        self.deadlines.borrow_mut().push(request.deadline);
        std::thread::sleep(self.delay);
        self.answers.borrow_mut().pop_front().ok_or_else(|| "no answer".into())
    }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), Secret::from(*value)));
    HttpResponse { status, headers: headers.collect(), body: Secret::from(body) }
}

const REALM: &str = r#"Bearer realm="https://auth.r.example/t?z=1&b=2",service="s v",scope="x""#;

fn exchange(server: &Server, whole: Duration) -> Exchange<'_> {
    let until = Instant::now() + whole;
    Exchange { http: server, may_contact: &|_| Ok(()), deadline: Duration::from_secs(1), until }
}

fn log_in(answers: Vec<HttpResponse>) -> (Result<LoggedIn, ExchangeError>, Vec<(String, String)>) {
    let server = Server { answers: RefCell::new(answers.into()), ..Server::default() };
    let exchange = exchange(&server, Duration::from_secs(60));
    let registry = Url::parse("https://r.example/").unwrap();
    let account = Account { user: "alice", password: &Secret::from("s3cret") };
    let done = exchange.ping(&registry).and_then(|challenges| {
        let plan = plan(&challenges, &registry, &[]).unwrap();
        exchange.log_in(&registry, &plan, &account)
    });
    (done, server.asked.into_inner())
}

/// As docker 28.2.2 asked.
#[test]
fn the_token_server_is_asked_as_docker_asks_it() {
    let (done, asked) = log_in(vec![
        answer(401, &[("www-authenticate", REALM)], ""),
        answer(200, &[], r#"{"token":"T","refresh_token":"R"}"#),
        answer(200, &[], ""),
    ]);
    let done = done.unwrap();
    assert_eq!(done.identity_token.unwrap().expose_text(), Some("R"));
    assert!(!done.is_open);
    let token = "https://auth.r.example/t?account=alice&b=2&client_id=docker&offline_token=true&service=s+v&z=1";
    let expected = [
        ("https://r.example/v2/", ""),
        (token, "Basic YWxpY2U6czNjcmV0"),
        ("https://r.example/v2/", "Bearer T"),
    ];
    assert_eq!(asked, expected.map(|(url, sent)| (url.to_owned(), sent.to_owned())));
}

#[test]
fn a_refusal_is_told_in_dockers_words() {
    let basic = || answer(401, &[("www-authenticate", "Basic realm=\"x\"")], "");
    let (done, asked) = log_in(vec![basic(), basic()]);
    let error = done.unwrap_err();
    let expected = "login attempt to https://r.example/v2/ failed with status: 401 Unauthorized";
    assert_eq!((error.to_string().as_str(), error.is_unauthorized()), (expected, true));
    assert_eq!(asked.last().unwrap().1, "Basic YWxpY2U6czNjcmV0");
    let bearer = answer(401, &[("www-authenticate", REALM)], "");
    let error = log_in(vec![bearer, answer(401, &[], "bad")]).0.unwrap_err();
    let expected = "Get \"https://r.example/v2/\": unauthorized: bad";
    assert_eq!((error.to_string().as_str(), error.is_unauthorized()), (expected, true));
    let error = log_in(vec![answer(500, &[], ""), answer(500, &[], "")]).0.unwrap_err();
    assert!(error.to_string().ends_with("500 Internal Server Error") && !error.is_unauthorized());
}

#[test]
fn a_registry_that_asks_for_nothing_is_open() {
    let (done, asked) = log_in(vec![answer(200, &[], ""), answer(200, &[], "")]);
    assert!(done.unwrap().is_open);
    assert!(asked.iter().all(|(_, sent)| sent.is_empty()), "{asked:?}");
}

#[test]
fn a_password_is_not_sent_on_to_another_server_and_to_the_same_one_it_is() {
    let basic = || answer(401, &[("www-authenticate", "Basic")], "");
    for elsewhere in ["https://evil.example/", "http://r.example/", "https://r.example:8443/"] {
        let moved = answer(307, &[("location", elsewhere)], "");
        let (done, asked) = log_in(vec![basic(), moved, answer(200, &[], "")]);
        assert!(matches!(done, Err(ExchangeError::SentElsewhere { .. })), "{elsewhere}");
        assert!(asked.iter().all(|(url, _)| url == "https://r.example/v2/"), "{asked:?}");
    }
    let moved = answer(307, &[("location", "/v2/x")], "");
    let (done, asked) = log_in(vec![basic(), moved, answer(200, &[], "")]);
    assert!(done.is_ok());
    assert_eq!(asked.last().unwrap().0, "https://r.example/v2/x");
    let turning = std::iter::repeat_with(|| answer(302, &[("location", "/v2/")], "")).take(9);
    assert!(matches!(log_in(turning.collect()).0, Err(ExchangeError::Redirects(_))));
}

/// Regression: each request and redirection had the whole time anew.
#[test]
fn a_server_that_is_slow_again_and_again_does_not_hold_a_login_up_for_longer_than_the_whole() {
    let turning = || std::iter::repeat_with(|| answer(302, &[("location", "/v2/")], "")).take(9);
    let slow = |delay, whole| {
        let answers = RefCell::new(turning().collect());
        let server = Server { answers, delay, ..Server::default() };
        let registry = Url::parse("https://r.example/").unwrap();
        let error = exchange(&server, whole).ping(&registry).unwrap_err();
        (error, server.deadlines.into_inner())
    };
    let (error, given) = slow(Duration::from_millis(150), Duration::from_millis(400));
    assert!(matches!(error, ExchangeError::Late(_)), "{error}");
    assert!(given.len() <= 3 && given.is_sorted_by(|one, next| one > next), "{given:?}");
    let (error, given) = slow(Duration::ZERO, Duration::from_secs(60));
    assert!(matches!(error, ExchangeError::Redirects(_)), "the twin has time: {error}");
    assert!(given.iter().all(|one| *one == Duration::from_secs(1)), "{given:?}");
}
