//! One home, one registry and one provider, for cargo and for Lockgate.

use std::fs;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Run};
use serde_json::Value;

use crate::registry::{Registry, Seen, TOKEN};

/// Answers as it is told to, and writes down what it was asked.
const PROVIDER: &str = r#"#!/bin/sh
echo '{"v":[1]}'
read -r request
printf '%s\n' "$request" >> ~/requests
case "$request" in
*'"kind":"get"'*) cat ~/answer ;;
*'"kind":"login"'*) echo '{"Ok":{"kind":"login"}}' ;;
esac
exit 0
"#;

/// What the provider answers to `get`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Has {
    Nothing,
    Good,
    /// A token that is not to be kept.
    GoodOnce,
    Bad,
    OtherRegistries,
    CannotGet,
    Broken,
}

impl Has {
    fn answer(self) -> String {
        let error = |kind: &str| format!("{{\"Err\":{{\"kind\":\"{kind}\"}}}}\n");
        let token = |token: &str, cache: &str| {
            format!(
                "{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{token}\",\"cache\":\"{cache}\",\
                 \"operation_independent\":true}}}}\n"
            )
        };
        match self {
            Self::Nothing => error("not-found"),
            Self::Good => token(TOKEN, "session"),
            Self::GoodOnce => token(TOKEN, "never"),
            Self::Bad => token("Bearer bad", "session"),
            Self::OtherRegistries => error("url-not-supported"),
            Self::CannotGet => error("operation-not-supported"),
            Self::Broken => {
                "{\"Err\":{\"kind\":\"other\",\"message\":\"it broke\",\"caused-by\":[\"why\"]}}\n"
                    .to_owned()
            }
        }
    }
}

pub(crate) struct Machine {
    pub(crate) home: Home,
    pub(crate) registry: Registry,
    pub(crate) provider: String,
}

/// What one run came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    pub(crate) stdout: String,
    /// What the provider was asked.
    pub(crate) asked: Vec<String>,
    /// What the registry was asked.
    pub(crate) seen: Vec<Seen>,
    pub(crate) credentials: String,
}

impl Machine {
    /// With a provider that is granted.
    pub(crate) fn new() -> Self {
        let (home, registry) = (Home::new(), Registry::start());
        let path = home.root().join("tools/cargo-credential-test");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let made = path.with_extension("new");
        fs::write(&made, PROVIDER).unwrap();
        set_mode(&made, 0o755);
        fs::rename(made, &path).unwrap();
        let provider = path.display().to_string();
        let grant = format!("process={provider}");
        let grant = ["provider", "grant", "lockgate:cargo-plugin", &grant, "--yes"];
        let _ = home.lockgate(grant).run().succeeds();
        Self { home, registry, provider }
    }

    /// Configures registry `a`, with the provider.
    pub(crate) fn configure(&self, index: &str) {
        self.configure_with(index, &format!("credential-provider = {:?}\n", self.provider));
    }

    pub(crate) fn configure_with(&self, index: &str, more: &str) {
        self.home.write_config(format!("[registries.a]\nindex = \"{index}\"\n{more}"));
    }

    pub(crate) fn provider_has(&self, has: Has) {
        fs::write(self.home.user().join("answer"), has.answer()).unwrap();
    }

    /// Nothing of an earlier run.
    pub(crate) fn forget(&self) {
        let _ = fs::remove_dir_all(self.home.cargo_home().join("registry"));
        let _ = fs::remove_file(self.home.credentials());
        let _ = fs::remove_file(self.home.user().join("requests"));
        let _ = fs::remove_dir_all(self.home.lockgate_home().join("state/logins"));
        let _ = self.registry.seen();
    }

    pub(crate) fn theirs(&self, words: &[&str]) -> Run {
        self.run(self.home.cargo(["login"]), words)
    }

    pub(crate) fn ours(&self, words: &[&str]) -> Run {
        self.run(self.home.lockgate(["cargo", "login"]), words)
    }

    fn run(&self, run: Run, words: &[&str]) -> Run {
        let run = run.args(["--registry", "a"]).args(words).stdin("typed\n");
        // Nobody waits for cargo's pauses.
        run.env("CARGO_NET_RETRY", "0").env("HOME", self.home.user())
    }

    pub(crate) fn came(&self, run: &Run) -> Came {
        let Output { status, stdout, stderr, .. } = run.run();
        let requests = fs::read_to_string(self.home.user().join("requests")).unwrap_or_default();
        let _ = fs::remove_file(self.home.user().join("requests"));
        Came {
            code: status.code(),
            stderr: self.normal(&stderr),
            stdout: self.normal(&stdout),
            asked: requests.lines().map(|line| self.normal(&request(line))).collect(),
            seen: self.registry.seen(),
            credentials: self.home.read_credentials(),
        }
    }

    pub(crate) fn normal(&self, text: &str) -> String {
        let root = self.home.root().display().to_string();
        text.replace(&format!(":{}", self.registry.port), ":[PORT]").replace(&root, "[ROOT]")
    }
}

/// A request in few words: of its headers the challenges alone, which is what providers get here.
fn request(line: &str) -> String {
    let request: Value = serde_json::from_str(line).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    let headers = request["registry"]["headers"].as_array().cloned().unwrap_or_default();
    let challenges: Vec<String> = headers
        .iter()
        .map(|header| header.as_str().unwrap().to_owned())
        .filter(|header| header.to_ascii_lowercase().starts_with("www-authenticate:"))
        .map(|header| header.split_once(':').unwrap().1.trim().to_owned())
        .collect();
    format!(
        "{} {} token={} login-url={} challenges={challenges:?}",
        text(&request["kind"]),
        text(&request["registry"]["index-url"]),
        text(&request["token"]),
        text(&request["login-url"]),
    )
}
