//! The administrator's policy over every user, with the real file in its place.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use lockgate_tests::administrator::POLICY_FILE;
use lockgate_tests::home::set_mode;
use lockgate_tests::plugin::{failure, get, login};
use lockgate_tests::{Home, Output, Plugin, Policy, programs};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const MESSAGE: &str = "Ask security@corp.example.";
const TOKEN: &str = "corp-secret-8b1d";

fn logged_in() -> Home {
    let home = Home::new();
    fill(&home);
    home
}

fn fill(home: &Home) {
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
}

const REVEAL: [&str; 5] = ["cargo", "token", "--registry", "corp", "--reveal"];

/// `lockgate cargo token --reveal` under a policy.
fn reveal(policy: &Policy, home: &Home) -> Output {
    policy.over(home.lockgate(REVEAL)).run()
}

/// A refusal by a policy, with its line and message, and the same without the refusing line.
#[track_caller]
fn refused_and_twin(refusing: &str, line: usize, says: &str) {
    let Some(policy) = Policy::new(&format!("message = \"{MESSAGE}\"\n{refusing}")) else { return };
    let home = logged_in();
    let refused = reveal(&policy, &home);
    let _ = refused
        .exits_with(101)
        .says(&format!("{POLICY_FILE}:{line}"))
        .says(says)
        .says(MESSAGE)
        .nowhere_has(TOKEN);
    policy.write(&format!("message = \"{MESSAGE}\"\n"));
    let _ = reveal(&policy, &home).succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn a_blocked_provider_is_not_run() {
    refused_and_twin("[providers]\nblock = [\"built-in\"]\n", 3, "`built-in` is blocked");
}

#[test]
fn only_listed_providers_run() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let listed = format!("[providers]\nallow = [\"sha256:{digest}\"]\n");
    refused_and_twin(&listed, 3, "not among those that are allowed");
}

#[test]
fn a_capped_store_is_not_opened() {
    refused_and_twin("[allow]\nstores = [\"os\"]\n", 3, "stores `cargo-credentials`");
}

#[test]
fn a_denied_store_is_not_opened() {
    refused_and_twin("[deny]\nstores = [\"cargo-credentials\"]\n", 3, "was refused");
}

#[test]
fn registries_outside_the_cap_are_not_served() {
    refused_and_twin(
        "[allow]\nregistries = [\"cargo:sparse+https://corp.example/*\"]\n",
        3,
        "forbids it",
    );
}

#[test]
fn a_rule_is_for_the_providers_that_it_names() {
    refused_and_twin(
        "[[rule]]\nproviders = [\"built-in\"]\n[rule.deny]\nstores = [\"cargo-credentials\"]\n",
        5,
        "was refused",
    );
    let Some(policy) = Policy::new(
        "[[rule]]\nexcept = [\"built-in\"]\n[rule.deny]\nstores = [\"cargo-credentials\"]\n",
    ) else {
        return;
    };
    let _ = reveal(&policy, &logged_in()).succeeds();
}

#[test]
fn the_option_that_shows_tokens_can_be_taken_away() {
    refused_and_twin("reveal-option = false\n", 2, "secrets are not shown on this machine");
}

#[test]
fn another_home_can_be_forbidden() {
    let Some(policy) = Policy::new(&format!("message = \"{MESSAGE}\"\nlockgate-home = false\n"))
    else {
        return;
    };
    let home = logged_in();
    let _ = reveal(&policy, &home)
        .exits_with(101)
        .says("LOCKGATE_HOME")
        .says(&format!("{POLICY_FILE}:2"))
        .says(MESSAGE);
    let _ = policy.over(home.lockgate(REVEAL).without_env("LOCKGATE_HOME")).run().succeeds();
}

#[test]
fn the_administrators_providers_take_the_place_of_the_users() {
    let forced =
        |provider: &str| format!("[registries.\"cargo:{INDEX}\"]\nproviders = [{provider}]\n");
    let corp = "{ name = \"corp-sso\", is = [\"source:file:/opt/corp/*\"] }";
    let Some(policy) = Policy::new(&forced(corp)) else { return };
    let home = logged_in();
    let _ = reveal(&policy, &home).exits_with(101).says("there is no provider `corp-sso`");
    policy.write(&forced("\"cargo:token\""));
    let _ = reveal(&policy, &home).succeeds();
}

#[test]
fn only_the_callers_that_are_listed_are_answered() {
    refused_and_twin("caller = [\"/usr/bin/cargo\"]\n", 2, "no credentials are given to");
}

