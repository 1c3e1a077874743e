//! What is written, and what docker makes of it.

use std::fs;
use std::os::unix::fs::symlink;

use lockgate_tests::docker::docker;
use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, USER};
use lockgate_tests::home::mode;
use lockgate_tests::terminal::end;
use lockgate_tests::{Run, Terminal};

use super::{AUTH, Docker, SECRET};
use crate::exists;

const HUB: &str = "https://index.docker.io/v1/";

#[test]
fn the_real_docker_keeps_its_logins_with_lockgate_and_afterwards_as_before() {
    let Some(program) = docker() else { return };
    let registry = FakeRegistry::start(Manner::BASIC);
    // docker looks for another helper by itself where nothing is configured.
    let machine = Docker::with("{\n\t\"auths\": {\n\t\t\"other.example\": {}\n\t}\n}");
    let server = registry.server();
    let docker =
        |words: &[&str]| -> Run { machine.run(&program.display().to_string()).args(words) };
    let login = || docker(&["login", "-u", USER, "--password-stdin", &server]).stdin(PASSWORD);
    let _ = machine.set_up(&[]).says("Linked").says("Changed");
    let _ = login().run().succeeds().shows("Login Succeeded");
    let kept = Some((USER.to_owned(), PASSWORD.to_owned()));
    assert_eq!(machine.helper().finds(&server), kept);
    let config = machine.config();
    assert!(config.contains(&format!("\"{server}\": {{}}")), "{config}");
    let _ = docker(&["logout", &server]).run().succeeds();
    assert_eq!(machine.helper().finds(&server), None);
    // The twin: what docker writes when it is not pointed at Lockgate any more.
    let _ = machine.undo().says("Restored").says("Removed");
    assert!(!machine.config().contains("lockgate") && !exists(&machine.name()));
    let _ = login().run().succeeds();
    assert!(machine.config().contains("\"auth\":"), "{}", machine.config());
    assert_eq!(machine.helper().finds(&server), None);
}

/// Forms in which people and programs write the file.
const FORMS: [&str; 13] = [
    "",
    "{}",
    "{\n\t\"auths\": {}\n}",
    "{ }\n",
    "\n{\"auths\":{\"a.example\":{}}}\n",
    "{\r\n  \"credsStore\": \"pass\",\r\n  \"auths\": {}\r\n}\r\n",
    "{\"credsStore\":null,\"unknown\":[1,{\"x\":\"\\u00e4\"}]}",
    "{\"credsStore\":\"\"}",
    "{\"credHelpers\":{\"gcr.io\":\"gcr\",\"b.example\":\"pass\"}}",
    "{\"credHelpers\":{}, \"proxies\": {\"default\": {}}}",
    "{\n    \"HttpHeaders\": {\n        \"X\": \"1\"\n    },\n    \"psFormat\": \"table\"\n}\n",
    "{\"auths\":{},\"credsStore\":\"lockgate\"}",
    "{\"auths\":{},\"credHelpers\":{\"b.example\":\"lockgate\"}}",
];

#[test]
fn every_form_is_changed_read_by_docker_and_taken_back_byte_for_byte() {
    for form in FORMS {
        for words in [&[][..], &["--server", "b.example", "--server", "docker.io"]] {
            let machine = Docker::with(form);
            let _ = machine.set_up(words);
            let config: serde_json::Value = serde_json::from_str(&machine.config()).unwrap();
            match words {
                [] => assert_eq!(config["credsStore"], "lockgate", "{form}"),
                _ => {
                    for server in ["b.example", HUB] {
                        assert_eq!(config["credHelpers"][server], "lockgate", "{form}");
                    }
                }
            }
            let after = machine.config();
            let _ = machine.set_up(words).says("nothing to do");
            assert_eq!(machine.config(), after, "{form}");
            let _ = machine.undo();
            assert_eq!(machine.config(), form);
            assert!(!exists(&machine.name()) && !exists(&machine.record()), "{form}");
        }
    }
}

#[test]
fn a_file_that_is_made_is_the_users_own_and_goes_again() {
    let machine = Docker::new();
    let _ = machine.set_up(&[]);
    assert_eq!(machine.config(), "{\n\t\"credsStore\": \"lockgate\"\n}");
    assert_eq!(mode(&machine.file()), 0o600);
    let _ = machine.undo();
    assert!(!exists(&machine.file()));
}

