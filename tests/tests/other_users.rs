//! What other users of the machine, and programs of the same user, can see and put in the way.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "other_users/memory.rs"]
mod memory;
#[path = "other_users/planted.rs"]
mod planted;

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::home::{mode, set_mode};
use lockgate_tests::plugin::{get, login};
use lockgate_tests::{Home, Run};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-e7d2";
const REVEAL: [&str; 5] = ["cargo", "token", "--registry", "corp", "--reveal"];

fn prepared(home: Home) -> Home {
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

/// A login through the plugin, as cargo has it done.
fn log_in(home: &Home, token: &str) -> Run {
    home.plugin().stdin(format!("{}\n", login(INDEX, token, &["cargo:token"])))
}

/// Everything that writes: a login, an installation, a state and an audit.
fn write_everything(home: &Home, under: &[&str]) {
    let run = |run: Run| run.under(under).run().succeeds();
    let _ = run(log_in(home, TOKEN)).shows("\"Ok\"");
    let file = home.write_hostile("");
    let install = home.lockgate(["provider", "install"]).args([file]);
    let _ = run(install.args(["--grant", "registries=cargo:*"]));
    let request = get(INDEX, &["hostile", "save-state", "refresh", "kept"]);
    let _ = run(home.plugin().stdin(format!("{request}\n"))).shows("saved");
}

fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(all_below(&path)),
            false => found.push(path),
        }
    }
    found
}

const EVERYTHING_FOR_ALL: [&str; 4] = ["sh", "-c", "umask 000; exec \"$@\"", "sh"];

#[test]
fn whatever_the_umask_files_are_the_users_alone() {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    write_everything(&home, &EVERYTHING_FOR_ALL);
    let written = all_below(&home.lockgate_home());
    for part in ["providers/hostile", "state/audit/audit.jsonl", "state/logins", "state/providers"]
    {
        let part = home.lockgate_home().join(part);
        assert!(written.contains(&part), "{} was not written: {written:?}", part.display());
    }
    for path in written.iter().chain([&home.credentials()]) {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(path), expected, "{}", path.display());
    }
    let naive = home.run("touch").args(["naive"]).under(EVERYTHING_FOR_ALL).run();
    let _ = naive.succeeds();
    assert_eq!(mode(&home.project().join("naive")), 0o666, "the twin");
}

#[test]
fn nothing_is_made_in_a_shared_folder_for_temporary_files() {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let shared = home.root().join("shared");
    fs::create_dir(&shared).unwrap();
    set_mode(&shared, 0o1777);
    let log = home.root().join("trace").display().to_string();
    let shown = shared.display().to_string();
    let (temporary, trace) = (format!("TMPDIR={shown}"), "trace=file");
    let under = ["env", &temporary, "strace", "-f", "-A", "-e", trace, "-o", &log];
    write_everything(&home, &under);
    let trace = fs::read_to_string(&log).unwrap();
    assert!(trace.lines().count() > 100, "nothing was traced");
    assert!(!trace.contains(&format!("\"{shown}/")), "something was made in {shown}");
    let made = home.run("mktemp").under(["env", &temporary]).run().succeeds();
    assert!(made.stdout.starts_with(&shown), "the twin: {made}");
}

/// Each of Lockgate's folders, with a command that trusts what is in it.
#[test]
fn a_folder_that_others_can_write_is_refused_with_a_hint() {
    let home = prepared(Home::new());
    write_everything(&home, &["env"]);
    let list = ["provider", "inspect", "hostile"];
    let provider = ["provider", "verify", "hostile"];
    for (folder, words) in [
        ("", &REVEAL[..]),
        ("providers", &list),
        ("providers/hostile", &provider),
        ("state/logins", &REVEAL),
    ] {
        let folder = home.lockgate_home().join(folder);
        for open in [0o770, 0o707, 0o777] {
            set_mode(&folder, open);
            let output = home.lockgate(words).run();
            assert!(!output.status.success(), "{open:o} {}\n{output}", folder.display());
            let all = format!("{}{}", output.stdout, output.stderr);
            assert!(all.contains("chmod"), "no hint: {output}");
            set_mode(&folder, 0o700);
            let _ = home.lockgate(words).run().succeeds();
        }
    }
}
