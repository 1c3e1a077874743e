//! `lockgate cargo registries`: each registry with its providers, and whether a credential is there.

use std::time::{Duration, Instant};

use lockgate_tests::Home;
use lockgate_tests::home::set_mode;
use serde_json::{Value, json};

use crate::{TOKEN, corp, run};

fn index(name: &str) -> String {
    format!("sparse+https://{name}.example/index/")
}

/// A table for each of these, with further lines.
fn registries(tables: &[(&str, &str)]) -> String {
    let table = |(name, more): &(&str, &str)| {
        format!("[registries.{name}]\nindex = \"{}\"\n{more}\n", index(name))
    };
    tables.iter().map(table).collect()
}

fn list(home: &Home) -> Vec<Value> {
    let list = run(home, &["registries", "--json"]).succeeds().is_silent().json();
    list.as_array().unwrap().clone()
}

#[track_caller]
fn row<'a>(rows: &'a [Value], name: &str) -> &'a Value {
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name}: {rows:?}"))
}

/// The cells of one registry's line.
#[track_caller]
fn cells(table: &str, name: &str) -> Vec<String> {
    let line = table.lines().find(|line| line.split("  ").next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no line for {name}:\n{table}"));
    line.split("  ").filter(|cell| !cell.is_empty()).map(|cell| cell.trim().to_owned()).collect()
}

#[test]
fn lists_each_with_its_index_and_providers_and_crates_io_first() {
    let (server, home) = corp();
    let output = run(&home, &["registries"]).succeeds().is_silent();
    let second = output.stdout.lines().nth(1).unwrap();
    assert!(second.starts_with("crates-io "), "{output}");
    assert_eq!(cells(&output.stdout, "corp")[1..3], [server.index_url(), "cargo:token".into()]);
    let rows = list(&home);
    assert_eq!(rows[0]["name"], "crates-io");
    let corp = row(&rows, "corp");
    assert_eq!(corp["index"], server.index_url());
    assert_eq!(corp["defined"], format!("{}:2", home.config().display()));
    let provider = json!({
        "provider": "cargo:token",
        "arguments": [],
        "defined": format!("{}:3", home.config().display()),
    });
    assert_eq!(corp["providers"], json!([provider]));
}

#[test]
fn says_whether_a_token_is_there_and_where_and_not_what() {
    let home = Home::new();
    let tables = [("a", ""), ("b", ""), ("c", "token = \"s3cret\""), ("d", ""), ("e", "")];
    home.write_config(registries(&tables));
    home.write_credentials("# x\n[registries.a]\ntoken = \"s3cret\"\n[registries.e]\nother = 1\n");
    let environment = |words: &[&str]| {
        let run = home.lockgate(["cargo", "registries"]).args(words);
        let run = run.env("CARGO_REGISTRIES_B_TOKEN", "s3cret");
        run.env("CARGO_REGISTRIES_D_TOKEN", "").run().succeeds().nowhere_has("s3cret")
    };
    let output = environment(&[]);
    for (name, there) in [
        ("crates-io", "no"),
        ("a", "yes: credentials.toml:3"),
        ("b", "yes: CARGO_REGISTRIES_B_TOKEN"),
        ("c", "yes: config.toml:9"),
        ("d", "no [1]"),
        ("e", "no"),
    ] {
        assert_eq!(cells(&output.stdout, name)[3], there, "{output}");
    }
    let _ =
        output.shows("\n[1]        the variable `CARGO_REGISTRIES_D_TOKEN` is set, and empty\n");
    let rows = environment(&["--json"]).json();
    let rows = rows.as_array().unwrap();
    let credentials = home.credentials();
    assert_eq!(row(rows, "a")["token"], json!({ "there": true, "file": credentials, "line": 3 }));
    let variable = json!({ "there": true, "variable": "CARGO_REGISTRIES_B_TOKEN" });
    assert_eq!(row(rows, "b")["token"], variable);
    assert_eq!(row(rows, "d")["token"]["there"], false);
}

/// A name of old comes first, as in cargo.
#[test]
fn the_file_of_the_old_name_is_named() {
    let home = Home::new();
    home.write_config(registries(&[("a", "")]));
    home.write_credentials("[registries.a]\ntoken = \"new\"\n");
    let old = home.cargo_home().join("credentials");
    std::fs::write(&old, "\n\n[registries.a]\ntoken = \"old\"\n").unwrap();
    set_mode(&old, 0o600);
    let output = run(&home, &["registries"]).succeeds();
    assert_eq!(cells(&output.stdout, "a")[3], "yes: credentials:4", "{output}");
    let token = run(&home, &["token", "--registry", "a"]).succeeds();
    let _ = token.shows(&format!("source    {}:4\n", old.display()));
}

/// A provider may ask a person or take its time.
#[test]
fn no_provider_is_run_and_what_only_one_could_say_is_not_said() {
    let home = Home::new();
    let program = home.root().join("cargo-credential-x");
    std::fs::write(&program, "#!/bin/sh\ntouch ~/ran\n").unwrap();
    set_mode(&program, 0o755);
    let process = format!("process={}", program.display());
    let _ = home
        .lockgate(["provider", "grant", "lockgate:cargo-plugin", &process, "--yes"])
        .run()
        .succeeds();
    let provider = format!("credential-provider = [{:?}, \"word\"]", program.display().to_string());
    home.write_config(registries(&[("a", &provider), ("b", "")]));
    let output = run(&home, &["registries"]).succeeds();
    assert_eq!(cells(&output.stdout, "a")[3], "?", "{output}");
    assert!(cells(&output.stdout, "a")[2].ends_with("cargo-credential-x word"), "{output}");
    let _ = output.shows("\n?          only the provider itself could say");
    assert_eq!(row(&list(&home), "a")["token"], json!({ "there": null }));
    assert!(!home.user().join("ran").exists());
    // The twin: the same one is run where it is asked.
    let _ = run(&home, &["token", "--registry", "a"]).exits_with(101);
    assert!(home.user().join("ran").exists());
}

#[test]
fn beside_another_provider_a_token_of_cargos_is_there_or_not_known() {
    let home = Home::new();
    let list = "[registry]\nglobal-credential-providers = [\"cargo:token\", \"cargo:libsecret\"]\n";
    home.write_config(format!("{list}{}", registries(&[("a", ""), ("b", "")])));
    home.write_credentials("[registries.a]\ntoken = \"x\"\n");
    let output = run(&home, &["registries"]).succeeds();
    assert_eq!(cells(&output.stdout, "a")[3], "yes: credentials.toml:2", "{output}");
    assert_eq!(cells(&output.stdout, "b")[2..4], ["cargo:libsecret, cargo:token", "?"]);
}

#[test]
fn registries_of_a_project_and_what_is_not_heeded_of_them_are_marked() {
    let home = Home::new();
    home.write_config(registries(&[("mine", "")]));
    home.write_credentials(format!("[registries.mine]\ntoken = \"{TOKEN}\"\n"));
    let own = run(&home, &["registries"]).succeeds().is_silent();
    assert_eq!(cells(&own.stdout, "mine")[3], "yes: credentials.toml:2", "the twin");
    let _ = own.nowhere_has("(project)");
    let project = home.write_project_config(
        "[registries.theirs]\nindex = \"sparse+https://theirs.example/\"\n\
         [registries.mine]\nindex = \"sparse+https://evil.example/\"\n\
         [registries.odd]\nindex = \"sparse+https://odd.example/\"\ncredential-provider = \"sh\"\n",
    );
    let project = project.display().to_string();
    let output = run(&home, &["registries"]).succeeds();
    let mine = cells(&output.stdout, "mine");
    assert_eq!(mine[1], "sparse+https://evil.example/", "{output}");
    assert_eq!(mine[3], "no [1]", "{output}");
    assert_eq!(mine[4], format!("{project}:4 (project) [2]"), "{output}");
    assert_eq!(cells(&output.stdout, "theirs")[4], format!("{project}:2 (project)"), "{output}");
    assert_eq!(cells(&output.stdout, "odd")[4], format!("{project}:6 (project) [3]"), "{output}");
    let _ = output
        .shows("\n(project)  named by a project's file")
        .shows("\n[1]        the token of registry `mine` is kept for")
        .shows(&format!("\n[2]        `registries.mine.index` in {project}:4 is not heeded"))
        .shows(&format!("`registries.odd.credential-provider` in {project}:7 is not heeded"));
    let rows = list(&home);
    assert_eq!(row(&rows, "theirs")["trusted"], false);
    assert_eq!(row(&rows, "theirs")["ignored"], json!([]));
    let ignored = row(&rows, "mine")["ignored"][0].as_str().unwrap();
    assert!(ignored.contains("`registries.mine.index`"), "{ignored}");
}

#[test]
fn what_is_wrong_with_one_keeps_nobody_from_the_others() {
    let home = Home::new();
    let twin = format!("[registries.twin]\nindex = \"{}\"\n", index("same"));
    home.write_config(format!("{}{twin}", registries(&[("same", ""), ("good", "")])));
    let output = run(&home, &["registries"]).succeeds();
    assert_eq!(cells(&output.stdout, "good")[2..4], ["cargo:token", "no"], "{output}");
    assert_eq!(cells(&output.stdout, "same")[2], "none [1]", "{output}");
    let _ = output.shows("\n[1]        multiple registries are configured");
    let rows = list(&home);
    assert_eq!(row(&rows, "good")["problem"], Value::Null);
    for name in ["same", "twin"] {
        assert!(row(&rows, name)["problem"].is_string(), "{name}");
        assert_eq!(row(&rows, name)["token"], Value::Null, "{name}");
    }
}

/// As cargo, which then asks no provider of any.
#[test]
fn an_index_that_is_no_url_is_told_once() {
    let home = Home::new();
    let bad = "[registries.bad]\nindex = \"no url\"\n";
    home.write_config(format!("{}{bad}", registries(&[("a", ""), ("b", "")])));
    let output = run(&home, &["registries"]).succeeds();
    assert!(cells(&output.stdout, "bad")[1].starts_with("(invalid url `no url`"), "{output}");
    for name in ["a", "b"] {
        assert_eq!(cells(&output.stdout, name)[2], "none [1]", "{output}");
    }
    let note = format!("is in {}:8\n", home.config().display());
    assert!(output.stdout.ends_with(&note) && !output.stdout.contains("[2]"), "{output}");
}

/// Built for debugging, on a busy machine; a release takes a twentieth.
#[test]
fn a_thousand_are_listed_before_one_could_wonder() {
    let home = Home::new();
    let names: Vec<String> = (0..1000).map(|number| format!("team-{number}")).collect();
    let tables: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    home.write_config(registries(&tables));
    let token = |name: &String| format!("[registries.{name}]\ntoken = \"x\"\n");
    home.write_credentials(names.iter().map(token).collect::<String>());
    let start = Instant::now();
    let output = run(&home, &["registries"]).succeeds();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(output.stdout.matches("yes: credentials.toml:").count(), 1000);
}
