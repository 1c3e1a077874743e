//! What cargo asks, and what it is answered.

use std::io::BufReader;

use lockgate_core::{
    Answer, Artifact, Failure, LoginInput, Operation, Purpose, Registry, Request, Secret,
};
use lockgate_protocol::cargo::{
    FrameError, RequestError, decode, encode, encode_refusal, read_line,
};
use serde_json::{Value, json};

use crate::CANARY;
use crate::shown::{assert_line, assert_lines, told};

/// Lines of cargo's protocol: read in pieces as in one, each is a request within its bounds, which
/// written again is read as the same one, or an error that quotes nothing of it. Taken is input of
/// which every line is a request.
pub fn cargo_request(data: &[u8]) -> bool {
    let lines = lines(data);
    let requests = lines.iter().filter(|line| check(line)).count();
    requests == lines.len() && requests > 0
}

/// The whole lines, which are the same however the bytes arrive.
fn lines(data: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = BufReader::with_capacity(7, data);
    let mut lines = Vec::new();
    let ended = loop {
        match read_line(&mut pieces) {
            Ok(Some(line)) => lines.push(line.to_vec()),
            Ok(None) => break true,
            Err(FrameError::Truncated) => break false,
            Err(error) => panic!("bytes in memory cannot be read: {error}"),
        }
    };
    let mut expected: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let rest = expected.pop().unwrap_or_default();
    assert_eq!(ended, rest.is_empty());
    assert_eq!(lines, expected);
    lines
}

fn check(line: &[u8]) -> bool {
    match decode(line) {
        Ok(request) => {
            check_bounds(&request);
            check_again(&request);
            check_answers(&request.operation);
            true
        }
        Err(error) => {
            check_refusal(&error);
            false
        }
    }
}

fn check_bounds(request: &Request) {
    let Request { registry, arguments, .. } = request;
    let is_line = |text: &str| !text.chars().any(char::is_control);
    assert!(is_line(registry.url()) && registry.url().len() <= 4 << 10, "{registry:?}");
    assert!(is_line(registry.display_name()), "{registry:?}");
    assert!(arguments.len() <= 64 && arguments.iter().all(|word| word.len() <= 4 << 10));
    let challenges = &registry.challenges;
    assert!(challenges.len() <= 16 && challenges.iter().all(|text| text.len() <= 8 << 10));
}

/// The request, written as cargo writes it, is read as itself.
fn check_again(request: &Request) {
    let line = written(request).to_string();
    let again = decode(line.as_bytes()).unwrap_or_else(|error| panic!("{line}: {}", told(&error)));
    assert_eq!(format!("{again:?}"), format!("{request:?}"), "{line}");
    let token = |request: &Request| match &request.operation {
        Operation::Login(login) => login.secret.as_ref().map(|token| token.expose().to_vec()),
        _ => None,
    };
    assert_eq!(token(&again), token(request), "{line}");
}

fn written(request: &Request) -> Value {
    let mut line = json!({
        "v": 1,
        "registry": registry(&request.registry),
        "kind": request.operation.name(),
        "args": request.arguments,
    });
    let more = match &request.operation {
        Operation::Get(purpose) => of_purpose(purpose),
        Operation::Login(login) => of_login(login),
        Operation::Logout => json!({}),
    };
    if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
        line.extend(more);
    }
    line
}

fn registry(registry: &Registry) -> Value {
    let headers = registry.challenges.iter().map(|text| format!("WWW-Authenticate: {text}"));
    json!({
        "index-url": registry.url(),
        "name": registry.name,
        "headers": headers.collect::<Vec<_>>(),
    })
}

fn of_purpose(purpose: &Purpose) -> Value {
    let artifact = |operation, Artifact { name, version, checksum }: &Artifact| json!({ "operation": operation, "name": name, "vers": version, "cksum": checksum });
    match purpose {
        Purpose::Read => json!({ "operation": "read" }),
        Purpose::Publish(of) => artifact("publish", of),
        Purpose::Yank(of) => artifact("yank", of),
        Purpose::Unyank(of) => artifact("unyank", of),
        Purpose::Owners(name) => json!({ "operation": "owners", "name": name }),
        Purpose::Other(name) => json!({ "operation": name }),
    }
}

fn of_login(login: &LoginInput) -> Value {
    let token = login.secret.as_ref().and_then(Secret::expose_text);
    json!({ "token": token, "login-url": login.link })
}

/// Whatever was asked, an answer is one line of JSON.
fn check_answers(operation: &Operation) {
    let message = Failure::Other(vec!["a\nb\u{1b}".to_owned()]);
    for answer in [Ok(&Answer::LoggedIn), Ok(&Answer::LoggedOut), Err(&message)] {
        check_line(&encode(operation, answer));
    }
}

fn check_refusal(error: &RequestError) {
    let told = told(error);
    assert_lines(&told);
    assert!(!told.contains(CANARY), "{told}");
    check_line(&encode_refusal(error));
}

fn check_line(line: &Secret) {
    let text = line.expose_text().expect("an answer is text");
    let line = text.strip_suffix('\n').expect("an answer is a line");
    assert_line(line);
    let value: Value = serde_json::from_str(line).expect("an answer is JSON");
    assert!(value.get("Ok").is_some() != value.get("Err").is_some(), "{line}");
}
