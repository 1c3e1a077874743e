//! `lockgate cargo token`: who answers, who does not and why, and where the secret came from.

use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Policy};
use serde_json::{Value, json};

use crate::{TOKEN, corp, logged_in, run};

const CORP: [&str; 3] = ["token", "--registry", "corp"];
const INDEX: &str = "sparse+https://corp.example/index/";

fn corp_json(home: &Home) -> Value {
    run(home, &[&CORP[..], &["--json"]].concat()).json()
}

/// A home with a provider `recorder` that answers what its first argument says, granted these
/// registries, and with these global providers, each on a line of its own from the fifth on.
fn listing(providers: &[&str], granted: &str) -> Home {
    let home = Home::new();
    let file = home.root().join("recorder.wasm");
    std::fs::write(&file, Guest::named("recorder").component).unwrap();
    let grant = format!("registries={granted}");
    let file = file.display().to_string();
    let install = ["provider", "install", &file, "--grant", &grant];
    let _ = home.lockgate(install).run().succeeds();
    let providers: String = providers.iter().map(|line| format!("  {line:?},\n")).collect();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\n[registry]\nglobal-credential-providers = [\n{providers}]\n"
    ));
    home.write_credentials(format!("# by hand\n[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

/// What a table says of the provider with this name, without blanks for columns.
fn line_of(table: &str, provider: &str) -> String {
    let line = table.lines().find(|line| line.starts_with(provider));
    let line = line.unwrap_or_else(|| panic!("no line for {provider}:\n{table}"));
    line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim).collect::<Vec<_>>().join("|")
}

#[test]
fn tells_where_from_and_not_what() {
    let (_server, home) = logged_in();
    let output = run(&home, &CORP).succeeds().is_silent();
    let _ = output.shows("cargo:token").shows("credentials.toml").nowhere_has(TOKEN);
    let revealed = run(&home, &[&CORP[..], &["--reveal"]].concat()).succeeds();
    let _ = revealed.prints(&format!("{TOKEN}\n")).is_silent();
    let quiet = run(&home, &[&["-q"], &CORP[..]].concat()).succeeds().is_silent();
    let _ = quiet.prints(&run(&home, &CORP).succeeds().stdout);
}

#[test]
fn as_json_has_the_token_only_when_revealed() {
    let (_server, home) = logged_in();
    let sealed = run(&home, &[&CORP[..], &["--json"]].concat()).succeeds();
    let sealed = sealed.is_silent().nowhere_has(TOKEN).json();
    assert_eq!(sealed["provider"], "cargo:token", "{sealed}");
    assert_eq!(sealed.get("token"), None, "{sealed}");
    assert_eq!(sealed["problem"], Value::Null, "{sealed}");
    let open = run(&home, &[&CORP[..], &["--json", "--reveal"]].concat()).succeeds();
    assert_eq!(open.json()["token"], TOKEN, "{open}");
}

#[test]
fn no_token_is_101_in_every_form() {
    let (_server, home) = corp();
    for flags in [&[][..], &["--reveal"], &["--json"], &["--json", "--reveal"]] {
        let _ = run(&home, &[&CORP[..], flags].concat()).exits_with(101).says("corp").says("login");
    }
}

#[test]
fn the_variable_is_told_apart_from_the_file() {
    let (_server, home) = logged_in();
    let token = home.lockgate(["cargo"]).args(CORP);
    let token = token.env("CARGO_REGISTRIES_CORP_TOKEN", "from-environment");
    let output = token.run().succeeds().shows("CARGO_REGISTRIES_CORP_TOKEN");
    let _ = output.nowhere_has("from-environment");
    let _ = token.args(["--reveal"]).run().succeeds().prints("from-environment\n");
}

#[test]
fn the_line_of_the_file_is_told() {
    let home = listing(&["cargo:token"], "cargo:*");
    let credentials = home.credentials().display().to_string();
    let _ = run(&home, &CORP).succeeds().shows(&format!("source    {credentials}:3\n"));
    // An included one of the user's own configuration, where no file of tokens has one.
    home.write_credentials("");
    let config = std::fs::read_to_string(home.config()).unwrap();
    home.write_config(format!("{config}[registries.corp.more]\n"));
    let extra = home.cargo_home().join("extra.toml");
    std::fs::write(&extra, format!("\n[registries.corp]\ntoken = \"{TOKEN}\"\n")).unwrap();
    home.write_config(format!("include = [\"extra.toml\"]\n{config}"));
    let found = run(&home, &CORP).succeeds().nowhere_has(TOKEN);
    let _ = found.shows(&format!("source    {}:3\n", extra.display()));
}

#[test]
fn every_provider_is_told_in_the_order_asked_with_its_answer() {
    let providers = [
        "behind",
        "nobody",
        "recorder broken",
        "cargo:token",
        "cargo:wincred",
        "recorder not-found",
    ];
    let home = listing(&providers, "cargo:*");
    let output = run(&home, &CORP).succeeds().nowhere_has(TOKEN);
    let (_, table) = output.stdout.split_once("\n\n").unwrap();
    let config = home.config().display().to_string();
    let shown: Vec<&str> = table.lines().skip(1).collect();
    let names: Vec<_> = shown.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    let expected = ["recorder", "cargo:wincred", "cargo:token", "recorder", "nobody", "behind"];
    assert_eq!(names, expected, "{output}");
    assert_eq!(line_of(table, "recorder"), format!("recorder|{config}:10|no credential was found"));
    assert!(
        line_of(table, "cargo:wincred")
            .starts_with(&format!("cargo:wincred|{config}:9|does not serve this registry")),
        "{output}"
    );
    assert_eq!(line_of(table, "cargo:token"), format!("cargo:token|{config}:8|answered"));
    let ready = format!("{config}:7");
    let ready = shown.iter().find(|line| line.contains(&ready)).unwrap();
    let first = "not asked: `cargo:token` answered first";
    assert!(ready.ends_with(&format!("{first}; it could be asked")), "{output}");
    let unknown = line_of(table, "nobody");
    let reason = format!("{first}; it could not be asked: there is no provider `nobody`");
    assert!(unknown.starts_with(&format!("nobody|{config}:6|{reason}")), "{output}");
    // Nobody looks behind one that ends each request.
    assert_eq!(line_of(table, "behind"), format!("behind|{config}:5|{first}"));
}

#[test]
fn a_provider_without_a_grant_for_the_registry_is_told_as_such() {
    let home = listing(&["cargo:token", "recorder"], "cargo:sparse+https://other.example/*");
    let found = run(&home, &CORP).succeeds();
    let reason = "does not serve this registry: the provider is not granted for this registry";
    let _ = found.shows(reason);
    // The twin.
    let home = listing(&["cargo:token", "recorder"], "cargo:sparse+https://corp.example/*");
    let found = run(&home, &CORP).succeeds().shows("provider  recorder\n");
    let _ = found.shows("source    the provider itself\n").shows("answered");
}

#[test]
fn as_json_each_provider_is_an_object() {
    let home = listing(&["nobody", "cargo:token", "recorder not-found"], "cargo:*");
    let config = home.config().display().to_string();
    let found = corp_json(&home);
    let reason =
        "not asked: `cargo:token` answered first; it could not be asked: there is no provider";
    let last = found["providers"][2]["reason"].as_str().unwrap();
    assert!(last.starts_with(reason), "{found}");
    let mut providers = found["providers"].clone();
    providers[2]["reason"] = Value::Null;
    assert_eq!(
        providers,
        json!([
            { "provider": "recorder", "arguments": ["not-found"], "defined": format!("{config}:7"),
              "answer": "not-found", "reason": "no credential was found", "could_be_asked": null },
            { "provider": "cargo:token", "arguments": [], "defined": format!("{config}:6"),
              "answer": "answered", "reason": "answered", "could_be_asked": null },
            { "provider": "nobody", "arguments": [], "defined": format!("{config}:5"),
              "answer": "not-asked", "reason": null, "could_be_asked": false },
        ])
    );
    assert_eq!(found["index"], INDEX);
    assert_eq!(found["cache"], "session");
}

#[test]
fn a_failure_is_explained_before_its_error() {
    let home = listing(&["cargo:token", "recorder broken", "recorder not-found"], "cargo:*");
    let failed = run(&home, &CORP).exits_with(101).prints("");
    let said = &failed.stderr;
    let order =
        ["registry  corp", "no credential was found", "failed: ", "not asked: `recorder` ended"]
            .map(|text| said.find(text).unwrap_or_else(|| panic!("no {text}: {failed}")));
    assert!(order.is_sorted(), "{failed}");
    assert!(order[3] < said.find("error: ").unwrap(), "{failed}");
    let _ = failed.says("; it could be asked");
    let quiet = run(&home, &[&CORP[..], &["-q"]].concat()).exits_with(101).prints("");
    let _ = quiet.never_says("no credential was found").never_says("PROVIDER").says("error: ");
}

#[test]
fn a_failure_as_json_is_one_object_with_the_problem() {
    let home = listing(&["cargo:token", "recorder broken", "recorder not-found"], "cargo:*");
    let failed = run(&home, &[&CORP[..], &["--json", "--reveal"]].concat()).exits_with(101);
    let found = failed.json();
    assert_eq!(found["provider"], Value::Null, "{found}");
    assert_eq!(found.get("token"), None, "{found}");
    assert_eq!(found["problem"], "credential provider `recorder` failed action `get`", "{found}");
    assert_eq!(found["causes"][0], "the provider says: broken", "{found}");
    let answers: Vec<_> = (0..3).map(|at| found["providers"][at]["answer"].clone()).collect();
    assert_eq!(answers, ["not-found", "failed", "not-asked"], "{found}");
    let _ = failed.never_says("PROVIDER").nowhere_has(TOKEN);
}

#[test]
fn whatever_fails_as_json_is_one_object() {
    let (_server, home) = logged_in();
    let object = |words: &[&str]| {
        let failed = run(&home, words).exits_with(101);
        assert!(!failed.stderr.is_empty(), "{failed}");
        failed.json()["problem"].as_str().unwrap_or_else(|| panic!("{failed}")).to_owned()
    };
    let nobody = object(&["token", "--registry", "nobody", "--json"]);
    assert!(nobody.contains("`nobody`"), "{nobody}");
    let _ = object(&["token", "--json", "-q", "-v"]);
    home.write_config("[registry\n");
    for words in [&["token", "--json"][..], &["registries", "--json"]] {
        let broken = object(words);
        assert!(broken.contains("config.toml:1"), "{broken}");
    }
}

#[test]
fn providers_of_lockgates_own_list_have_their_own_line() {
    let home = listing(&["cargo-credential-lockgate"], "cargo:*");
    home.write_lockgate_config(
        "[cargo]\nproviders = [\n  \"cargo:token\",\n  \"recorder  not-found\",\n]\n",
    );
    // One blank stands between a name and its words.
    let _ = run(&home, &CORP).exits_with(101).says("config.toml:4");
    home.write_lockgate_config("[cargo]\nproviders = [\n  \"cargo:token\",\n]\n");
    let own = home.lockgate_home().join("config.toml").display().to_string();
    assert_eq!(corp_json(&home)["providers"][0]["defined"], format!("{own}:3"));
    home.write_lockgate_config("");
    assert_eq!(corp_json(&home)["providers"][0]["defined"], "Lockgate's default");
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    assert_eq!(corp_json(&home)["providers"][0]["defined"], "cargo's default");
}

#[test]
fn the_administrators_providers_have_the_policys_line() {
    let text = format!("[registries.\"cargo:{INDEX}\"]\nproviders = [\"cargo:token\"]\n");
    let Some(policy) = Policy::new(&text) else { return };
    let home = listing(&["recorder"], "cargo:*");
    let forced = policy.over(home.lockgate(["cargo"]).args(CORP).args(["--json"])).run().succeeds();
    let found = forced.json();
    assert_eq!(found["provider"], "cargo:token", "{found}");
    assert_eq!(found["providers"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found["providers"][0]["defined"], "/etc/lockgate/policy.toml:2", "{found}");
    assert_eq!(corp_json(&home)["provider"], "recorder", "the twin");
}

/// Where the kernel has no keyring nothing is kept, and each command asks.
#[test]
fn with_refresh_the_provider_is_asked_anew() {
    let home = Home::new();
    let script = r#"#!/bin/sh
echo asked >> ~/asked
echo '{"v":[1]}'
read -r request
echo '{"Ok":{"kind":"get","token":"t","cache":"expires","expiration":32503680000,"operation_independent":true}}'
"#;
    let program = home.root().join("cargo-credential-counting");
    std::fs::write(&program, script).unwrap();
    lockgate_tests::home::set_mode(&program, 0o755);
    let program = program.display().to_string();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = [{program:?}]\n"
    ));
    let process = format!("process={program}");
    let grant = ["provider", "grant", "lockgate:cargo-plugin", &process, "--yes"];
    let _ = home.lockgate(grant).run().succeeds();
    let asked = || std::fs::read_to_string(home.user().join("asked")).unwrap().lines().count();
    let first = run(&home, &CORP).succeeds();
    assert_eq!(asked(), 1, "{first}");
    let second = run(&home, &CORP).succeeds();
    assert_eq!(asked() == 1, second.stdout.contains("which is kept"), "{second}");
    let before = asked();
    let anew = run(&home, &[&CORP[..], &["--refresh"]].concat()).succeeds();
    assert_eq!(asked(), before + 1, "{anew}");
    assert!(!anew.stdout.contains("which is kept"), "{anew}");
}
