//! What a plugin is told is what cargo tells it.

use lockgate_tests::Access;
use serde_json::{Value, json};

use crate::{GOOD, Machine, PLUGIN, TOKEN};

/// Without what Lockgate does not know: it asks before a server has answered.
fn without_headers(mut request: Value) -> Value {
    request["registry"].as_object_mut().unwrap().remove("headers");
    request.as_object_mut().unwrap().remove("login-url");
    request
}

#[test]
fn a_get_is_asked_for_as_cargo_asks() {
    let (machine, _) = Machine::new(Access::Private).with_good_plugin(&["--vault", "a \"b\""]);
    let _ = machine.cargo_reads();
    assert_eq!(machine.server.authorizations()[0], TOKEN);
    let theirs = machine.requests().remove(0);
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    let ours = machine.requests().remove(0);
    assert_eq!(ours["args"], json!(["--vault", "a \"b\""]));
    assert_eq!(ours, without_headers(theirs));
    let words = machine.seen("words");
    assert_eq!(words, "--cargo-plugin\n--cargo-plugin\n", "both are started alike");
}

#[test]
fn a_login_and_a_logout_are_asked_for_as_cargo_asks() {
    let (machine, _) = Machine::new(Access::Public).with_good_plugin(&[]);
    let login = ["login", "--registry", "corp", "--", "--force"];
    let token = "a-\\-\u{22}-token";
    let _ = machine.home.cargo(login).stdin(format!("{token}\n")).run().succeeds();
    let _ = machine.home.cargo(["logout", "--registry", "corp"]).run().succeeds();
    let theirs = machine.requests();
    let ours = [&["cargo"], &login[..]].concat();
    let _ = machine.home.lockgate(ours).stdin(format!("{token}\n")).run().succeeds();
    let logout = ["cargo", "logout", "--registry", "corp"];
    let _ = machine.home.lockgate(logout).run().succeeds();
    let ours = machine.requests();
    assert_eq!(ours[0]["token"], token);
    assert_eq!(ours[0]["args"], json!(["--force"]));
    let theirs: Vec<Value> = theirs.into_iter().map(without_headers).collect();
    let ours: Vec<Value> = ours.into_iter().map(without_headers).collect();
    assert_eq!(ours, theirs);
}

#[test]
fn behind_cargo_it_is_told_what_cargo_tells_us() {
    let (machine, plugin) = Machine::new(Access::Private).with_good_plugin(&["word"]);
    let _ = machine.cargo_reads();
    let mut theirs = machine.requests().remove(0);
    // What it keeps of the index would spare it the server's refusal.
    std::fs::remove_dir_all(machine.home.cargo_home().join("registry")).unwrap();
    let ours = machine.home.programs().join("cargo-credential-lockgate");
    machine.configure(&[&ours.display().to_string(), PLUGIN, &plugin, "word"]);
    let _ = machine.cargo_reads();
    assert_eq!(machine.server.authorizations()[0], TOKEN);
    let told = machine.requests().remove(0);
    let headers = theirs["registry"]["headers"].as_array_mut().unwrap();
    headers.retain(|header| {
        header.as_str().unwrap().to_ascii_lowercase().starts_with("www-authenticate:")
    });
    assert_eq!(headers.len(), 1, "only the challenges come through");
    assert_eq!(told, theirs);
}

#[test]
fn a_login_without_a_token_and_without_a_person_is_passed_on_without_one() {
    let (machine, _) = Machine::new(Access::Public).with_good_plugin(&[]);
    let _ = machine.home.cargo(["login", "--registry", "corp"]).stdin("\n").run().succeeds();
    assert_eq!(machine.requests()[0].get("token"), None);
    let login = ["cargo", "login", "--registry", "corp"];
    let _ = machine.home.lockgate(login).stdin("\n").run().succeeds();
    assert_eq!(machine.requests()[0].get("token"), None);
}

#[test]
fn a_plugin_that_does_not_know_the_registry_leaves_it_to_the_next_provider() {
    let machine = Machine::new(Access::Private);
    let other = machine.program("cargo-credential-other", &GOOD.replace(
        r#"'{"Ok":{"kind":"get","token":"Bearer of-the-plugin","cache":"session","operation_independent":true}}'"#,
        r#"'{"Err":{"kind":"url-not-supported"}}'"#,
    ));
    machine.grant(PLUGIN, &other);
    machine.home.write_config(format!(
        "[registries.corp]\nindex = \"{}\"\n[registry]\n\
         global-credential-providers = [\"cargo:token\", \"{other}\"]\n",
        machine.server.index_url()
    ));
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN));
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    assert_eq!(machine.requests().len(), 2, "it was asked by both");
}
