//! Files, tokens, names and homes that are wrong: each time an error that says where and what to
//! do, in the words of the client that asked, and nothing changed on disk.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;

use lockgate_tests::home::set_mode;
use lockgate_tests::plugin::{Plugin, failure, get, login};
use lockgate_tests::{Home, Output, Run};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const KEPT: &str = "# mine\n[registries.corp]\ntoken = \"kept\" # by hand\n";
const ARGUMENTS: &[&str] = &["cargo:token"];

fn prepared(home: Home) -> Home {
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(KEPT);
    home
}

fn home() -> Home {
    prepared(Home::new())
}

/// A home of a user whom file permissions bind.
fn unprivileged() -> Home {
    prepared(Home::unprivileged())
}

fn token(home: &Home) -> Run {
    home.lockgate(["cargo", "token", "--registry", "corp"])
}

fn log_out(home: &Home) -> Run {
    home.lockgate(["cargo", "logout", "--registry", "corp"])
}

/// The error that cargo would be told, from a plugin that ends well after it.
fn told(run: &Run, request: &serde_json::Value) -> String {
    let mut plugin = Plugin::start(run);
    let answer = plugin.ask(request);
    plugin.ends_well();
    failure(&answer).unwrap_or_else(|| panic!("expected an `other` error: {answer}"))
}

/// Files that are wrong, and the line on which they are.
const WRONG_CONFIG: &[(&str, usize)] = &[
    ("[registries.corp\nindex = 1\n", 1),
    ("a = 1\nb = \n", 2),
    ("a = 1\n\n[registries.corp]\nindex = 7\n", 4),
    ("registries = 7\n", 1),
    ("a = 1\na = 2\n", 2),
    ("# a float is no value of cargo's\nthreshold = 1.5\n", 2),
];

#[test]
fn a_wrong_configuration_is_cited() {
    for (content, line) in WRONG_CONFIG {
        let home = home();
        home.write_config(content);
        let output = token(&home).run().exits_with(101).nowhere_has("panicked");
        let _ = output.names_line(&home.config(), *line);
        let told = told(&home.plugin(), &get(INDEX, ARGUMENTS));
        assert!(told.contains(&home.config().display().to_string()), "{content}: {told}");
        assert_eq!(home.read_credentials(), KEPT);
    }
}

/// A plugin that is told its provider has no use for the list; a person's command has.
#[test]
fn a_wrong_list_of_providers_is_cited() {
    let home = home();
    home.write_config(format!(
        "[registry]\n\nglobal-credential-providers = \"cargo:token\"\n\
         [registries.corp]\nindex = \"{INDEX}\"\n"
    ));
    let _ = token(&home).run().exits_with(101).names_line(&home.config(), 3);
}

const WRONG_CREDENTIALS: &[(&str, usize)] = &[
    ("[registries.corp]\ntoken = \"never closed\n", 2),
    ("[registries.corp]\ntoken = 12345\n", 2),
    ("[registries.corp]\n\ntoken = [\"a\"]\n", 3),
    ("[registries]\ncorp = \"a\"\n", 2),
    ("registries = \"a\"\n", 1),
];

#[test]
fn a_wrong_credentials_file_is_cited_and_never_rewritten() {
    for (content, line) in WRONG_CREDENTIALS {
        let home = home();
        home.write_credentials(content);
        let output = token(&home).run().exits_with(101).nowhere_has("panicked");
        // cargo shows the line, with the token in it.
        let output = output.names_line(&home.credentials(), *line).nowhere_has("never closed");
        let _ = output.nowhere_has("12345");
        for request in [get(INDEX, ARGUMENTS), login(INDEX, "new", ARGUMENTS)] {
            let told = told(&home.plugin(), &request);
            assert!(told.contains(&home.credentials().display().to_string()), "{content}: {told}");
            assert!(!told.contains("never closed") && !told.contains("12345"), "{told}");
        }
        assert_eq!(home.read_credentials(), *content);
    }
}

