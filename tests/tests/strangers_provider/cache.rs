//! An answer with a lifetime is kept for the next command, and for nobody who would not be given it.

use std::time::Duration;

use lockgate_tests::guests::Guest;
use lockgate_tests::plugin::{get, request};
use lockgate_tests::sign_on::TOKEN;
use lockgate_tests::{Output, Policy, Run, keyring, programs};
use serde_json::{Value, json};

use super::{IDENTITY, Machine, machine};

/// A machine with the provider and all that it asks for; none where nothing can be kept.
pub(crate) fn ready() -> Option<Machine> {
    keyring::is_there().then(|| machine().installed())
}

impl Machine {
    pub(crate) fn installed(self) -> Self {
        let words = ["provider", "install", &self.file, "--grant-all"];
        let _ = self.home.lockgate(words).run().succeeds();
        self
    }

    /// A command of its own that needs the token.
    pub(crate) fn token(&self) -> Run {
        let words = ["cargo", "token", "--registry", "corp", "--json", "--reveal"];
        self.home.lockgate(words).env("CI_JOB_JWT", IDENTITY)
    }

    pub(crate) fn plugin_asked(&self, request: &Value) -> Output {
        let plugin = self.home.plugin().env("CI_JOB_JWT", IDENTITY);
        let answer = plugin.stdin(format!("{request}\n")).run().succeeds();
        answer.shows(TOKEN)
    }

    pub(crate) fn grant(&self, change: &str) {
        let words = ["provider", "grant", "courier", change, "--yes"];
        let _ = self.home.lockgate(words).run().succeeds();
    }

    /// How often the sign-on was asked.
    fn asked(&self) -> usize {
        self.sign_on.requests().len()
    }

    /// Runs the command, and how often the sign-on was asked meanwhile.
    #[track_caller]
    pub(crate) fn asked_by(&self, run: &Run) -> usize {
        let before = self.asked();
        let _ = run.run().succeeds().shows(TOKEN);
        self.asked() - before
    }
}