#[test]
fn where_a_person_has_to_confirm_nothing_is_given_without_one() {
    let Some(policy) = Policy::new("caller = \"confirm\"\n") else { return };
    let home = logged_in();
    let without_terminal = ["setsid", "--wait"];
    let plugin = home.plugin().under(without_terminal);
    let mut plugin = Plugin::start(&policy.over(plugin));
    let answer = plugin.ask(&get(INDEX, &["cargo:token"]));
    let said = failure(&answer).unwrap();
    assert!(said.contains("there is no terminal to ask at"), "{said}");
    policy.write("caller = \"any\"\n");
    let mut plugin = Plugin::start(&policy.over(home.plugin().under(without_terminal)));
    assert_eq!(plugin.ask(&get(INDEX, &["cargo:token"]))["Ok"]["token"], TOKEN);
}

#[test]
fn a_client_is_told_of_the_policy_in_its_own_protocol() {
    let refusing = format!("message = \"{MESSAGE}\"\n[allow]\nstores = []\n");
    let Some(policy) = Policy::new(&refusing) else { return };
    let home = logged_in();
    let mut plugin = Plugin::start(&policy.over(home.plugin()));
    for request in [get(INDEX, &["cargo:token"]), login(INDEX, "new-token", &["cargo:token"])] {
        let said = failure(&plugin.ask(&request)).unwrap();
        assert!(said.contains(MESSAGE) && said.contains(POLICY_FILE), "{said}");
    }
    assert!(home.read_credentials().contains(TOKEN), "the login was refused");
}

#[test]
fn nothing_is_given_that_cannot_be_recorded() {
    let Some(policy) = Policy::new("require = [\"audit\"]\n") else { return };
    let home = logged_in();
    let _ = reveal(&policy, &home).succeeds();
    let audit = home.lockgate_home().join("state/audit");
    std::fs::remove_dir_all(&audit).unwrap();
    std::fs::write(&audit, "not a folder").unwrap();
    let _ = reveal(&policy, &home).exits_with(101).nowhere_has(TOKEN).says("cannot be recorded");
    policy.write("");
    let output = reveal(&policy, &home).succeeds();
    let _ = output.says("warning: the audit trail cannot be used");
}

