//! Where git, and what git starts, is looked for.

use std::process::Command;

use super::PUBLIC;
use crate::machine::{Has, Machine};

const INDEX: &str = "ssh://127.0.0.1:1/index";

/// A `git` of the project's is no `git` of the user's, also where the project's `.envrc` puts the
/// folder first into PATH.
#[test]
fn a_folder_of_the_projects_has_no_git() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    let (_, url) = machine.repository("public", "config.json", PUBLIC);
    machine.configure(&url);
    let (planted, made) = machine.planted("project/bin/git");
    let bin = planted.parent().unwrap().display().to_string();
    for path in ["bin".to_owned(), ".".to_owned(), bin.clone()] {
        machine.forget();
        let came = machine.came(&machine.ours(&[]).env("PATH", path));
        assert!(!made.exists());
        assert_eq!(came.code, Some(0), "{came:#?}");
        assert!(came.stderr.contains("no folder of PATH has the program `git`"), "{came:#?}");
        assert!(came.asked[0].contains("login-url=none"), "{came:#?}");
    }
    machine.forget();
    let came = machine.came(&machine.ours(&[]).env("PATH", format!("{bin}:/usr/bin:/bin")));
    assert!(!made.exists());
    assert!(came.asked[0].contains("login-url=https://h.example/me"), "{came:#?}");
    // The twin: in a folder of the user's own it is started.
    let (own, _) = machine.planted("own/git");
    let path = own.parent().unwrap().display().to_string();
    let _ = machine.came(&machine.ours(&[]).env("PATH", path));
    assert!(made.exists());
}

#[test]
fn git_starts_nothing_of_the_projects_either() {
    let machine = Machine::new();
    machine.configure(INDEX);
    let (planted, made) = machine.planted("project/bin/ssh");
    let path = format!("{}:/usr/bin:/bin", planted.parent().unwrap().display());
    let came = machine.came(&machine.ours(&[]).env("PATH", &path));
    assert!(came.stderr.contains("failed to fetch"), "{came:#?}");
    assert!(!made.exists(), "{came:#?}");
    // The twin: git itself does.
    let _ = Command::new("/usr/bin/git").args(["ls-remote", INDEX]).env("PATH", path).output();
    assert!(made.exists());
}
