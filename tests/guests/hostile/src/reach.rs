//! Attacks on what was not granted.

use lockgate_provider::{Failure, Part, Secret, environment, files, http, settings, store};

use crate::{Outcome, got};

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("read-environment", [name]) => variable(name),
        ("read-environment-text", [name]) => variable_text(name),
        ("read-file", [path]) => file(path),
        ("load-store", [name]) => stored(name),
        ("save-store", [name, text]) => save(name, text),
        ("remove-store", [name]) => store::remove(name).and_then(|was| got(&was.to_string())),
        ("read-setting", [name]) => setting(name),
        ("send-http", [url, "store"]) => stored("cargo-credentials").and_then(|s| send(url, &s)),
        ("send-http", [url, "environment", name]) => variable(name).and_then(|s| send(url, &s)),
        ("send-http", [url, "text"]) => send(url, &Secret::seal(b"text")),
        ("send-header", [url, name, value]) => {
            request(url, name, vec![(*value).into()], Vec::new())
        }
        ("send-mixed", [url]) => send_mixed(url),
        ("relay", [from, to]) => relay(from, to),
        ("save-many", [name, count]) => save_many(name, count),
        _ => return None,
    })
}

fn variable(name: &str) -> Outcome {
    Ok(environment::get(name)?.ok_or_else(missing)?.whole()?)
}

fn variable_text(name: &str) -> Outcome {
    got(&environment::text(name)?.ok_or_else(missing)?)
}

fn file(path: &str) -> Outcome {
    Ok(files::read(path)?.ok_or_else(missing)?.whole()?)
}

fn stored(name: &str) -> Outcome {
    Ok(store::load(name)?.ok_or_else(missing)?.secret)
}

fn save(name: &str, text: &str) -> Outcome {
    store::save(name, None, &Secret::seal(text.as_bytes()))?;
    got("saved")
}

fn save_many(name: &str, count: &str) -> Outcome {
    for _ in 0..count.parse().unwrap_or(0) {
        store::save(name, None, &Secret::seal(b"again"))?;
    }
    got("saved")
}

/// What an echo gives back is sent on, as if it were the echo's own.
fn relay(from: &str, to: &str) -> Outcome {
    let token = stored("cargo-credentials")?;
    let request = http::Request {
        method: "POST".into(),
        url: from.into(),
        headers: Vec::new(),
        body: vec![(&token).into()],
    };
    send(to, &http::send(&request)?.body.whole()?)
}

fn setting(name: &str) -> Outcome {
    got(&settings::get(name).ok_or_else(missing)?)
}

fn send(url: &str, secret: &Secret) -> Outcome {
    request(url, "authorization", vec!["Bearer ".into(), secret.into()], Vec::new())
}

/// The token in what is composed, encoded and hashed, so that nothing of it is left to compare.
fn send_mixed(url: &str) -> Outcome {
    let token = stored("cargo-credentials")?;
    let mixed = Secret::compose(&[Part::from("a"), Part::from(&token)]);
    let mixed = mixed.encode(lockgate_provider::Encoding::Hex);
    let hashed = Secret::sha256(&[Part::from(&mixed)]).encode(lockgate_provider::Encoding::Hex);
    request(url, "x-mixed", vec![(&hashed).into()], Vec::new())
}

fn request(url: &str, name: &str, value: Vec<Part<'_>>, body: Vec<Part<'_>>) -> Outcome {
    let headers = vec![(name.to_owned(), value)];
    let request = http::Request { method: "POST".into(), url: url.into(), headers, body };
    got(&format!("status {}", http::send(&request)?.status))
}

fn missing() -> Failure {
    Failure::other("there is none")
}
