//! Moving credentials out of docker's plain file.

use std::fs;
use std::time::{Duration, Instant};

use lockgate_tests::home::set_mode;
use lockgate_tests::{Desktop, Run};

use super::{AUTH, Docker, SECRET};

const BRIDGE: &str = "lockgate:docker-helper";

/// A native helper that keeps each server in a file. `HOOK` runs once it has kept one.
const KEEPER: &str = r#"#!/bin/sh
case "$1" in
store)
    cat > ~/new
    name=$(sed 's/.*"ServerURL":"\([^"]*\)".*/\1/' ~/new | cksum | cut -d' ' -f1)
    SAVE
    HOOK ;;
get)
    name=$(echo "$(cat)" | cksum | cut -d' ' -f1)
    [ -f ~/kept-"$name" ] || { echo 'credentials not found in native keychain'; exit 1; }
    cat ~/kept-"$name" ;;
erase)
    name=$(echo "$(cat)" | cksum | cut -d' ' -f1)
    rm -f ~/kept-"$name" ;;
esac
"#;
const SAVES: &str = "mv ~/new ~/kept-\"$name\"";

/// Two accounts, one of them with an identity token.
fn plain() -> String {
    format!(
        "{{\n\t\"auths\": {{\n\t\t\"a.example\": {{\n\t\t\t\"auth\": \"{AUTH}\"\n\t\t}},\n\t\t\
         \"https://b.example:5000/v2/\": {{\"auth\": \"Ym9iOg==\", \"identitytoken\": \"{SECRET}-t\"}}\n\t}},\n\t\
         \"credsStore\": \"lockgate\",\n\t\"unknown\": {{\"x\": [1]}}\n}}"
    )
}

const MOVED: &str = "{\n\t\"auths\": {\n\t\t\"a.example\": {},\n\t\t\"https://b.example:5000/v2/\": {}\n\t},\n\t\
                     \"credsStore\": \"lockgate\",\n\t\"unknown\": {\"x\": [1]}\n}";

impl Docker {
    /// Lockgate keeps everything with this helper.
    fn with_keeper(saves: &str, hook: &str) -> Self {
        let docker = Self::with(&plain());
        let helper = docker.home().root().join("docker-credential-keeper");
        fs::write(&helper, KEEPER.replace("SAVE", saves).replace("HOOK", hook)).unwrap();
        set_mode(&helper, 0o755);
        let process =
            format!("process={{ program = \"{}\", receives = [\"login\"] }}", helper.display());
        let grant = ["provider", "grant", BRIDGE, &process, "--yes"];
        let _ = docker.lockgate(&grant).run().succeeds();
        let list = format!("[docker]\nproviders = [\"{BRIDGE} {}\"]\n", helper.display());
        docker.home().write_lockgate_config(&list);
        docker
    }

    fn migrate(&self, words: &[&str]) -> Run {
        self.setup(&["--migrate"]).args(words)
    }

    fn finds(&self, server: &str) -> Option<(String, String)> {
        self.helper().finds(server)
    }
}

fn alice() -> Option<(String, String)> {
    Some(("alice".to_owned(), SECRET.to_owned()))
}

#[test]
fn credentials_are_moved_one_by_one_and_the_rest_of_the_file_stays() {
    let machine = Docker::with(&plain());
    let shown = machine.migrate(&["--dry-run"]).run().succeeds().nowhere_has(SECRET);
    let _ = shown
        .shows("a.example: would move to `lockgate:file`")
        .shows("https://b.example:5000/v2/: would move");
    let asked = machine.migrate(&[]).run().exits_with(1).says("--yes");
    let _ = asked.says("a.example: would move to").never_says("Moved");
    assert_eq!(machine.config(), plain());
    let moved = machine.migrate(&["--yes"]).run().succeeds().nowhere_has(SECRET).nowhere_has(AUTH);
    let _ = moved.says("Moved credential for `a.example`").says("no keyring answers here");
    assert_eq!(machine.config(), MOVED);
    assert_eq!(machine.finds("a.example"), alice());
    let token = ("<token>".to_owned(), format!("{SECRET}-t"));
    assert_eq!(machine.finds("b.example:5000"), Some(token));
    let audit = machine.lockgate(&["audit", "show"]).run().succeeds().nowhere_has(SECRET);
    assert!(audit.stdout.contains("login") && audit.stdout.contains("a.example"), "{audit}");
    let again = machine.migrate(&["--yes"]).run().succeeds();
    let _ = again.says("there is no credential in docker's file");
}

