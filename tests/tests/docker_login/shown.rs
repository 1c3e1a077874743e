//! What people are shown of the credentials that there are.

use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, USER};
use serde_json::json;

use crate::machine::Machine;

#[test]
fn get_says_who_answers_from_where_and_reveals_on_demand_alone() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let server = registry.server();
    let _ = machine.login(&server).run().succeeds();
    let _ = machine
        .docker(&["get", &server])
        .run()
        .succeeds()
        .shows(USER)
        .shows("lockgate:docker-config")
        .shows("config.json")
        .nowhere_has(PASSWORD);
    let _ = machine.docker(&["get", &server, "--reveal"]).run().succeeds().prints("s3cret\n");
    let shown = machine.docker(&["get", &server, "--json"]).run().succeeds().nowhere_has(PASSWORD);
    let shown = shown.json();
    assert_eq!((&shown["username"], &shown["server"]), (&json!(USER), &json!(server)));
    let revealed = machine.docker(&["get", &server, "--json", "--reveal"]).run().succeeds();
    assert_eq!(revealed.json()["secret"], PASSWORD);
}

#[test]
fn get_finds_what_docker_does_not_look_for_in_our_own_store() {
    let machine = Machine::new();
    let helper = machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let stored = r#"{"ServerURL":"r.example","Username":"bob","Secret":"hunter2"}"#;
    let _ = helper.args(["store"]).stdin(stored).run().succeeds();
    let _ =
        machine.docker(&["get", "r.example"]).run().succeeds().shows("bob").shows("lockgate:file");
    let missing = machine.docker(&["get", "b.example"]).run().exits_with(1).prints("");
    let _ = missing.says("no credential found for b.example");
    let missing = machine.docker(&["get", "b.example", "--json"]).run().exits_with(1);
    assert!(missing.json()["problem"].as_str().unwrap().contains("no credential found"));
}

#[test]
fn list_has_servers_and_users_of_both_and_no_secret() {
    let machine = Machine::new();
    machine.write_config(r#"{"auths":{"a.example":{"auth":"YWxpY2U6aHVudGVyMg=="},"m.example":{}},"credHelpers":{"m.example":"pass"}}"#);
    let helper = machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let stored = r#"{"ServerURL":"r.example","Username":"bob","Secret":"hunter2"}"#;
    let _ = helper.args(["store"]).stdin(stored).run().succeeds();
    let listed = machine.docker(&["list"]).run().succeeds().nowhere_has("hunter2");
    let _ = listed.shows("a.example").shows("alice").shows("docker-credential-pass").shows("bob");
    let listed = machine.docker(&["list", "--json"]).run().succeeds().nowhere_has("hunter2").json();
    let file = machine.config_file().display().to_string();
    let expected = json!([
        { "server": "a.example", "username": "alice", "from": file },
        { "server": "m.example", "username": null, "from": "docker-credential-pass" },
        { "server": "r.example", "username": "bob", "from": "lockgate:file" },
    ]);
    assert_eq!(listed, expected);
}

#[test]
fn an_entry_that_cannot_be_read_hides_no_other_and_is_told() {
    let machine = Machine::new();
    let good = r#""good.example":{"auth":"YWxpY2U6aHVudGVyMg=="},"m.example":{}"#;
    machine.write_config(&format!(
        r#"{{"auths":{{"bad.example":{{"auth":"!!!"}},{good}}},"credHelpers":{{"m.example":"pass"}}}}"#
    ));
    let listed =
        machine.docker(&["list"]).run().succeeds().shows("good.example").shows("m.example");
    let listed = listed.says("config.json:1: the entry `bad.example` cannot be read");
    assert!(!listed.stdout.contains("bad.example"), "{listed}");
    machine.home.write_lockgate_config("[docker]\nproviders = [\"lockgate:docker-config\"]\n");
    let helper = machine.home.run(machine.home.programs().join("docker-credential-lockgate"));
    let listed = helper.args(["list"]).run().succeeds().json();
    assert_eq!(listed, json!({ "good.example": "alice" }));
    // The twin: a configuration that is none at all.
    machine.write_config("{");
    let _ = machine.docker(&["list"]).run().succeeds().says("is not JSON");
}

#[test]
fn a_wrong_command_line_ends_as_with_docker() {
    let machine = Machine::new();
    for (words, code) in [
        (&["login", "a", "b"][..], 1),
        (&["login", "--bogus"], 125),
        (&["login", "-x"], 125),
        (&["login", "--username"], 125),
        (&["logout", "a", "b"], 1),
        (&["logout", "-x"], 125),
        (&["login", "--help"], 0),
    ] {
        let _ = machine.docker(words).run().exits_with(code);
    }
}

/// With the variable that docker reads first.
const VARIABLE: &str = "DOCKER_AUTH_CONFIG";
/// bob's login to r.example, with the password `variable`.
const BOB: &str = r#"{"auths":{"r.example":{"auth":"Ym9iOnZhcmlhYmxl"}}}"#;

/// Regresses: the variable was not asked where a helper serves the server.
#[test]
fn the_variable_goes_before_a_helper_as_in_docker() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let answer = r#"printf '{"ServerURL":"%s","Username":"alice","Secret":"helper"}' "$server""#;
    let program = machine.helper("fake", &format!("read -r server\n{answer}"));
    machine.grant(&program);
    let get = machine.docker(&["get", "r.example"]);
    let with = get.clone().env(VARIABLE, BOB);
    let shown = with.run().succeeds().shows("username  bob\n").never_says("not heeded");
    let shown = shown.shows("source    environment variable DOCKER_AUTH_CONFIG\n");
    let _ = shown.shows("not asked: `DOCKER_AUTH_CONFIG` goes first");
    let _ = with.args(["--reveal"]).run().succeeds().prints("variable\n");
    // The twins: another server of the variable's, and none.
    let other = machine.docker(&["get", "o.example"]).env(VARIABLE, BOB).run().succeeds();
    let _ = other.shows("username  alice\n").shows("has no login to it");
    let _ = get.args(["--reveal"]).run().succeeds().prints("helper\n");
}

