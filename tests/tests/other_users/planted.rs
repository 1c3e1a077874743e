//! Links, pipes and folders in the place of Lockgate's own files.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lockgate_tests::{Home, Output};

use super::{INDEX, REVEAL, TOKEN, get, log_in, prepared, write_everything};

/// Ways to put something else where a file was.
#[derive(Clone, Copy, Debug)]
enum Planted {
    Link,
    HardLink,
    Pipe,
    Folder,
}

const ALL: [Planted; 4] = [Planted::Link, Planted::HardLink, Planted::Pipe, Planted::Folder];

/// Puts it in the place of `path`; what links lead to is `target`, which is a copy of what was there.
fn plant(home: &Home, planted: Planted, path: &Path, target: &Path) {
    let _ = fs::remove_file(target);
    fs::rename(path, target).unwrap();
    match planted {
        Planted::Link => symlink(target, path).unwrap(),
        Planted::HardLink => fs::hard_link(target, path).unwrap(),
        Planted::Pipe => drop(home.run("mkfifo").args([path]).run().succeeds()),
        Planted::Folder => fs::create_dir(path).unwrap(),
    }
}

fn restore(path: &Path, target: &Path) {
    match path.is_dir() && !path.is_symlink() {
        true => fs::remove_dir_all(path).unwrap(),
        false => fs::remove_file(path).unwrap(),
    }
    fs::rename(target, path).unwrap();
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = super::all_below(folder);
    found.retain(|path| path.is_file());
    found
}

/// Everything that reads or writes one of the files, none of which may wait for a pipe.
fn use_everything(home: &Home) -> Vec<Output> {
    let patient = ["timeout", "60"];
    let load = format!("{}\n", get(INDEX, &["hostile", "load-state", "refresh"]));
    let save = format!("{}\n", get(INDEX, &["hostile", "save-state", "refresh", "other"]));
    [
        home.lockgate(REVEAL),
        log_in(home, TOKEN),
        home.plugin().stdin(load),
        home.plugin().stdin(save),
        home.lockgate(["provider", "verify", "hostile"]),
        home.lockgate(["audit", "verify"]),
    ]
    .into_iter()
    .map(|run| run.under(patient).run())
    .collect()
}

fn went_well(output: &Output) -> bool {
    output.status.success() && !output.stdout.contains("\"Err\"") && output.stderr.is_empty()
}

#[test]
fn what_is_planted_in_the_place_of_a_file_is_neither_read_nor_written() {
    let home = prepared(Home::new());
    write_everything(&home, &["env"]);
    let target = home.user().join("precious");
    let files = files_below(&home.lockgate_home());
    assert!(files.len() >= 8, "{files:?}");
    for path in &files {
        for planted in ALL {
            plant(&home, planted, path, &target);
            let before = fs::read(&target).unwrap();
            let outputs = use_everything(&home);
            let what = format!("{planted:?} at {}", path.display());
            for output in &outputs {
                assert_ne!(output.status.code(), Some(124), "it hung on a {what}\n{output}");
                assert!(!output.stderr.contains("a mistake in the program"), "{what}\n{output}");
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let told = outputs.iter().any(|output| {
                !went_well(output) && format!("{}{}", output.stdout, output.stderr).contains(&name)
            });
            // A lock has no content, so that whatever is no link can be one; nor has the mark of a
            // change, whose place is taken without it being opened.
            let harmless = name.contains("lock") || name.starts_with("last-change");
            assert!(told || harmless, "nobody was told of a {what}");
            assert_eq!(fs::read(&target).unwrap(), before, "a {what} led out");
            restore(path, &target);
        }
    }
    for output in use_everything(&home) {
        assert!(went_well(&output) || output.stdout.contains("\"Ok\""), "the twin\n{output}");
    }
    plant(&home, Planted::Link, &files[0], &target);
    let before = fs::read(&target).unwrap();
    let naive = home.run("sh").args(["-c", "echo more >> \"$1\"", "sh"]).args([&files[0]]).run();
    let _ = naive.succeeds();
    assert_ne!(fs::read(&target).unwrap(), before, "the twin: another program is led out");
}
