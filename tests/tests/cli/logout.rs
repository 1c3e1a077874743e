//! `lockgate cargo logout`: every provider is asked, and what is left behind is told.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::guests::Guest;
use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output, Plugin};
use serde_json::json;

use crate::{TOKEN, run};

const INDEX: &str = "sparse+https://corp.example/index/";
const CORP: [&str; 3] = ["logout", "--registry", "corp"];
const KEPT: &str = "[registries.corp]\ntoken = \"kept\"\n";
/// For cargo, a provider that removes whatever it is asked to.
const FORGETFUL: &str = "#!/bin/sh\necho '{\"v\":[1]}'\nread -r request\n\
                         echo '{\"Ok\":{\"kind\":\"logout\"}}'\nread -r end\nexit 0\n";

/// A home with a token in cargo's file, a provider `recorder` that does what its first argument says,
/// and these providers.
fn home(providers: &[&str]) -> Home {
    let home = Home::new();
    let file = home.root().join("recorder.wasm");
    fs::write(&file, Guest::named("recorder").component).unwrap();
    let file = file.display().to_string();
    let _ = home.lockgate(["provider", "install", &file, "--grant-all"]).run().succeeds();
    home.write_config(format!(
        "[registry]\nglobal-credential-providers = {providers:?}\n[registries.corp]\nindex = \"{INDEX}\"\n"
    ));
    home.write_credentials(KEPT);
    home
}

fn is_kept(home: &Home) -> bool {
    home.read_credentials().contains("kept")
}

fn place(file: PathBuf, line: usize) -> String {
    format!("{}:{line}", file.display())
}

/// Its standard error tells of these places, and of no other ones.
#[track_caller]
fn leaves(output: Output, places: &[String]) {
    let start = "warning: a token for `corp` is still in ";
    let told: Vec<_> = output.stderr.lines().filter_map(|line| line.strip_prefix(start)).collect();
    let matches = told.len() == places.len()
        && told.iter().zip(places).all(|(told, place)| told.starts_with(place.as_str()));
    assert!(matches, "expected {places:#?}\n{output}");
}

/// cargo stops at the first one that has removed something, and the next build finds the other token.
#[test]
fn each_provider_is_asked_and_cargo_stops_at_the_first() {
    let home = home(&["cargo:token", "recorder"]);
    let output = run(&home, &CORP).succeeds().prints("");
    let output = output
        .says("      Logout token for `corp` has been removed from local storage\n      Logout it was kept by `recorder` and by `cargo:token`\nnote: This does not revoke");
    leaves(output, &[]);
    assert!(!is_kept(&home));
    let recorded = home.lockgate(["audit", "show", "--json"]).run().succeeds().stdout;
    for provider in ["recorder", "cargo:token"] {
        assert!(recorded.contains(&format!("\"{provider}\"")), "{recorded}");
    }

    let program = home.programs().join("forgetful");
    fs::write(&program, FORGETFUL).unwrap();
    set_mode(&program, 0o755);
    home.write_config(fs::read_to_string(home.config()).unwrap().replace("recorder", "forgetful"));
    home.write_credentials(KEPT);
    let _ = home.cargo(CORP).run().succeeds();
    assert!(is_kept(&home));
}

#[test]
fn one_that_has_nothing_is_passed_without_a_word() {
    for first in ["recorder not-found", "recorder unsupported-registry", "cargo:wincred"] {
        let home = home(&["cargo:token", first]);
        let output = run(&home, &CORP).succeeds();
        let output = output.never_says("it was kept by").never_says("warning").says("note: This");
        let _ = output.says("      Logout token for `corp` has been removed from local storage\n");
        assert!(!is_kept(&home), "{first}");
        let again = run(&home, &CORP).succeeds().never_says("warning");
        let _ = again.says("      Logout not currently logged in to `corp`\n");
    }
}

#[test]
fn one_that_fails_keeps_no_other_from_being_asked_and_is_the_end() {
    let home = home(&["recorder broken last", "cargo:token", "recorder broken first"]);
    let output = run(&home, &CORP).exits_with(101);
    assert!(!is_kept(&home));
    let lines: Vec<_> = output.stderr.lines().collect();
    let position = |text: &str| {
        let found = lines.iter().position(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("nobody says: {text}\n{output}"))
    };
    let told = [
        "Logout token for `corp` has been removed from local storage",
        "Logout it was kept by `cargo:token`",
        "warning: credential provider `recorder` failed action `logout`: the provider says: broken",
        "error: credential provider `recorder` failed action `logout`",
    ];
    let order = told.map(position);
    assert!(order.is_sorted(), "{output}");
    assert_eq!(lines.last(), Some(&"  the provider says: broken"), "{output}");
}

#[test]
fn a_plugin_without_a_grant_is_a_failure_that_says_what_to_do() {
    let home = home(&["cargo:token", "/bin/true"]);
    let output = run(&home, &CORP).exits_with(101).says("failed action `logout`");
    let _ = output.says("`lockgate provider grant lockgate:cargo-plugin process=/bin/true`");
    assert!(!is_kept(&home));
}