/// Regresses: it was said to take precedence.
#[test]
fn a_variable_that_is_not_heeded_is_told_so_and_does_not_take_precedence() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let broken = r#"{"auths":{"a.example":{"auth":"YTpi","x":1}}}"#;
    let told = "DOCKER_AUTH_CONFIG is not heeded: DOCKER_AUTH_CONFIG has the unknown field";
    let login = machine.login(&registry.server());
    for run in [login.clone(), machine.docker(&["logout", "a.example"])] {
        let run = run.env(VARIABLE, broken).run().succeeds();
        assert_eq!(run.stderr.matches("not heeded").count(), 1, "{run}");
        let _ = run.says(told).never_says("takes precedence");
    }
    let get = machine.docker(&["get", "other.example"]).env(VARIABLE, broken).run().succeeds();
    let _ = get.says(told).shows("not heeded: ").shows("username  a\n");
    // The twin.
    let _ = login.env(VARIABLE, BOB).run().succeeds().says("takes precedence");
}

/// Regresses: "no credential found", and advice that fails on the very file.
#[test]
fn get_tells_a_failure_from_nothing_found() {
    let machine = Machine::new();
    machine.write_config("{");
    let get = machine.docker(&["get", "r.example"]);
    let failed = get.run().exits_with(1).never_says("docker login").never_says("keeps it in \n");
    let _ = failed.says("it is not known whether there is a credential for r.example");
    let shown = machine.docker(&["get", "r.example", "--json"]).run().exits_with(1).json();
    assert_eq!(shown["kept_in"], json!(null));
    let first = &shown["providers"][0];
    assert_eq!((&first["asked_by"], &first["answer"]), (&json!("docker"), &json!("failed")));
    assert!(first["reason"].as_str().unwrap().contains("config.json"), "{shown}");
    // The twin: nothing is wrong, and nothing is there.
    machine.write_config(r#"{"credsStore":"fake","auths":{}}"#);
    let program = machine.helper("fake", "echo 'two'; echo 'lines'; exit 3");
    machine.grant(&program);
    let failed = machine.docker(&["get", "r.example"]).run().exits_with(1);
    let _ = failed.says("it is not known").never_says("\\u{a}");
    let program = machine.helper("fake", "echo 'credentials not found in native keychain'; exit 1");
    machine.grant(&program);
    let _ = machine.docker(&["get", "r.example"]).run().exits_with(1).says("no credential found");
    let shown = machine.docker(&["get", "r.example", "--json"]).run().exits_with(1).json();
    assert_eq!(shown["providers"][0]["answer"], "not-found");
    assert_eq!(shown["providers"][0]["arguments"], json!(["fake"]));
}

/// Regresses: a list that was not whole looked whole.
#[test]
fn list_says_whose_entries_are_not_in_it() {
    let machine = Machine::new();
    let _ = machine.docker(&["list"]).run().succeeds().never_says("not listed");
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let own = "[docker]\nproviders = [\"lockgate:file\", \"lockgate:kernel-keyring\"]\n";
    machine.home.write_lockgate_config(own);
    let listed = machine.docker(&["list"]).run().succeeds();
    let _ =
        listed.says("not listed: what else `docker-credential-fake`, `lockgate:kernel-keyring`");
}
