//! What a registry of a test answers.

use std::io::{self, Write};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::manner::{
    Guard, IDENTITY_TOKEN, Manner, NEXT_IDENTITY_TOKEN, PASSWORD, Realm, Tokens, USER,
};
use crate::registry::http::Request;

/// Longer than docker waits for an answer, which is 15 s.
const LONGER_THAN_ANYBODY_WAITS: Duration = Duration::from_secs(25);
/// More than anybody needs for a token.
const HUGE: usize = 20_000_000;

/// An answer.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// What an answer depends on, beside the request.
pub(super) struct Place<'a> {
    pub(super) manner: Manner,
    pub(super) address: &'a str,
    /// Another port at which the same answers.
    pub(super) other_address: &'a str,
    /// What the registry takes, and its token server gives.
    pub(super) token: &'a str,
}

impl Response {
    pub(super) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// A refusal, as the registry protocol words it.
    pub(super) fn refused(status: u16, message: &str) -> Self {
        let error = json!({ "code": "UNAUTHORIZED", "message": message, "detail": null });
        Self::new(status, json!({ "errors": [error] }).to_string())
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn write(&self, mut output: impl Write) -> io::Result<()> {
        let (status, word) = (self.status, word(self.status));
        write!(output, "HTTP/1.1 {status} {word}\r\nContent-Type: application/json\r\n")?;
        for (name, value) in &self.headers {
            write!(output, "{name}: {value}\r\n")?;
        }
        write!(output, "Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len())?;
        output.write_all(&self.body)?;
        output.flush()
    }
}

/// What a server says beside the number.
fn word(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        _ => "Something",
    }
}

/// The name and the password that a request shows.
pub(super) fn account(request: &Request) -> Option<String> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

impl Place<'_> {
    /// None if the connection is to be closed without a word.
    pub(super) fn answer(&self, request: &Request) -> Option<Response> {
        match request.path.split('?').next().unwrap_or_default() {
            "/token" => self.token_answer(request),
            "/v2/" => self.ping_answer(request),
            _ => Some(Response::refused(404, "not found")),
        }
    }

    fn ping_answer(&self, request: &Request) -> Option<Response> {
        let has_password = account(request).is_some_and(|account| is_known(&account));
        let bearer = format!("Bearer {}", self.token);
        let has_token = request.header("authorization") == Some(bearer.as_str());
        let is_let_in = match self.manner.guard {
            Guard::Silent => return None,
            Guard::Status(status) => return Some(Response::refused(status, "it is broken")),
            Guard::AfterBasic(status) if has_password => {
                return Some(Response::refused(status, "not for you"));
            }
            Guard::Open => true,
            Guard::Basic => has_password,
            Guard::Anybody => account(request).is_some(),
            Guard::Bearer => has_token,
            Guard::BearerAndBasic | Guard::BasicAndBearer => has_password || has_token,
            Guard::NoChallenge | Guard::Unknown | Guard::AfterBasic(_) => false,
        };
        if is_let_in {
            return Some(Response::new(200, "{}"));
        }
        let refusal = Response::refused(401, "authentication required");
        let challenges = self.challenges().into_iter();
        Some(challenges.fold(refusal, |answer, value| answer.with("WWW-Authenticate", value)))
    }

    fn challenges(&self) -> Vec<String> {
        let basic = || "Basic realm=\"a registry\"".to_owned();
        match self.manner.guard {
            Guard::Basic | Guard::Anybody | Guard::AfterBasic(_) => vec![basic()],
            Guard::Bearer => vec![self.bearer_challenge()],
            Guard::BearerAndBasic => vec![self.bearer_challenge(), basic()],
            Guard::BasicAndBearer => vec![basic(), self.bearer_challenge()],
            Guard::Unknown => vec!["Negotiate".to_owned()],
            _ => Vec::new(),
        }
    }

    fn bearer_challenge(&self) -> String {
        let (own, other) = (self.address, self.other_address);
        let service = "service=\"a registry\"";
        match self.manner.realm {
            Realm::Own => format!("Bearer realm=\"http://{own}/token\",{service}"),
            Realm::WithQuery => format!("Bearer realm=\"http://{own}/token?tenant=t\",{service}"),
            Realm::WithoutService => format!("Bearer realm=\"http://{own}/token\""),
            Realm::WithScope => format!(
                "Bearer realm=\"http://{own}/token\",{service},scope=\"repository:a/b:pull\""
            ),
            Realm::OtherPort => format!("Bearer realm=\"http://{other}/token\",{service}"),
            Realm::Missing => format!("Bearer {service}"),
            Realm::Relative => format!("Bearer realm=\"/token\",{service}"),
            Realm::NoWeb => format!("Bearer realm=\"ftp://{own}/token\",{service}"),
        }
    }

    fn token_answer(&self, request: &Request) -> Option<Response> {
        match self.manner.tokens {
            Tokens::Slow => {
                std::thread::sleep(LONGER_THAN_ANYBODY_WAITS);
                return None;
            }
            Tokens::Refused => return Some(Response::refused(401, "who are you?")),
            Tokens::Details => {
                let body = json!({ "details": "incorrect username or password" });
                return Some(Response::new(401, body.to_string()));
            }
            Tokens::Escapes => return Some(Response::refused(401, "\u{1b}[2Jgone\u{7}\r\nnext")),
            Tokens::Status(status) => return Some(Response::new(status, "")),
            Tokens::Garbage => return Some(Response::new(200, "<html>a page</html>")),
            Tokens::Huge => return Some(Response::new(200, vec![b' '; HUGE])),
            _ => {}
        }
        let next = refreshed(request);
        let is_known = account(request).is_some_and(|account| is_known(&account));
        if !is_known && next.is_none() {
            return Some(Response::refused(401, "unknown name or password"));
        }
        Some(Response::new(200, self.given(next).to_string()))
    }

    fn given(&self, next: Option<&str>) -> serde_json::Value {
        let token = self.token;
        match (self.manner.tokens, next) {
            (_, Some(next)) => {
                json!({ "access_token": token, "refresh_token": next, "expires_in": 300 })
            }
            (Tokens::ByItsOtherName, _) => json!({ "access_token": token, "token": "useless" }),
            (Tokens::Identity, _) => {
                json!({ "token": token, "refresh_token": IDENTITY_TOKEN, "expires_in": 300 })
            }
            (Tokens::None, _) => json!({ "expires_in": 300 }),
            (Tokens::Useless, _) => json!({ "token": "useless" }),
            _ => json!({ "token": token, "expires_in": 300 }),
        }
    }
}

/// What stands for the account from now on, if the request brings what stood for it.
fn refreshed(request: &Request) -> Option<&'static str> {
    let body = String::from_utf8_lossy(&request.body);
    let has = |pair: String| body.split('&').any(|given| given == pair);
    let is_refresh = request.method == "POST" && has("grant_type=refresh_token".to_owned());
    (is_refresh && has(format!("refresh_token={IDENTITY_TOKEN}"))).then_some(NEXT_IDENTITY_TOKEN)
}

pub(super) fn is_known(account: &str) -> bool {
    account == format!("{USER}:{PASSWORD}")
}