#[test]
fn an_index_that_only_a_project_names_can_be_refused() {
    let Some(policy) = Policy::new("require = [\"pinned-indexes\"]\n") else { return };
    let home = Home::new();
    home.write_project_config(&format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let token = || home.lockgate(REVEAL).env("CARGO_REGISTRIES_CORP_TOKEN", TOKEN);
    let _ = policy
        .over(token())
        .run()
        .exits_with(101)
        .says("only the project gives one to `corp`")
        .nowhere_has(TOKEN);
    policy.write("");
    let _ = policy.over(token()).run().succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn every_hardening_can_be_required() {
    let Some(policy) = Policy::new("require = [\"hardening\"]\n") else { return };
    let home = logged_in();
    let _ = reveal(&policy, &home).succeeds();
    // An emulator has neither Landlock nor a process of one thread.
    programs::require("qemu-x86_64");
    let emulated = || {
        policy.over(home.run("qemu-x86_64").args([home.programs().join("lockgate")]).args(REVEAL))
    };
    let _ = emulated()
        .run()
        .exits_with(101)
        .nowhere_has(TOKEN)
        .says("every hardening has to stand")
        .says(&format!("{POLICY_FILE}:1"));
    policy.write("");
    let _ = emulated().run().succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn a_policy_that_others_could_have_written_refuses_everything() {
    let Some(policy) = Policy::new("") else { return };
    let home = logged_in();
    let refused = |output: Output| {
        let _ = output
            .exits_with(101)
            .nowhere_has(TOKEN)
            .says("the administrator's policy cannot be used");
    };
    let _ = reveal(&policy, &home).succeeds();
    set_mode(&policy.file(), 0o666);
    refused(reveal(&policy, &home));
    set_mode(&policy.file(), 0o644);
    set_mode(&policy.folder_of_policy(), 0o777);
    refused(reveal(&policy, &home));
    set_mode(&policy.folder_of_policy(), 0o755);
    policy.give_to(65534);
    refused(reveal(&policy, &home));
    policy.give_to(0);
    let _ = reveal(&policy, &home).succeeds();
}

#[test]
fn a_policy_that_is_not_understood_refuses_everything_and_is_cited() {
    let Some(policy) = Policy::new("message = \"m\"\n[allow]\nstore = []\n") else { return };
    let home = logged_in();
    let _ = reveal(&policy, &home)
        .exits_with(101)
        .nowhere_has(TOKEN)
        .says(&format!("{POLICY_FILE}:3:1: unknown key `store`"));
    std::fs::remove_file(policy.file()).unwrap();
    std::fs::create_dir(policy.file()).unwrap();
    let _ = reveal(&policy, &home).exits_with(101).nowhere_has(TOKEN).says(POLICY_FILE);
}

#[test]
fn no_variable_and_no_file_of_the_user_or_a_project_moves_it() {
    let Some(policy) = Policy::new("[allow]\nstores = []\n") else { return };
    let home = logged_in();
    let empty = home.user().join("policy.toml");
    std::fs::write(&empty, "").unwrap();
    for folder in [home.project(), home.user(), home.lockgate_home()] {
        for name in ["policy.toml", "lockgate/policy.toml", "etc/lockgate/policy.toml"] {
            let planted = folder.join(name);
            std::fs::create_dir_all(planted.parent().unwrap()).unwrap();
            std::fs::write(planted, "").unwrap();
        }
    }
    let mut run = home.lockgate(REVEAL);
    for variable in ["LOCKGATE_POLICY", "LOCKGATE_POLICY_FILE", "XDG_CONFIG_DIRS", "ROOT"] {
        run = run.env(variable, &empty);
    }
    let _ = policy.over(run).run().exits_with(101).nowhere_has(TOKEN);
}

#[test]
fn it_binds_an_unprivileged_user() {
    let Some(policy) = Policy::new(&format!("message = \"{MESSAGE}\"\n[allow]\nstores = []\n"))
    else {
        return;
    };
    let home = Home::unprivileged();
    fill(&home);
    let _ = reveal(&policy, &home).exits_with(101).says(MESSAGE).nowhere_has(TOKEN);
    policy.write("");
    let _ = reveal(&policy, &home).succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn it_is_shown_checked_and_explained() {
    let text = format!("message = \"{MESSAGE}\"\n[deny]\nstores = [\"cargo-credentials\"]\n");
    let Some(policy) = Policy::new(&text) else { return };
    let home = logged_in();
    let shown = policy.over(home.lockgate(["policy", "show"])).run().succeeds();
    let _ = shown.shows(POLICY_FILE).shows("stores = [\"cargo-credentials\"]");
    let words = ["policy", "explain", "--registry", "corp", "--provider", "cargo:token"];
    let explained = policy.over(home.lockgate(words)).run().succeeds();
    let _ = explained
        .shows("refused stores       cargo-credentials")
        .shows(&format!("{POLICY_FILE}:3"))
        .shows(MESSAGE)
        .shows("allowed environment  {registry.token}");
    let json = policy.over(home.lockgate(words.into_iter().chain(["--json"]))).run().succeeds();
    let decisions = json.json()["providers"][0]["decisions"].clone();
    let store = decisions.as_array().unwrap().iter().find(|one| one["capability"] == "stores");
    assert_eq!(store.unwrap()["allowed"], false, "{decisions:#}");

    let file = home.user().join("new.toml");
    std::fs::write(&file, &text).unwrap();
    let name = file.display().to_string();
    let _ = home.lockgate(["policy", "check", &name]).run().succeeds().shows("correct");
    std::fs::write(&file, "[deny]\nstore = []\n").unwrap();
    let _ = home.lockgate(["policy", "check", &name]).run().exits_with(1).names_line(&file, 2);
}

#[test]
fn an_address_that_is_denied_is_explained_once() {
    let address = "https://elsewhere.example";
    let Some(policy) = Policy::new(&format!("[deny]\nhttp = [\"{address}\"]\n")) else { return };
    let home = logged_in();
    let granted = format!("http={address}");
    let _ = home.install_hostile("", &["registries=cargo:*", &granted]).succeeds();
    let words = ["policy", "explain", "--registry", "corp", "--provider", "hostile", "--json"];
    let decisions = || {
        let explained = policy.over(home.lockgate(words)).run().succeeds().json();
        let decisions = explained["providers"][0]["decisions"].as_array().unwrap().clone();
        decisions.into_iter().filter(|one| one["capability"] == "http").collect::<Vec<_>>()
    };
    let denied = decisions();
    assert_eq!(denied.len(), 1, "{denied:#?}");
    assert_eq!((&denied[0]["subject"], &denied[0]["allowed"]), (&address.into(), &false.into()));
    assert!(denied[0]["places"].to_string().contains(&format!("{POLICY_FILE}:2")), "{denied:#?}");
    // What is denied of more than that is a decision of its own.
    policy.write(&format!("[deny]\nhttp = [\"{address}/inner\"]\n"));
    let part = decisions();
    let allowed = |one: &serde_json::Value| one["allowed"] == true;
    assert_eq!((part.len(), part.iter().filter(|one| allowed(one)).count()), (2, 1), "{part:#?}");
}