#[test]
fn where_a_keyring_answers_it_gets_them() {
    let (machine, desktop) = (Docker::with(&plain()), Desktop::new());
    let moved = desktop.within(machine.migrate(&["--yes", "--json"])).run().succeeds();
    let json = moved.nowhere_has(SECRET).json();
    assert_eq!(json["to"], "lockgate:os-store");
    assert_eq!(json["moved"], serde_json::json!(["a.example", "https://b.example:5000/v2/"]));
    assert_eq!(machine.config(), MOVED);
    assert_eq!(desktop.look_up(&["server", "a.example"]).as_deref(), Some(SECRET));
    // The twin: without it nobody finds them.
    assert_eq!(machine.finds("a.example"), None);
}

#[test]
fn nothing_is_moved_to_where_docker_would_not_find_it() {
    for (store, reason) in [
        ("", "docker does not ask Lockgate for it; `lockgate setup docker` has it asked"),
        ("pass", "docker asks `docker-credential-pass` for it, and not Lockgate"),
    ] {
        let config = plain().replace("\"lockgate\"", &format!("\"{store}\""));
        let machine = Docker::with(&config);
        let _ = machine.migrate(&["--yes"]).run().exits_with(1).shows(reason);
        assert_eq!(machine.config(), config);
        assert_eq!(machine.finds("a.example"), None);
    }
}

#[test]
fn what_cannot_be_moved_is_told_with_its_reason_and_keeps_nobody_from_the_rest() {
    let config = format!(
        "{{\"auths\":{{\"good.example\":{{\"auth\":\"{AUTH}\"}},\"token.example\":{{\"registrytoken\":\"{SECRET}\"}},\
         \"bad.example\":{{\"auth\":\"!{SECRET}\"}},\"quay.io/team\":{{\"auth\":\"{AUTH}\"}},\
         \"https://good.example\":{{\"auth\":\"Ym9iOng=\"}},\"own.example\":{{\"auth\":\"{AUTH}\"}},\
         \"https://index.docker.io/v1/refresh-token\":{{\"auth\":\"{AUTH}\"}}}},\
         \"credsStore\":\"lockgate\",\"credHelpers\":{{\"own.example\":\"\"}}}}"
    );
    let machine = Docker::with(&config);
    let told = machine.migrate(&["--yes", "--json"]).run().exits_with(1);
    let json = told.nowhere_has(SECRET).nowhere_has(AUTH).json();
    assert_eq!(json["moved"], serde_json::json!(["good.example"]), "{json:#}");
    for (name, reason) in [
        ("token.example", "registrytoken"),
        ("bad.example", "base64"),
        ("quay.io/team", "a key with a path"),
        ("https://good.example", "docker uses the entry `good.example`"),
        ("own.example", "docker does not ask Lockgate"),
        ("https://index.docker.io/v1/refresh-token", "docker's own web login"),
    ] {
        let stay = json["stay"].as_array().unwrap();
        let one = stay.iter().find(|one| one["name"] == name).unwrap();
        assert!(one["reason"].as_str().unwrap().contains(reason), "{json:#}");
    }
    let gone = config.replacen(&format!("{{\"auth\":\"{AUTH}\"}}"), "{}", 1);
    assert_eq!(machine.config(), gone);
}

