//! A random token goes through everything that handles one, with everything that makes programs say
//! more; afterwards, and all the while, it is looked for wherever it must not be.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lockgate_tests::home::set_mode;
use lockgate_tests::plugin::{get, login, request};
use lockgate_tests::sampler::contains;
use lockgate_tests::{Access, Home, Plugin, Run, Sampler, Server};
use serde_json::Value;

const INDEX: &str = "sparse+http://127.0.0.1:9/index/";

/// A token, and what else it could look like.
struct Canary {
    token: String,
    forms: Vec<String>,
}

impl Canary {
    fn new() -> Self {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).unwrap();
        let token = hex(&bytes);
        // Any half of it would be too much as well.
        let halves = [&token[..24], &token[24..]].map(str::to_owned);
        let encoded = STANDARD.encode(&token).trim_end_matches('=').to_owned();
        let forms = halves.into_iter().chain([encoded, hex(token.as_bytes())]).collect();
        Self { token, forms }
    }

    fn is_in(&self, content: &[u8]) -> bool {
        self.forms.iter().any(|form| contains(content, form))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A home in which the hostile guest may do all that it needs for the journey, and a server that hears
/// what it sends.
struct Journey {
    home: Home,
    server: Server,
    program: PathBuf,
    canary: Canary,
}

const SLOW_CAT: &str = "#!/bin/sh\nsleep 0.2\ncat\n";

fn journey() -> Journey {
    let (home, server) = (Home::new(), Server::start(Access::Public));
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let program = home.root().join("tools/cat");
    fs::create_dir(program.parent().unwrap()).unwrap();
    set_mode(program.parent().unwrap(), 0o755);
    fs::write(&program, SLOW_CAT).unwrap();
    set_mode(&program, 0o755);
    let receives = "receives = [\"store:cargo-credentials\"]";
    let process = format!("{{ program = \"{}\", arguments = [], {receives} }}", program.display());
    let http = format!("{{ url = \"http://127.0.0.1:{}\", {receives} }}", server.port());
    let asked = format!("process = [{process}]\nhttp = [{http}]");
    let grants = [
        "registries=cargo:*",
        "stores=cargo-credentials",
        &format!("process={process}"),
        &format!("http={http}"),
    ];
    let _ = home.install_hostile(&asked, &grants).succeeds();
    Journey { home, server, program, canary: Canary::new() }
}

fn loud(run: Run) -> Run {
    [("RUST_LOG", "trace"), ("RUST_BACKTRACE", "full"), ("LOCKGATE_LOG", "trace")]
        .iter()
        .fold(run, |run, (name, value)| run.env(name, value))
}

impl Journey {
    /// Asks the plugin, which says nothing of the token but in its answer.
    fn ask(&self, request: &Value) -> Value {
        let mut plugin = Plugin::start(&loud(self.home.plugin()));
        let answer = plugin.ask(request);
        let rest = plugin.end();
        assert!(!self.canary.is_in(rest.stderr.as_bytes()), "{rest}");
        assert!(!self.canary.is_in(rest.stdout.as_bytes()), "{rest}");
        answer
    }

    fn guest(&self, words: &[&str]) -> Value {
        let words = [&["hostile"], words].concat();
        self.ask(&get(INDEX, &words))
    }

    /// What it answers as the token.
    fn answered(&self, words: &[&str]) -> String {
        let answer = self.guest(words);
        answer["Ok"]["token"].as_str().unwrap_or_else(|| panic!("{words:?}: {answer}")).to_owned()
    }

    fn command(&self, words: &[&str]) {
        let output = loud(self.home.lockgate(words)).run();
        let shown = format!("{}{}", output.stdout, output.stderr);
        assert!(!self.canary.is_in(shown.as_bytes()), "{output}");
        assert!(!shown.is_empty(), "{output}");
    }

    /// Every file below the home that has it, but for the granted store and what the provider keeps.
    fn leaks(&self) -> Vec<PathBuf> {
        let kept = self.home.lockgate_home().join("state/providers");
        let mut files = self.home.files();
        files.retain(|(path, content)| {
            self.canary.is_in(content)
                && *path != self.home.credentials()
                && !path.starts_with(&kept)
        });
        files.into_iter().map(|(path, _)| path).collect()
    }

    fn kept_state(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = self.home.lockgate_home().join("state/providers");
        let mut files = self.home.files();
        files.retain(|(path, content)| path.starts_with(&folder) && self.canary.is_in(content));
        files
    }
}

const TELLING: [&[&str]; 12] = [
    &["cargo", "-v", "token", "--registry", "corp"],
    &["cargo", "-vv", "token", "--registry", "corp", "--json"],
    &["cargo", "-q", "token", "--registry", "corp"],
    &["cargo", "-v", "registries"],
    &["doctor"],
    &["doctor", "--json"],
    &["policy", "explain", "--registry", "corp", "--provider", "hostile"],
    &["policy", "explain", "--registry", "corp", "--json"],
    &["audit", "show"],
    &["audit", "show", "--json"],
    &["provider", "inspect", "hostile"],
    &["provider", "verify"],
];

fn is_state(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

#[test]
fn a_token_is_nowhere_but_where_it_was_granted() {
    let journey = journey();
    let token = journey.canary.token.as_str();
    let url = format!("http://127.0.0.1:{}/here", journey.server.port());
    let program = journey.program.display().to_string();
    let forms: Vec<&str> = journey.canary.forms.iter().map(String::as_str).collect();
    let sampler = Sampler::start(&forms);

    let kept = journey.ask(&login(INDEX, token, &["cargo:token"]));
    assert_eq!(kept["Ok"]["kind"], "login", "{kept}");
    assert_eq!(journey.ask(&get(INDEX, &["cargo:token"]))["Ok"]["token"], token);
    TELLING.iter().for_each(|words| journey.command(words));
    assert_eq!(journey.leaks(), Vec::<PathBuf>::new());

    // Through a program, over HTTP, and into the provider's own state.
    assert_eq!(journey.answered(&["tell-program", &program]), token);
    assert_eq!(journey.answered(&["send-http", &url, "store"]), "status 404");
    assert_eq!(journey.server.authorizations(), [format!("Bearer {token}")]);
    assert_eq!(journey.answered(&["launder-state", &url]), "status 404");
    assert_eq!(journey.answered(&["load-state", "washed"]), token);
    // And into every way to fail.
    for words in [
        &["launder-state", "http://127.0.0.1:1/"][..],
        &["send-http", "https://elsewhere.example/", "store"],
        &["tell-program", "/bin/echo"],
        &["save-store", "cargo-credentials", "x"],
        &["trap", "over"],
        &["fail", "sorry"],
    ] {
        let answer = journey.guest(words);
        assert!(!journey.canary.is_in(answer.to_string().as_bytes()), "{answer}");
        assert!(answer["Err"].is_object(), "{answer}");
    }
    TELLING.iter().for_each(|words| journey.command(words));
    assert_eq!(journey.leaks(), Vec::<PathBuf>::new());
    let state = journey.kept_state();
    assert!(matches!(state.as_slice(), [(path, _)] if is_state(path)), "{state:?}");
    assert!(!contains(&state[0].1, token), "the state has it as it is");

    let gone = journey.ask(&request("logout", INDEX, &["cargo:token"]));
    assert_eq!(gone["Ok"]["kind"], "logout", "{gone}");
    journey.command(&["cargo", "-v", "logout", "--registry", "corp"]);
    let _ =
        loud(journey.home.lockgate(["provider", "remove", "hostile", "--yes"])).run().succeeds();
    let found = sampler.stop();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let mut left = journey.home.files();
    left.retain(|(_, content)| journey.canary.is_in(content));
    assert!(left.is_empty(), "{:?}", left.iter().map(|(path, _)| path).collect::<Vec<_>>());
}

/// The twin: what was looked for is found where a careless program leaves it.
#[test]
fn what_a_careless_program_leaves_is_found() {
    let journey = journey();
    let token = journey.canary.token.as_str();
    let forms: Vec<&str> = journey.canary.forms.iter().map(String::as_str).collect();
    let sampler = Sampler::start(&forms);
    let script = "echo \"debug: token is $1\" | tee log >&2; sleep 0.2";
    let output = journey.home.run("sh").args(["-c", script, "sh", token]).run().succeeds();
    assert!(journey.canary.is_in(output.stderr.as_bytes()));
    assert_eq!(journey.leaks(), [journey.home.project().join("log")]);
    fs::write(journey.home.project().join("log"), STANDARD.encode(token)).unwrap();
    assert_eq!(journey.leaks(), [journey.home.project().join("log")]);
    assert!(!sampler.stop().is_empty());
}