#[test]
fn what_is_no_utf8_is_cited() {
    let home = home();
    home.write_credentials(b"[registries.corp]\ntoken = \"\xff\xfe\"\n");
    let output = token(&home).run().exits_with(101).nowhere_has("panicked");
    let _ = output.says(&home.credentials().display().to_string());
    assert_eq!(fs::read(home.credentials()).unwrap(), b"[registries.corp]\ntoken = \"\xff\xfe\"\n");
}

#[test]
fn a_credentials_file_of_a_gigabyte_is_refused() {
    let home = home();
    let file = fs::OpenOptions::new().write(true).open(home.credentials()).unwrap();
    file.set_len(1 << 30).unwrap();
    let output = token(&home).run().exits_with(101);
    let _ = output.says(&home.credentials().display().to_string());
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let home = home();
    fs::remove_file(home.credentials()).unwrap();
    let made = home.run("mkfifo").args([home.credentials()]).run();
    let _ = made.succeeds();
    let output = token(&home).under(["timeout", "20"]).run().exits_with(101);
    let _ = output.says(&home.credentials().display().to_string());

    fs::remove_file(home.credentials()).unwrap();
    fs::create_dir(home.credentials()).unwrap();
    let output = token(&home).run().exits_with(101);
    let _ = output.says(&home.credentials().display().to_string());
}

#[test]
fn an_unreadable_file_is_named() {
    for which in [Home::config, Home::credentials] {
        let home = unprivileged();
        let file = which(&home);
        set_mode(&file, 0o000);
        let output = token(&home).run().exits_with(101).says(&file.display().to_string());
        let _ = output.says("ermission denied");
        let told = told(&home.plugin(), &get(INDEX, ARGUMENTS));
        assert!(told.contains(&file.display().to_string()), "{told}");
    }
}

#[test]
fn a_read_only_home_keeps_its_content() {
    let home = unprivileged();
    set_mode(&home.credentials(), 0o400);
    set_mode(&home.cargo_home(), 0o500);
    let _ = token(&home).run().succeeds();
    let output = log_out(&home).run();
    let _ = failed_on(&home.credentials(), output).says("ermission denied");
    let told = told(&home.plugin(), &login(INDEX, "new", ARGUMENTS));
    assert!(told.contains(&home.cargo_home().display().to_string()), "{told}");
    assert_eq!(home.read_credentials(), KEPT);
    set_mode(&home.cargo_home(), 0o700);
}

/// The twin of the permission tests: with the permission, the same commands work.
#[test]
fn an_unprivileged_home_works_as_long_as_it_may() {
    let home = unprivileged();
    let _ = token(&home).run().succeeds();
    let _ = log_out(&home).run().succeeds();
    assert!(!home.read_credentials().contains("kept"));
    assert!(home.read_credentials().contains("# mine"), "{}", home.read_credentials());
}

/// No file may grow, and the write says so, as on a full disk.
const NO_SPACE: &str = "trap '' XFSZ; exec prlimit --fsize=0 -- \"$@\"";
/// No file may grow, and who tries is killed in the middle of it.
const KILLED: &str = "exec prlimit --fsize=0 -- \"$@\"";
/// The first bytes of a write go through, the rest does not.
const SOME_SPACE: &str = "trap '' XFSZ; exec prlimit --fsize=60 -- \"$@\"";

#[test]
fn a_full_disk_leaves_the_old_content() {
    for limit in [NO_SPACE, KILLED, SOME_SPACE] {
        let home = home();
        let long = "n".repeat(200);
        let request = format!("{}\n", login(INDEX, &long, ARGUMENTS));
        let plugin = home.plugin().stdin(request).under(["sh", "-c", limit, "sh"]).run();
        assert_eq!(home.read_credentials(), KEPT, "{limit}\n{plugin}");
        assert!(!plugin.stdout.contains("\"Ok\""), "{limit}\n{plugin}");
        // Nothing that was left behind is in the way of the next one.
        let mut next = Plugin::start(&home.plugin());
        let answer = next.ask(&login(INDEX, &long, ARGUMENTS));
        assert_eq!(answer["Ok"]["kind"], "login", "{answer}");
        next.ends_well();
        assert!(home.read_credentials().contains(&long));
        for (path, content) in home.files() {
            let leaked = path != home.credentials()
                && content.windows(long.len()).any(|window| window == long.as_bytes());
            assert!(!leaked, "the token is still in {}", path.display());
        }
    }
}