#[test]
fn the_variable_names_the_folder_and_a_link_stays_one() {
    let machine = Docker::new();
    let (folder, target) = (machine.home().root().join("dotfiles"), "real.json");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(target), "{\"auths\":{}}").unwrap();
    symlink(target, folder.join("config.json")).unwrap();
    let _ = machine.setup(&["--yes"]).env("DOCKER_CONFIG", &folder).run().succeeds();
    assert!(fs::read_to_string(folder.join(target)).unwrap().contains("lockgate"));
    assert_eq!(fs::read_link(folder.join("config.json")).unwrap().to_str(), Some(target));
    assert!(!exists(&machine.file()));
    // What another folder's file names has to stay.
    let _ = machine.undo().says("setup changed nothing here").says("dotfiles");
    assert!(exists(&machine.name()));
    let undo = machine.setup(&["--undo", "--yes"]).env("DOCKER_CONFIG", &folder);
    let _ = undo.run().succeeds();
    assert_eq!(fs::read_to_string(folder.join(target)).unwrap(), "{\"auths\":{}}");
}

/// docker warns, goes on with half of the file, and loses the rest when it saves.
#[test]
fn what_cannot_be_read_is_told_with_its_place_and_left_as_it_is() {
    for (broken, place) in [
        ("{", "config.json:1:"),
        ("{\n  \"auths\": {},\n}", "config.json:3:"),
        ("[]", "config.json:1"),
        ("{\"credHelpers\": []}", "config.json:1"),
        ("{\"auths\": {\"a\": 5}}", "config.json:1"),
    ] {
        let machine = Docker::with(broken);
        let _ = machine.setup(&["--yes"]).run().exits_with(1).says(place);
        assert_eq!(machine.config(), broken);
        assert!(!exists(&machine.name()) && !exists(&machine.record()));
    }
}

#[test]
fn a_trial_shows_the_difference_without_secrets_and_changes_nothing() {
    let config = format!(
        "{{\n\t\"auths\": {{\n\t\t\"a.example\": {{\"auth\": \"{AUTH}\"}}\n\t}},\n\t\"HttpHeaders\": \
         {{\"X\": \"{SECRET}\"}},\n\t\"credsStore\": \"pass\"\n}}"
    );
    let machine = Docker::with(&config);
    let shown =
        machine.setup(&["--dry-run"]).run().succeeds().nowhere_has(AUTH).nowhere_has(SECRET);
    let _ = shown
        .shows("-\t\"credsStore\": \"pass\"\n+\t\"credsStore\": \"lockgate\"\n")
        .shows(" \t\"HttpHeaders\": {\"X\": ...},\n")
        .shows(&format!("+ {} -> ", machine.name().display()));
    let json = machine.setup(&["--dry-run", "--json"]).run().succeeds().nowhere_has(AUTH).json();
    assert_eq!(json["client"], "docker");
    assert_eq!((&json["changes"], &json["dry_run"]), (&true.into(), &true.into()));
    assert_eq!(machine.config(), config);
    assert!(!exists(&machine.name()) && !exists(&machine.record()));
    // The twin: what is done keeps nothing of the secrets beside the file either.
    let _ = machine.set_up(&[]).nowhere_has(AUTH).nowhere_has(SECRET);
    let record = fs::read_to_string(machine.record()).unwrap();
    assert!(record.contains("\"pass\"") && !record.contains(AUTH) && !record.contains(SECRET));
}

#[test]
fn a_person_is_asked_once_and_nobody_is_asked_where_there_is_none() {
    let machine = Docker::new();
    let _ = machine.setup(&[]).run().exits_with(1).says("say so with `--yes`");
    for (answer, code) in [("n\n", 1), ("y\n", 0)] {
        assert!(!exists(&machine.file()));
        let mut terminal = Terminal::new();
        let mut child = terminal.start(machine.setup(&[]));
        terminal.wait_for("Change docker's configuration so? [y/N]");
        terminal.type_keys(answer);
        assert_eq!(end(&mut child).code(), Some(code), "{}", terminal.screen());
    }
    assert!(machine.config().contains("lockgate"));
}

#[test]
fn a_server_is_named_as_docker_asks_for_it() {
    let machine = Docker::with("{}");
    for wrong in ["quay.io/team", "", "https://quay.io/v2/"] {
        let _ =
            machine.setup(&["--yes", "--server", wrong]).run().exits_with(1).says("is no server");
    }
    assert_eq!(machine.config(), "{}");
    let _ = machine.set_up(&["--server", "https://ghcr.io", "--server", "index.docker.io"]);
    let config: serde_json::Value = serde_json::from_str(&machine.config()).unwrap();
    let expected = serde_json::json!({ "ghcr.io": "lockgate", HUB: "lockgate" });
    assert_eq!(config["credHelpers"], expected);
}
