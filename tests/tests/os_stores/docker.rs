//! docker's own entries in the real keyring: kept and read by docker's own helper and by the adapter,
//! which has all that is behind `lockgate:os-store`.

use std::time::Duration;

use lockgate_adapters::{Listed, SecretService, SecretServiceStore};
use lockgate_core::{DOCKER_HUB, Ecosystem, Registry, Secret, SecretStore};
use lockgate_tests::{Output, Run, programs};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Desktop;

const HELPER: &str = "docker-credential-secretservice";
/// The text by which docker knows that there is nothing.
const NOT_FOUND: &str = "credentials not found in native keychain\n";
/// Longer than the second in which the keyring counts.
const A_SECOND: Duration = Duration::from_millis(1100);

struct Both {
    desktop: Desktop,
    folder: TempDir,
}

impl Both {
    fn new() -> Self {
        programs::require(HELPER);
        Self { desktop: Desktop::new(), folder: tempfile::tempdir().unwrap() }
    }

    fn helper(&self, action: &str, input: impl Into<Vec<u8>>) -> Output {
        let run = Run::new(HELPER, self.folder.path()).args([action]).stdin(input);
        self.desktop.within(run).run()
    }

    fn helper_stores(&self, server: &str, account: &str, secret: &str) {
        let entry = json!({ "ServerURL": server, "Username": account, "Secret": secret });
        let _ = self.helper("store", format!("{entry}\n")).succeeds();
    }

    /// The account and the secret that docker gets.
    fn helper_gets(&self, server: &str) -> Option<(String, String)> {
        let output = self.helper("get", server);
        if output.stdout == NOT_FOUND {
            return None;
        }
        let found: Value = serde_json::from_str(&output.stdout).unwrap();
        let text = |name: &str| found[name].as_str().unwrap().to_owned();
        Some((text("Username"), text("Secret")))
    }

    fn helper_lists(&self) -> Value {
        serde_json::from_str(&self.helper("list", "").succeeds().stdout).unwrap()
    }

    fn service(&self) -> SecretService {
        SecretService::connect(Some(&self.desktop.address()), None)
    }

    fn ours(&self, server: &str) -> SecretServiceStore {
        let registry = Registry::new(Ecosystem::Oci, server).unwrap();
        self.service().store(&registry, false).unwrap()
    }

    fn we_store(&self, server: &str, account: &str, secret: &str) {
        self.ours(server).save(Some(&account.into()), &secret.into()).unwrap();
    }

    fn we_get(&self, server: &str) -> Option<(String, String)> {
        let text = |secret: &Secret| secret.expose_text().unwrap().to_owned();
        let found = self.ours(server).load().unwrap()?;
        Some((text(&found.identity.unwrap()), text(&found.secret)))
    }

    /// How many entries the keyring has for a server.
    fn entries(&self, server: &str) -> usize {
        let found = self.desktop.search(&["server", server, "docker_cli", "1"]);
        found.stdout.matches("label = ").count()
    }
}

fn pair(account: &str, secret: &str) -> Option<(String, String)> {
    Some((account.to_owned(), secret.to_owned()))
}

fn entry_of<'a>(server: &'a str, account: &'a str) -> Vec<&'a str> {
    vec![
        "xdg:schema",
        "io.docker.Credentials",
        "label",
        "Docker Credentials",
        "server",
        server,
        "username",
        account,
        "docker_cli",
        "1",
    ]
}

/// Keys and accounts as docker, podman and Hub's web login have them.
const KEPT: [(&str, &str, &str); 6] = [
    (DOCKER_HUB, "alice", "s3cret"),
    ("https://index.docker.io/v1/refresh-token", "alice", "v1.abc..client"),
    ("ghcr.io", "<token>", "an-identity-token"),
    ("127.0.0.1:5000", "j\u{fc}rgen@corp", "\"quoted\" \\ \u{4e2d}\n with lines\r\n"),
    ("http://plain.example", "_json_key", "{\"type\":\"service_account\"}"),
    ("registry.example/", "AWS", " spaces "),
];

#[test]
fn what_dockers_helper_keeps_is_what_lockgate_finds_and_removes() {
    let both = Both::new();
    for (server, account, secret) in KEPT {
        assert_eq!(both.we_get(server), None, "{server}");
        both.helper_stores(server, account, secret);
        assert_eq!(both.we_get(server), pair(account, secret), "{server}");
    }
    for (server, ..) in KEPT {
        assert!(both.ours(server).remove().unwrap(), "{server}");
        assert_eq!(both.helper_gets(server), None, "{server}");
    }
    assert_eq!(both.helper_lists(), json!({}));
}

#[test]
fn what_lockgate_keeps_is_what_dockers_helper_gets_lists_and_erases() {
    let both = Both::new();
    for (server, account, secret) in KEPT {
        both.we_store(server, account, secret);
        assert_eq!(both.helper_gets(server), pair(account, secret), "{server}");
    }
    let listed: serde_json::Map<String, Value> =
        KEPT.iter().map(|(server, account, _)| ((*server).to_owned(), json!(account))).collect();
    assert_eq!(both.helper_lists(), Value::Object(listed));
    for (server, ..) in KEPT {
        let _ = both.helper("erase", server).succeeds();
        assert_eq!(both.we_get(server), None, "{server}");
        assert!(!both.ours(server).remove().unwrap(), "{server}");
    }
}

