//! Names that would act on a terminal, forge a line or fill the screen.

use lockgate_tests::{Home, Terminal, terminal};

use crate::{corp, run};

/// A colour, a clear screen, a new line, a mark that turns the direction of writing.
const NAMES: [&str; 4] =
    ["\\u001b[31mred", "\\u001b[2Jnothing", "two\\nlines", "turned\\u202earound"];

fn home_with(provider: &str) -> Home {
    let home = Home::new();
    home.write_config(format!(
        "[registries.corp]\nindex = \"sparse+https://h/\"\ncredential-provider = [\"{provider}\"]\n"
    ));
    home
}

fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}')
}

#[test]
fn registries_and_providers_with_hostile_names_are_listed_escaped() {
    for name in NAMES {
        let home = home_with(name);
        let config = std::fs::read_to_string(home.config()).unwrap();
        let evil = "index = \"sparse+https://e/\"\ncredential-provider = \"x\"";
        home.write_config(format!("{config}[registries.\"{name}\"]\n{evil}\n"));
        for words in [&["registries"][..], &["registries", "--json"]] {
            let output = run(&home, words).succeeds();
            assert!(is_plain(&output.stdout) && is_plain(&output.stderr), "{output}");
        }
        let list = run(&home, &["registries"]).succeeds();
        assert_eq!(list.stdout.lines().take_while(|line| !line.is_empty()).count(), 4, "{list}");
        let raw: String = serde_json::from_str(&format!("\"{name}\"")).unwrap();
        let rows = run(&home, &["registries", "--json"]).json();
        let named = rows.as_array().unwrap().iter().filter(|row| row["name"] == raw.as_str());
        assert_eq!(named.count(), 1, "{rows}");
    }
}

#[test]
fn a_provider_with_a_hostile_name_is_told_escaped() {
    for name in NAMES {
        let home = home_with(name);
        for words in
            [&["token", "--registry", "corp"][..], &["token", "--registry", "corp", "--json"]]
        {
            let output = run(&home, words).exits_with(101);
            assert!(is_plain(&output.stdout) && is_plain(&output.stderr), "{output}");
        }
        let failed = run(&home, &["token", "--registry", "corp"]).exits_with(101);
        let table = failed.stderr.lines().skip_while(|line| !line.starts_with("PROVIDER"));
        assert_eq!(table.take_while(|line| !line.is_empty()).count(), 2, "{failed}");
    }
}

/// One of them does not push the others' columns off the screen.
#[test]
fn a_long_name_is_told_on_its_own_line_alone() {
    let long = "n".repeat(3000);
    let home = home_with("cargo:token");
    let config = std::fs::read_to_string(home.config()).unwrap();
    home.write_config(format!(
        "{config}[registries.{long}]\nindex = \"sparse+https://e/{long}/\"\ncredential-provider = \"{long}\"\n"
    ));
    let list = run(&home, &["registries"]).succeeds();
    let corp = list.stdout.lines().find(|line| line.starts_with("corp ")).unwrap();
    assert!(corp.len() < 600, "{corp}");
    assert!(list.stdout.contains(&long));
    let _ = run(&home, &["token", "--registry", &long]).exits_with(101).says("PROVIDER");
}

#[test]
fn a_provider_cannot_forge_a_line_of_the_table() {
    let home = Home::new();
    let script = r#"#!/bin/sh
echo '{"v":[1]}'
read -r request
printf '%s\n' '{"Err":{"kind":"other","message":"x\ncargo:token  here  answered"}}'
"#;
    let program = home.root().join("cargo-credential-forger");
    std::fs::write(&program, script).unwrap();
    lockgate_tests::home::set_mode(&program, 0o755);
    let program = program.display().to_string();
    home.write_config(format!(
        "[registries.corp]\nindex = \"sparse+https://h/\"\ncredential-provider = [{program:?}]\n"
    ));
    let process = format!("process={program}");
    let grant = ["provider", "grant", "lockgate:cargo-plugin", &process, "--yes"];
    let _ = home.lockgate(grant).run().succeeds();
    let failed = run(&home, &["token", "--registry", "corp"]).exits_with(101);
    let _ = failed.clone().says("cargo:token  here  answered");
    assert!(!failed.stderr.lines().any(|line| line.starts_with("cargo:token")), "{failed}");
}

#[test]
fn without_colour_nothing_acts_on_a_terminal() {
    let (_server, home) = corp();
    let screen_of = |words: &[&str], no_colour: bool| {
        let terminal = Terminal::new();
        let run = home.lockgate(["cargo"]).args(words).env("TERM", "xterm-256color");
        let mut child = terminal.start(if no_colour { run.env("NO_COLOR", "1") } else { run });
        let _ = terminal::end(&mut child);
        terminal.wait_for("corp");
        terminal.screen()
    };
    for words in [&["token", "--registry", "corp"][..], &["registries"]] {
        let screen = screen_of(words, true);
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
    }
    let coloured = screen_of(&["token", "--registry", "corp"], false);
    assert!(coloured.contains("\u{1b}["), "the twin: {coloured:?}");
}
