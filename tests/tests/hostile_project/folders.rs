//! Working directories whose names and contents are hostile.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lockgate_tests::{Home, Output};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-b0e5";

fn home() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    home
}

fn reveal(home: &Home, folder: &Path) -> Output {
    home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]).dir(folder).run()
}

/// Folders whose names act on terminals, break lines, are no text, or are as long as can be.
fn hostile(home: &Home) -> Vec<PathBuf> {
    let mut deep = home.project();
    while deep.as_os_str().len() < 3800 {
        deep.push("d".repeat(200));
    }
    let names: [&[u8]; 4] = [
        b"line\nbreak",
        b"\x1b]0;owned\x07\x1b[31mred",
        b"\xff\xfe",
        "\u{202e}\u{9b}2J".as_bytes(),
    ];
    let named = names.map(|name| home.project().join(OsStr::from_bytes(name)));
    named.into_iter().chain([deep]).collect()
}

#[test]
fn it_runs_in_folders_with_hostile_names_and_prints_them_escaped() {
    let home = home();
    for folder in hostile(&home) {
        fs::create_dir_all(folder.join(".cargo")).unwrap();
        let _ = reveal(&home, &folder).succeeds().prints(&format!("{TOKEN}\n")).is_silent();
        // Something to say about the folder.
        fs::write(folder.join(".cargo/config.toml"), "[http]\nproxy = \"x\"\n").unwrap();
        let told = reveal(&home, &folder).succeeds().says("http.proxy").says("config.toml:2");
        for doctor in [&["doctor"][..], &["doctor", "--json"]] {
            let found = home.lockgate(doctor).dir(&folder).run();
            assert!(found.stdout.contains("http.proxy"), "{found}");
            assert_harmless(&found);
        }
        assert_harmless(&told);
    }
}

/// Nothing but text and line ends; no line begins with what the name has behind its line break.
fn assert_harmless(output: &Output) {
    for text in [&output.stdout, &output.stderr] {
        let acts = |letter: char| {
            letter != '\n' && (letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}'))
        };
        assert!(!text.contains(acts), "{text:?}");
        assert!(!text.lines().any(|line| line.starts_with("break")), "{text:?}");
    }
}

/// The twin is the first of the cases: a link that is no loop is followed, as cargo does.
#[test]
fn links_that_lead_nowhere_are_no_configuration() {
    let home = home();
    let folder = home.project().join("linked");
    let cargo = folder.join(".cargo");
    fs::create_dir_all(&cargo).unwrap();
    let real = home.project().join("real.toml");
    fs::write(&real, "[http]\nproxy = \"x\"\n").unwrap();
    symlink(&real, cargo.join("config.toml")).unwrap();
    let _ = reveal(&home, &folder).succeeds().says("http.proxy");

    fs::remove_file(cargo.join("config.toml")).unwrap();
    symlink(cargo.join("config.toml"), cargo.join("config.toml")).unwrap();
    let _ = reveal(&home, &folder).succeeds().prints(&format!("{TOKEN}\n")).is_silent();
    fs::remove_file(cargo.join("config.toml")).unwrap();
    fs::remove_dir(&cargo).unwrap();
    symlink(&cargo, &cargo).unwrap();
    let _ = reveal(&home, &folder).succeeds().prints(&format!("{TOKEN}\n")).is_silent();
}

#[test]
fn a_folder_that_is_gone_is_told() {
    let home = home();
    let script = "mkdir gone; cd gone; rmdir ../gone; exec \"$@\"";
    let token = home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]);
    let gone = token.under(["sh", "-c", script, "sh"]).run().exits_with(101);
    let _ = gone.says("the current directory cannot be found").nowhere_has("panicked");
}
