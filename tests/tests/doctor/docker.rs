//! docker, podman and their configuration.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Desktop, Home, Run};

use super::{Found, found, healthy, json_run, look};

/// `alice:s3cret`.
pub(super) const AUTH: &str = "YWxpY2U6czNjcmV0";

pub(super) fn with(config: &str) -> Home {
    let home = healthy();
    fs::create_dir(home.user().join(".docker")).unwrap();
    write(&home, config);
    home
}

pub(super) fn file(home: &Home) -> PathBuf {
    home.user().join(".docker/config.json")
}

pub(super) fn write(home: &Home, config: &str) {
    fs::write(file(home), config).unwrap();
    set_mode(&file(home), 0o600);
}

#[track_caller]
pub(super) fn note(found: &Found, subject: &str, says: &str, remedy: &str) {
    let one = found.about("docker", subject);
    assert_eq!(one["state"], "note", "{one:#}");
    assert!(one["detail"].as_str().unwrap().contains(says), "{says}: {one:#}");
    assert!(one["remedy"].as_str().unwrap_or_default().contains(remedy), "{remedy}: {one:#}");
}

#[test]
fn without_any_file_there_is_nothing_wrong_and_the_command_is_named() {
    let found = look(&healthy());
    found.healthy();
    note(&found, "config.json", "none at", "lockgate setup docker");
    found.good("docker", "docker-credential-lockgate");
}

#[test]
fn a_file_that_docker_cannot_read_is_a_problem_at_its_line() {
    let home = with("{\n\"auths\": {},\n}");
    let place = format!("{}:3:", file(&home).display());
    look(&home).problem("docker", "config.json", &place, "by hand");
    write(&home, "{\"auths\": {\"a.example\": {\"auth\": \"!\"}}}");
    let says = "the entry `a.example` cannot be read";
    look(&home).problem("docker", "entry a.example", says, "lockgate docker logout a.example");
    write(&home, "{\"auths\": {}}");
    look(&home).healthy();
}

#[test]
fn whom_docker_asks_is_told_and_a_helper_that_is_missing_is_a_problem() {
    let home = with("{\"credsStore\":\"lockgate\",\"credHelpers\":{\"g.example\":\"none-such\"}}");
    let broken = look(&home);
    broken.good("docker", "credsStore lockgate");
    let says = "docker asks `docker-credential-none-such` for g.example, and it is not on PATH";
    broken.problem("docker", "credHelpers none-such", says, "install it");
    broken.good("docker", "server https://index.docker.io/v1/");
    let helper = home.programs().join("docker-credential-none-such");
    fs::write(&helper, "#!/bin/sh\n").unwrap();
    set_mode(&helper, 0o755);
    let there = look(&home);
    there.healthy();
    note(&there, "credHelpers none-such", "and not Lockgate", "lockgate setup docker");
    let refused = "`lockgate docker`: ";
    note(&there, "credHelpers none-such", refused, "");
    let process = format!("process={}", helper.display());
    let grant = ["provider", "grant", "lockgate:docker-helper", &process, "--yes"];
    let _ = home.lockgate(grant).run().succeeds();
    let granted = look(&home).about("docker", "credHelpers none-such").clone();
    assert!(!granted["detail"].as_str().unwrap().contains(refused), "{granted:#}");
    write(&home, "{\"credsStore\":\"../x\"}");
    look(&home).problem("docker", "credsStore ../x", "another program", "by hand");
}

#[test]
fn our_own_name_must_be_found_where_docker_asks_for_it() {
    let home = with("{\"credsStore\":\"lockgate\"}");
    look(&home).healthy();
    let name = home.programs().join("docker-credential-lockgate");
    fs::remove_file(&name).unwrap();
    let subject = "docker-credential-lockgate";
    look(&home).problem("docker", subject, "is not on PATH", "lockgate setup docker");
    fs::write(&name, "#!/bin/sh\n").unwrap();
    set_mode(&name, 0o755);
    look(&home).problem("docker", subject, "is another program", "remove the other from PATH");
    fs::remove_file(&name).unwrap();
    write(&home, "{\"auths\":{}}");
    look(&home).healthy();
}

#[test]
fn plain_credentials_are_counted_and_never_shown() {
    let auths = format!(
        "\"auths\":{{\"a\":{{\"auth\":\"{AUTH}\"}},\"b\":{{}},\"c\":{{\"auth\":\"{AUTH}\"}}}}"
    );
    let home = with(&format!("{{{auths}}}"));
    let plain = look(&home);
    note(&plain, "auths", "2 credentials stand in it, unencrypted", "lockgate setup docker, then");
    let _ = plain.output.clone().nowhere_has(AUTH).nowhere_has("s3cret");
    write(&home, &format!("{{{auths},\"credsStore\":\"lockgate\"}}"));
    let says = "docker reads none for which it asks a helper";
    note(&look(&home), "auths", says, "lockgate setup docker --migrate");
    set_mode(&file(&home), 0o644);
    look(&home).problem("docker", "config.json", "others can read", "chmod 600");
}