/// The one in the file is often the stale one.
#[test]
fn another_credential_that_lockgate_holds_is_not_overwritten() {
    let machine = Docker::with(&plain());
    let newer = ("alice".to_owned(), "newer".to_owned());
    machine.helper().keeps("a.example", "alice", "newer");
    machine.helper().keeps("b.example:5000", "<token>", &format!("{SECRET}-t"));
    let reason = "`lockgate:file` already holds another credential for it; log out of one";
    let dry = machine.migrate(&["--dry-run"]).run().exits_with(1).nowhere_has(SECRET);
    let _ = dry
        .shows("a.example: stays: ")
        .shows(reason)
        .shows("https://b.example:5000/v2/: would move");
    let json = machine.migrate(&["--dry-run", "--json"]).run().exits_with(1).json();
    assert_eq!(json["moved"], serde_json::json!([]));
    assert_eq!(json["would_move"], serde_json::json!(["https://b.example:5000/v2/"]));
    // What a person agrees to is what would be done.
    let asked = machine.migrate(&[]).run().exits_with(1).says("--yes").nowhere_has(SECRET);
    let _ = asked
        .says("a.example: stays: ")
        .says(reason)
        .never_says("a.example: would move")
        .says("https://b.example:5000/v2/: would move");
    // Nothing is announced that is refused afterwards.
    let told = machine.migrate(&["--yes"]).run().exits_with(1).nowhere_has(SECRET);
    let told = told.never_says("move to").says("`a.example` was not moved: ");
    // The twin: the same one is there already, and goes out of the file.
    let _ = told.says(reason).says("Moved credential for `https://b.example:5000/v2/`");
    assert!(machine.config().contains(AUTH) && !machine.config().contains("identitytoken"));
    assert_eq!(machine.finds("a.example"), Some(newer));
    // Another account of the same secret is another credential.
    machine.helper().keeps("a.example", "bob", SECRET);
    let _ = machine.migrate(&["--yes"]).run().exits_with(1).says(reason);
    // Where nothing can be moved nobody is asked.
    let unasked = machine.migrate(&[]).run().exits_with(1).shows("a.example: stays: ");
    let _ = unasked.shows(reason).never_says("--yes");
    assert!(machine.config().contains(AUTH));
}

#[test]
fn what_is_not_given_back_stays_in_the_file() {
    for (saves, reason) in [
        (
            "sed 's/\"Secret\":\"[^\"]*\"/\"Secret\":\"x\"/' ~/new > ~/kept-\"$name\"",
            "gave back another credential",
        ),
        (":", "not found"),
        ("echo full; exit 1", "full"),
    ] {
        let machine = Docker::with_keeper(saves, ":");
        let told = machine.migrate(&["--yes"]).run().exits_with(1).nowhere_has(SECRET);
        let _ = told.says("`a.example` was not moved").says(reason);
        assert_eq!(machine.config(), plain(), "{saves}");
    }
    // The twin: with a helper that keeps them, they go.
    let machine = Docker::with_keeper(SAVES, ":");
    let _ = machine.migrate(&["--yes"]).run().succeeds();
    assert_eq!(machine.config(), MOVED);
    assert_eq!(machine.finds("a.example"), alice());
}

/// While the other store saves the credential, somebody logs in.
#[test]
fn a_login_in_the_middle_keeps_its_credential() {
    let machine = Docker::with_keeper(SAVES, "cp ~/newer ~/.docker/config.json");
    let newer = plain().replace(AUTH, "YWxpY2U6bmV3ZXI=");
    fs::write(machine.home().user().join("newer"), &newer).unwrap();
    let told = machine.migrate(&["--yes"]).run().exits_with(1).nowhere_has(SECRET);
    let _ = told.says("`a.example` was not moved").says("another credential was put into the file");
    assert!(machine.config().contains("YWxpY2U6bmV3ZXI="), "{}", machine.config());
    // What was saved of the older one is gone again, so that it hides nothing.
    assert_eq!(machine.finds("a.example"), None);
}

#[test]
fn ended_in_the_middle_it_has_lost_nothing_and_is_done_again() {
    let machine = Docker::with_keeper(SAVES, "[ -f ~/flag ] || { touch ~/flag; sleep 600; }");
    let mut child = machine.migrate(&["--yes"]).command().spawn().unwrap();
    let (start, flag) = (Instant::now(), machine.home().user().join("flag"));
    while !flag.exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "the helper was not asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(machine.config(), plain());
    let _ = machine.migrate(&["--yes"]).run().succeeds();
    assert_eq!(machine.config(), MOVED);
    assert_eq!(machine.finds("a.example"), alice());
}

#[test]
fn two_at_once_move_each_credential_once() {
    let machine = Docker::with(&plain());
    let runs = [machine.migrate(&["--yes"]), machine.migrate(&["--yes"])];
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = runs.iter().map(|run| scope.spawn(|| run.run())).collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let moved = |output: &lockgate_tests::Output| output.stderr.matches("Moved credential").count();
    assert_eq!(outputs.iter().map(moved).sum::<usize>(), 2, "{} {}", outputs[0], outputs[1]);
    assert!(outputs.iter().all(|output| output.status.success()), "{} {}", outputs[0], outputs[1]);
    assert_eq!(machine.config(), MOVED);
}