/// The twin: without a limit the very same request is kept.
#[test]
fn without_a_limit_the_login_is_kept() {
    let home = home();
    let request = format!("{}\n", login(INDEX, "new", ARGUMENTS));
    let unlimited = ["sh", "-c", "exec prlimit --fsize=1000000 -- \"$@\"", "sh"];
    let output = home.plugin().stdin(request).under(unlimited).run().succeeds();
    let _ = output.shows("\"Ok\"");
    assert!(home.read_credentials().contains("new"));
}

#[test]
fn bad_registry_names_are_refused_in_the_words_of_cargo() {
    let home = home();
    for verb in ["login", "logout", "token"] {
        let run =
            |name: &str| home.lockgate(["cargo", verb, "--registry", name]).stdin("x\n").run();
        let _ = run("bad name")
            .exits_with(101)
            .says("invalid character ` ` in registry name: `bad name`");
        let _ = run("").exits_with(101).says("registry name cannot be empty");
        let _ = run("1st").exits_with(101).says("invalid character `1` in registry name: `1st`");
        let _ = run("nobody")
            .exits_with(101)
            .says("registry index was not found in any configuration: `nobody`");
        let _ = run("a\u{1b}]0;x\u{7}").exits_with(101).nowhere_has("\u{1b}");
    }
    assert_eq!(home.read_credentials(), KEPT);
}

#[test]
fn bad_index_urls_are_refused() {
    for (index, words) in [
        ("sparse+http://127.0.0.1:9/index", "sparse registry url must end in a slash"),
        ("../relative", "relative URL without a base"),
        ("https://user:word@127.0.0.1/", "registry URLs may not contain passwords"),
    ] {
        let home = home();
        home.write_config(format!("[registries.corp]\nindex = \"{index}\"\n"));
        let _ = token(&home).run().exits_with(101).says(words).nowhere_has("word@");
    }
}

#[test]
fn two_names_for_one_index_are_refused_by_both() {
    let home = home();
    home.write_config(format!(
        "[registries.corp]\nindex = \"{INDEX}\"\n[registries.other]\nindex = \"{INDEX}\"\n"
    ));
    let _ = token(&home)
        .run()
        .exits_with(101)
        .says("multiple registries are configured with the same index url")
        .says("corp")
        .says("other");
}

/// Without `HOME` the password file is asked, as cargo does; this user has no entry there.
#[test]
fn without_any_home_it_says_so() {
    let home = unprivileged();
    set_mode(home.root(), 0o755);
    let words = ["cargo", "token", "--registry", "corp"];
    let run = Run::new(home.programs().join("lockgate"), "/").args(words);
    if !is_root() {
        let _ = run.run().nowhere_has("panicked");
        return;
    }
    let nobody = ["setpriv", "--reuid", "54321", "--regid", "54321", "--clear-groups", "--"];
    let _ = run.under(nobody).run().exits_with(101).says("HOME").nowhere_has("panicked");
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

#[test]
fn a_lockgate_home_that_others_can_write_is_refused() {
    let home = home();
    set_mode(&home.lockgate_home(), 0o777);
    let output = token(&home).run().exits_with(101);
    let _ = output.says(&home.lockgate_home().display().to_string());
    let _ = token(&home).env("LOCKGATE_HOME", "relative").run().exits_with(101).says("absolute");
}

#[test]
fn a_wrong_configuration_of_lockgate_is_cited() {
    let file = |home: &Home| home.lockgate_home().join("config.toml");
    for (content, line) in [
        ("[cargo]\nproviders = \"cargo:token\"\n", 2),
        ("[cargo]\n\nprovider = []\n", 3),
        ("[cargo\n", 1),
    ] {
        let home = home();
        home.write_lockgate_config(content);
        let output = token(&home).run().exits_with(101).nowhere_has("panicked");
        let _ = output.names_line(&file(&home), line);
    }
}

fn failed_on(file: &Path, output: Output) -> Output {
    output.exits_with(101).says(&file.parent().unwrap().display().to_string())
}