#[test]
fn the_next_command_has_the_answer_without_asking_and_says_the_same_of_it() {
    let Some(machine) = ready() else { return };
    let first = machine.token().run().succeeds().json();
    let second = machine.token().run().succeeds().json();
    assert_eq!(first["token"], TOKEN);
    for field in ["token", "sources", "cache", "expiration", "operation_independent", "provider"] {
        assert_eq!(first[field], second[field], "{field}");
    }
    let _ = machine.build().run().succeeds();
    let _ = machine.plugin_asked(&get(&machine.registry.index_url(), &["courier"]));
    assert_eq!(machine.asked(), 1);
    let audit = machine.home.lockgate(["audit", "show", "--json"]).run().succeeds();
    let audit = audit.nowhere_has(TOKEN).shows("\"capability\":\"cache\"");
    assert!(audit.stdout.contains("\"subject\":\"kernel-keyring\""), "{audit}");
    let _ = machine.home.lockgate(["audit", "verify"]).run().succeeds();
    let on_disk = machine.home.files().into_iter();
    let holds = |content: &[u8]| content.windows(TOKEN.len()).any(|part| part == TOKEN.as_bytes());
    let files: Vec<_> = on_disk.filter(|(_, content)| holds(content)).collect();
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn another_identity_setting_or_word_is_another_answer() {
    let Some(machine) = ready() else { return };
    assert_eq!(machine.asked_by(&machine.token()), 1);
    assert_eq!(machine.asked_by(&machine.token().env("CI_JOB_JWT", "another-job")), 1);
    assert_eq!(machine.asked_by(&machine.token()), 0);
    let url = format!("http://127.0.0.1:{}/token?another", machine.sign_on.port);
    let settings = format!("[provider.courier.settings]\ntoken-url = \"{url}\"\n");
    machine.home.write_lockgate_config(&settings);
    assert_eq!(machine.asked_by(&machine.token()), 1);
    let index = machine.registry.index_url();
    let before = machine.asked();
    let _ = machine.plugin_asked(&get(&index, &["courier"]));
    assert_eq!(machine.asked(), before);
    let _ = machine.plugin_asked(&get(&index, &["courier", "word"]));
    assert_eq!(machine.asked(), before + 1);
}

#[test]
fn a_changed_grant_or_ceiling_never_gets_what_it_would_refuse_now() {
    let Some(machine) = ready() else { return };
    let denied = "[deny]\nhttp = [\"http://127.0.0.1:57357\"]\n";
    let denied = denied.replace("57357", &machine.sign_on.port.to_string());
    assert_eq!(machine.asked_by(&machine.token()), 1);
    let words = ["provider", "revoke", "courier", "environment=CI_JOB_JWT", "--yes"];
    let _ = machine.home.lockgate(words).run().succeeds();
    let _ = machine.token().run().exits_with(101).nowhere_has(TOKEN);
    machine.grant("environment=CI_JOB_JWT");
    assert_eq!(machine.asked_by(&machine.token()), 1, "nothing is left of what was given before");
    if let Some(policy) = Policy::new(&denied) {
        let _ = policy.over(machine.token()).run().exits_with(101).nowhere_has(TOKEN);
    }
    assert_eq!(
        machine.asked_by(&machine.token()),
        0,
        "the twin: what it may use is the same again"
    );
}

#[test]
fn an_answer_is_not_kept_beyond_what_was_granted() {
    let Some(machine) = ready() else { return };
    machine.grant("limits.lifetime=62s");
    assert_eq!(machine.asked_by(&machine.token()), 1);
    // cargo itself does not use what ends within a minute.
    std::thread::sleep(Duration::from_millis(3_100));
    assert_eq!(machine.asked_by(&machine.token()), 1);
    machine.grant("limits.lifetime=1h");
    assert_eq!(machine.asked_by(&machine.token()), 1);
    std::thread::sleep(Duration::from_millis(3_100));
    assert_eq!(machine.asked_by(&machine.token()), 0, "the twin");
}

#[test]
fn an_answer_for_one_purpose_serves_no_other() {
    let Some(machine) = ready() else { return };
    let index = machine.registry.index_url();
    let publish = |version: &str| {
        let mut request = request("get", &index, &["courier"]);
        request["operation"] = json!("publish");
        request["name"] = json!("greeter");
        request["vers"] = json!(version);
        request["cksum"] = json!("0".repeat(64));
        request
    };
    let asked = |request: &Value| {
        let before = machine.asked();
        let _ = machine.plugin_asked(request);
        machine.asked() - before
    };
    machine.grant("limits.any-purpose=false");
    let read = get(&index, &["courier"]);
    for request in [&read, &publish("1.0.0"), &publish("1.0.1")] {
        assert_eq!((asked(request), asked(request)), (1, 0), "{request}");
    }
    assert_eq!(asked(&read), 0);
    machine.grant("limits.any-purpose=true");
    assert_eq!(asked(&read), 1);
    assert_eq!((asked(&publish("1.0.0")), asked(&publish("1.0.2"))), (0, 0), "the twin");
}

/// cargo sends the headers of a refusal when it has no token yet, and not again when the registry
/// refuses the one that it was given: that it asks in the same way once more tells it.
#[test]
fn an_answer_that_a_registry_refused_is_asked_for_anew() {
    let Some(machine) = ready() else { return };
    let index = machine.registry.index_url();
    let mut refused = get(&index, &["courier"]);
    refused["registry"]["headers"] = json!(["WWW-Authenticate: Cargo login_url=\"https://corp/\""]);
    let asked = |request: &Value| {
        let before = machine.asked();
        let _ = machine.plugin_asked(request);
        machine.asked() - before
    };
    let plain = get(&index, &["courier"]);
    assert_eq!(asked(&plain), 1);
    assert_eq!((asked(&refused), asked(&plain)), (0, 0));
    assert_eq!((asked(&refused), asked(&refused)), (1, 0));
    let twin: Vec<_> = (0..4).map(|_| asked(&plain)).collect();
    assert_eq!(twin, [0; 4], "the twin");
}

/// What the grant's limit makes of a session has an end, too; the provider did not name it.
#[test]
fn an_answer_for_a_session_is_kept_for_nobody() {
    let Some(machine) = ready() else { return };
    let file = machine.home.root().join("recorder.wasm");
    std::fs::write(&file, Guest::named("recorder").component).unwrap();
    let file = file.display().to_string();
    let install = ["provider", "install", &file, "--grant", "registries=cargo:*"];
    let _ = machine.home.lockgate(install).run().succeeds();
    let program = machine.home.programs().join("cargo-credential-lockgate").display().to_string();
    machine.home.configure(&machine.registry, &[&program, "recorder"]);
    let limit = ["provider", "grant", "recorder", "limits.lifetime=1h", "--yes"];
    let _ = machine.home.lockgate(limit).run().succeeds();
    for _ in 0..2 {
        let asked = get(&machine.registry.index_url(), &["recorder"]);
        let answer = machine.home.plugin().stdin(format!("{asked}\n")).run().succeeds();
        let _ = answer.shows("\"cache\":\"expires\"");
    }
    let audit = machine.home.lockgate(["audit", "show", "--json"]).run().succeeds();
    assert!(!audit.stdout.contains("\"capability\":\"cache\""), "{audit}");
}

/// As in a container that refuses it, on a kernel without one, and for a user who used all of it up.
#[test]
fn without_a_keyring_or_room_in_it_nothing_is_kept_and_nothing_fails() {
    let machine = machine().installed();
    programs::require("strace");
    for (calls, error, says) in [
        ("keyctl,add_key", "ENOSYS", "this kernel has no keyring"),
        ("keyctl,add_key", "EPERM", "a filter of system calls refuses it"),
        ("add_key", "EDQUOT", "no room left for this user"),
    ] {
        let fault = format!("inject={calls}:error={error}");
        let trace = format!("trace={calls}");
        let under = ["strace", "-f", "-o", "/dev/null", "-e", &trace, "-e", &fault];
        for _ in 0..2 {
            let run = machine.token().env("CI_JOB_JWT", error).under(under);
            assert_eq!(machine.asked_by(&run), 1, "{error}");
        }
        let doctor = machine.home.lockgate(["doctor"]).under(under).run();
        assert!(doctor.stdout.contains(says), "{says}\n{doctor}");
        let _ = doctor.shows("no credential is kept from one command to the next");
    }
    if keyring::is_there() {
        let doctor = machine.home.lockgate(["doctor"]).run();
        let _ = doctor.shows("kept in it until they end").nowhere_has("no credential is kept");
    }
}