#[test]
fn an_entry_has_what_dockers_helper_gives_it_whoever_keeps_it() {
    let shown = |keep: fn(&Both)| {
        let both = Both::new();
        keep(&both);
        let found = both.desktop.search(&["server", "ghcr.io"]).succeeds();
        let told = found.stdout + &found.stderr;
        let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.starts_with("created") && !line.starts_with("modified"));
        lines.sort();
        lines
    };
    let ours = shown(|both| both.we_store("ghcr.io", "alice", "s3cret"));
    assert!(ours.contains(&"label = ghcr.io".to_owned()), "{ours:?}");
    assert_eq!(ours, shown(|both| both.helper_stores("ghcr.io", "alice", "s3cret")));
}

/// As docker's helper labels them before 0.9 and since.
#[test]
fn entries_of_both_generations_are_found_and_listed_by_their_server() {
    let both = Both::new();
    let newer = "Registry credentials for newer.example";
    both.desktop.keep(newer, &entry_of("newer.example", "alice"), b"newer");
    both.desktop.keep("older.example", &entry_of("older.example", "bob"), b"older");
    assert_eq!(both.we_get("newer.example"), pair("alice", "newer"));
    assert_eq!(both.we_get("older.example"), pair("bob", "older"));
    let one = |server: &str, account: &str| Listed {
        server: server.to_owned(),
        identity: Some(account.to_owned()),
    };
    let listed = both.service().list(Ecosystem::Oci).unwrap();
    assert_eq!(listed, [one("newer.example", "alice"), one("older.example", "bob")]);
    // The twin: docker's helper lists the label, by which nothing can be had.
    assert_eq!(both.helper_lists()[newer], json!("alice"));
    both.we_store("newer.example", "alice", "again");
    assert_eq!(both.entries("newer.example"), 1);
    assert_eq!(both.helper_lists()["newer.example"], json!("alice"));
}

#[test]
fn of_several_accounts_the_last_login_counts_and_a_login_of_ours_leaves_one() {
    let both = Both::new();
    for (account, secret) in [("alice", "a"), ("bob", "b"), ("alice", "a again")] {
        both.helper_stores("ghcr.io", account, secret);
        assert_eq!(both.we_get("ghcr.io"), pair(account, secret));
        std::thread::sleep(A_SECOND);
    }
    // The twin: docker's helper keeps both and gives either.
    assert_eq!(both.entries("ghcr.io"), 2);
    let given = both.helper_gets("ghcr.io");
    assert!([pair("alice", "a again"), pair("bob", "b")].contains(&given), "{given:?}");
    both.we_store("ghcr.io", "carol", "c");
    assert_eq!(both.entries("ghcr.io"), 1);
    assert_eq!(both.helper_gets("ghcr.io"), pair("carol", "c"));
    assert_eq!(both.we_get("ghcr.io"), pair("carol", "c"));
}

#[test]
fn a_planted_entry_for_the_same_account_is_named_and_never_taken_by_chance() {
    let both = Both::new();
    both.helper_stores("ghcr.io", "alice", "alices-own");
    let planted = [entry_of("ghcr.io", "alice").as_slice(), &["planted", "yes"]].concat();
    both.desktop.keep("ghcr.io (new)", &planted, b"planted-secret");
    let told = both.ours("ghcr.io").load().unwrap_err().to_string();
    for words in ["2 entries", "`ghcr.io`", "`ghcr.io (new)`", "collection/login/"] {
        assert!(told.contains(words), "{told}");
    }
    assert!(!told.contains("planted-secret") && !told.contains("alices-own"), "{told}");
    // The twin: docker's helper takes one of them.
    assert!(both.helper_gets("ghcr.io").is_some());
    both.we_store("ghcr.io", "alice", "new");
    assert_eq!(both.we_get("ghcr.io"), pair("alice", "new"));
    assert_eq!(both.entries("ghcr.io"), 1);
}

#[test]
fn entries_without_dockers_schema_or_of_a_server_that_is_like_it_are_nobodys_business() {
    let both = Both::new();
    let bare = ["label", "Docker Credentials", "server", "ghcr.io", "docker_cli", "1"];
    both.desktop.keep("bare", &bare, b"bare");
    for other in ["ghcr.io/", "https://ghcr.io", "GHCR.io", "ghcr.io:443"] {
        both.helper_stores(other, "eve", other);
    }
    assert_eq!(both.we_get("ghcr.io"), None);
    assert!(!both.ours("ghcr.io").remove().unwrap());
    both.we_store("ghcr.io", "alice", "own");
    assert!(both.ours("ghcr.io").remove().unwrap());
    for other in ["ghcr.io/", "https://ghcr.io", "GHCR.io", "ghcr.io:443"] {
        assert_eq!(both.we_get(other), pair("eve", other), "the twin");
    }
}

/// Nothing is taken for "not found", after which a weaker store could be asked.
#[test]
fn a_locked_keyring_is_told_by_each_operation() {
    let both = Both::new();
    both.helper_stores("ghcr.io", "alice", "s3cret");
    both.desktop.lock();
    let store = both.ours("ghcr.io");
    for refused in [
        store.load().map(drop),
        both.ours("missing.example").save(Some(&"bob".into()), &"x".into()),
        store.remove().map(drop),
        both.service().list(Ecosystem::Oci).map(drop),
    ] {
        let told = refused.unwrap_err().to_string();
        assert!(told.contains("locked") && !told.contains("s3cret"), "{told}");
    }
}

#[test]
fn whether_anybody_keeps_secrets_is_known_without_asking_for_one() {
    let answers = |desktop: &Desktop| {
        SecretService::answers(Some(&desktop.address()), None, Duration::from_secs(5)).unwrap()
    };
    assert!(!answers(&Desktop::without_keyring()));
    let desktop = Desktop::new();
    assert!(answers(&desktop));
    desktop.lock();
    assert!(answers(&desktop), "a locked one is there");
    desktop.signal_keyring("STOP");
    assert!(answers(&desktop), "it is the bus that is asked");
    desktop.signal_keyring("CONT");
}