#[test]
fn a_provider_that_could_not_answer_docker_is_a_problem() {
    let home = with("{\"credsStore\":\"lockgate\",\"auths\":{\"a.example\":{}}}");
    home.write_lockgate_config("[docker]\nproviders = [\"corp-sso\"]\n");
    let says = "there is no provider `corp-sso`";
    look(&home).problem("docker", "server a.example", says, "lockgate provider install");
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:file\"]\n");
    look(&home).healthy();
}

#[test]
fn the_variable_is_told_and_its_secret_is_not() {
    let home = healthy();
    let run = |value: &str| found(&json_run(&home).env("DOCKER_AUTH_CONFIG", value));
    let good = run(&format!("{{\"auths\":{{\"a\":{{\"auth\":\"{AUTH}\"}}}}}}"));
    note(&good, "DOCKER_AUTH_CONFIG", "is set", "");
    let _ = good.output.nowhere_has(AUTH);
    let bad = run(&format!("{{\"{AUTH}\":1}}"));
    note(&bad, "DOCKER_AUTH_CONFIG", "not heeded", "unset");
    bad.healthy();
}

#[test]
fn the_store_that_answers_and_the_best_one_are_told() {
    let home = healthy();
    let state = |run: Run| {
        let found = found(&run);
        let text = |subject: &str| {
            let one = found.about("stores", subject);
            format!("{} {}", one["state"], one["detail"])
        };
        (text("os"), text("best here"))
    };
    let (os, best) = state(json_run(&home));
    assert!(os.contains("note") && os.contains("no keyring answers"), "{os}");
    assert!(best.contains("`lockgate:file`") && best.contains("not encrypted"), "{best}");
    let (os, best) = state(Desktop::new().within(json_run(&home)));
    assert!(os.contains("ok") && os.contains("a keyring answers"), "{os}");
    assert!(best.contains("ok") && best.contains("`lockgate:os-store`"), "{best}");
    let (os, best) = state(Desktop::without_default().within(json_run(&home)));
    assert!(os.contains("note") && os.contains("no default collection"), "{os}");
    assert!(best.contains("note") && !best.contains("`lockgate:os-store`"), "{best}");
    look(&home).good("stores", "file");
}

/// Each is moved by what is advised for it.
#[test]
fn what_is_advised_for_plain_credentials_moves_them() {
    let auths = format!("\"auths\":{{\"plain.example\":{{\"auth\":\"{AUTH}\"}}}}");
    for (lines, remedy) in [
        ("", "lockgate setup docker, then lockgate setup docker --migrate"),
        (
            ",\"credHelpers\":{\"one.example\":\"lockgate\"}",
            "lockgate setup docker, then lockgate setup docker --migrate",
        ),
        (
            ",\"credsStore\":\"lockgate\",\"credHelpers\":{\"plain.example\":\"\"}",
            "lockgate setup docker --server plain.example, then lockgate setup docker --migrate",
        ),
        (",\"credsStore\":\"lockgate\"", "lockgate setup docker --migrate"),
    ] {
        let home = with(&format!("{{{auths}{lines}}}"));
        let found = look(&home);
        assert_eq!(found.about("docker", "auths")["remedy"], remedy, "{lines}");
        for step in remedy.split(", then ") {
            let words = step.split(' ').skip(1);
            let _ = home.lockgate(words.chain(["--yes"])).run().succeeds();
        }
        let config = std::fs::read_to_string(file(&home)).unwrap();
        assert!(config.contains("\"plain.example\":{}"), "{config}");
    }
    // The twin: what no helper can keep is not advised to be moved.
    let home = with(&format!("{{\"auths\":{{\"quay.io/team\":{{\"auth\":\"{AUTH}\"}}}}}}"));
    assert!(look(&home).about("docker", "auths")["remedy"].is_null());
}

#[test]
fn a_keyring_that_cannot_be_asked_is_not_the_best_store() {
    let home = healthy();
    let broken = found(&json_run(&home).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus"));
    let os = broken.about("stores", "os");
    let best = broken.about("stores", "best here");
    assert!(os["state"] != "ok" && best["state"] == "note", "{os:#} {best:#}");
    assert!(!best["detail"].as_str().unwrap().contains("`lockgate:os-store`"), "{best:#}");
}