#[test]
fn one_that_cannot_log_out_is_named_and_ends_it_only_if_nothing_was_removed() {
    for (words, name, why) in [
        (
            "cargo:token-from-stdout /bin/true",
            "cargo:token-from-stdout",
            "requested operation not supported",
        ),
        ("cargo:paseto", "cargo:paseto", "cargo:paseto requires -Zasymmetric-token"),
        ("recorder unsupported-operation", "recorder", "requested operation not supported"),
    ] {
        let home = home(&["cargo:token", words]);
        let warning =
            format!("`{name}` keeps its own tokens, and nothing was removed there ({why})\n");
        let _ = run(&home, &CORP).succeeds().says(&format!("warning: {warning}"));
        assert!(!is_kept(&home), "{words}");
        let again = run(&home, &CORP).exits_with(101).says(why).never_says(&warning);
        let _ = again.says("error: ").never_says("not currently logged in");
    }
}

/// On stable cargo it ends everything that it is asked for, alone or as one of several.
#[test]
fn paseto_is_refused_in_the_words_of_cargo() {
    let home = home(&["cargo:paseto"]);
    home.write_credentials("");
    let theirs = home.cargo(CORP).run().exits_with(101);
    assert_eq!(theirs.stderr, "error: cargo:paseto requires -Zasymmetric-token\n");
    let ours = run(&home, &CORP).exits_with(101);
    assert_eq!(ours.stderr, theirs.stderr);
    let _ = run(&home, &["token", "--registry", "corp"]).exits_with(101).says(&theirs.stderr);
}

#[test]
fn what_is_left_is_told_with_its_place() {
    let home = home(&["cargo:token"]);
    let old = home.cargo_home().join("credentials");
    fs::write(&old, KEPT).unwrap();
    let mut config = fs::read_to_string(home.config()).unwrap();
    config.push_str("token = 'of-config'\n");
    home.write_config(config);
    let project = home.write_project_config("[registries.corp]\ntoken = 'of-project'\n");
    let more = home.project().join("more.toml");
    fs::write(&more, "# more\n[registries.corp]\ntoken = 'of-file'\n").unwrap();
    let words = [&CORP[..], &["--config", "more.toml"]].concat();
    let logout = home.lockgate(["cargo"]).args(&words).env("CARGO_REGISTRIES_CORP_TOKEN", TOKEN);
    let rest = [
        "environment variable `CARGO_REGISTRIES_CORP_TOKEN`; unset it".to_owned(),
        place(more, 3) + "; remove",
        place(project, 2) + ", which cargo heeds and Lockgate does not; remove",
        place(home.config(), 5) + "; remove",
        place(home.credentials(), 2) + ", which is not read as long as there is a file",
    ];
    let output = logout.run().succeeds().says("Logout token for `corp` has been removed");
    leaves(output.nowhere_has(TOKEN).nowhere_has("of-"), &rest);
    assert!(!fs::read_to_string(&old).unwrap().contains("kept"));
    let again = logout.run().succeeds().says("Logout not currently logged in to `corp`");
    leaves(again, &rest);
    let _ = logout.args(["-q"]).run().succeeds().never_says("is still in");
}

/// The request's process has no business with cargo's file then, and could not read it afterwards.
#[test]
fn a_kept_token_is_told_where_its_provider_is_not_asked() {
    let home = home(&["recorder"]);
    let kept = place(home.credentials(), 2) + "; remove that line, or log out with `cargo:token`";
    let output = run(&home, &CORP).succeeds().says("Logout token for `corp` has been removed");
    leaves(output, &[kept]);
    assert!(is_kept(&home));
}

#[test]
fn a_project_cannot_bury_what_was_said() {
    let home = home(&["cargo:token"]);
    let name = |number| format!("[registries.x{number}]\nindex = \"{INDEX}\"\ntoken = 't'\n");
    home.write_project_config(&(0..500).map(name).collect::<String>());
    let output = run(&home, &CORP).succeeds().says("more places have a token for `corp`\n");
    let told = output.stderr.lines().filter(|line| line.contains("is still in")).count();
    assert_eq!(told, 20, "{output}");
}

/// As cargo starts it, with Lockgate's own list of providers.
#[test]
fn behind_cargo_each_provider_of_our_own_list_is_asked() {
    let home = home(&[]);
    home.write_lockgate_config("[cargo]\nproviders = [\"cargo:token\", \"recorder\"]\n");
    home.write_project_config("[registries.corp]\ntoken = 'of-project'\n");
    let program = home.programs().join("cargo-credential-lockgate").display().to_string();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\ncredential-provider = {program:?}\n"
    ));
    let mut plugin = Plugin::start(&home.plugin());
    let request = json!({
        "v": 1, "kind": "logout", "registry": { "index-url": INDEX, "name": "corp" }
    });
    assert_eq!(plugin.ask(&request), json!({ "Ok": { "kind": "logout" } }));
    let output = plugin.end().says("Logout it was kept by `recorder` and by `cargo:token`");
    let _ = output.says("is still in ").says(", which cargo heeds and Lockgate does not");
    assert!(!is_kept(&home));
    home.write_credentials(KEPT);
    let theirs = home.cargo(CORP).run().succeeds();
    let _ = theirs.says("Logout it was kept by `recorder` and by `cargo:token`");
    assert!(!is_kept(&home));
}
