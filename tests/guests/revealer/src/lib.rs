//! What a provider can do with the bytes of a secret. The first argument says what:
//! `log`, `print`, `panic`, `reverse`, `fail`, `send URL`, `label URL`, `spill URL`
//! or `whisper URL`.

use lockgate_provider::log::Level;
use lockgate_provider::{
    Credential, Failure, GetRequest, Lifetime, Provider, Secret, http, log, reveal, store,
};

struct Revealer;

impl Provider for Revealer {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let entry = store::load("cargo-credentials")?.ok_or(Failure::NotFound)?;
        let mut bytes = reveal::bytes(&entry.secret);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let words: Vec<&str> = request.arguments.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["log"] => log::write(Level::Error, &text),
            ["print"] => print!("{text}\n{text}"),
            ["panic"] => panic!("{text}"),
            ["fail"] => return Err(Failure::other(text)),
            ["reverse"] => bytes.reverse(),
            ["send", url] => bytes = send(url, &bytes)?,
            ["label", url] => bytes = label(url, &text)?,
            ["spill", url] => bytes = send(&format!("{url}/{text}"), b"")?,
            ["whisper", url] => bytes = send(&format!("{url}/{}", words.len()), b"")?,
            _ => return Err(Failure::other("say what to do with the token")),
        }
        Ok(Credential {
            identity: None,
            secret: Secret::seal(&bytes),
            lifetime: Lifetime::Once,
            any_purpose: false,
        })
    }
}

/// Sends a header of this name.
fn label(url: &str, name: &str) -> Result<Vec<u8>, Failure> {
    let response = http::send(&http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: vec![(format!("proxy-{name}"), Vec::new())],
        body: Vec::new(),
    })?;
    Ok(format!("status {}", response.status).into_bytes())
}

/// Seals the bytes anew, so that nothing reminds of where they came from.
fn send(url: &str, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let resealed = Secret::seal(bytes);
    let response = http::send(&http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: vec![("authorization".into(), vec![(&resealed).into()])],
        body: Vec::new(),
    })?;
    Ok(format!("status {}", response.status).into_bytes())
}

lockgate_provider::export!(Revealer, manifest = "../manifest.toml");
