//! Ends at any moment, and disks that take nothing.

use std::fs;
use std::io::Write;
use std::time::Instant;

use lockgate_tests::docker_helper::{Helper, credential};
use lockgate_tests::home::set_mode;
use lockgate_tests::not_run::not_run;

use crate::{Home, Run, programs};

const SERVER: &str = "registry.example.com";
const OTHER: &str = "other.example.com";
/// Secrets of more than a page.
const LENGTH: usize = 50_000;
/// Stores that are killed.
const KILLED: u32 = 60;

fn secret_of(number: u32) -> String {
    format!("{number}-").repeat(LENGTH / 4)
}

#[test]
fn killed_at_any_moment_a_store_leaves_the_old_or_the_new() {
    let home = Home::new();
    let helper = Helper::ours(&home);
    helper.keeps(OTHER, "other", "kept");
    helper.keeps(SERVER, "u", &secret_of(0));
    let start = Instant::now();
    helper.keeps(SERVER, "u", &secret_of(0));
    let whole = start.elapsed();
    let (mut now, mut old, mut new) = (0, 0, 0);
    for number in 1..=KILLED {
        let run = helper.run_of(&["store"], "");
        let mut child = run.command().spawn().unwrap();
        let line = credential(SERVER, "u", &secret_of(number));
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        std::thread::sleep(whole * number / KILLED);
        let _ = child.kill();
        let _ = child.wait();
        let (_, kept) = helper.finds(SERVER).unwrap();
        match kept {
            kept if kept == secret_of(number) => (now, new) = (number, new + 1),
            kept => {
                assert!(kept == secret_of(now), "neither the old nor the new");
                old += 1;
            }
        }
        assert_eq!(helper.finds(OTHER), Some(("other".into(), "kept".into())));
    }
    assert!(old > 0 && new > 0, "{old} were killed before the change and {new} after it");
    helper.keeps(SERVER, "u", "last");
    assert_eq!(helper.finds(SERVER), Some(("u".into(), "last".into())));
    assert_eq!(helper.lists().as_object().unwrap().len(), 2);
    leaves_nothing_of(&home, &secret_of(KILLED));
}

/// No file has a secret that is not kept any more.
fn leaves_nothing_of(home: &Home, secret: &str) {
    for (path, content) in home.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains(secret), "the secret is still in {}", path.display());
    }
}

/// Everything that changes a file.
const CHANGES: &str = "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat";

#[test]
fn killed_at_each_of_its_changes_a_store_leaves_the_old_or_the_new() {
    programs::require("strace");
    let (mut old, mut new) = (0, 0);
    for step in 1.. {
        let home = Home::new();
        let helper = Helper::ours(&home);
        helper.keeps(SERVER, "u", "old");
        let [trace, fault] =
            [format!("trace={CHANGES}"), format!("inject={CHANGES}:signal=KILL:when={step}")];
        let under = ["strace", "-f", "-o", "/dev/null", "-e", &trace, "-e", &fault];
        let run = helper.run_of(&["store"], credential(SERVER, "v", "new")).under(under).run();
        match helper.finds(SERVER) {
            Some((user, secret)) if user == "u" && secret == "old" => old += 1,
            Some((user, secret)) if user == "v" && secret == "new" => new += 1,
            other => panic!("step {step}: {other:?}\n{run}"),
        }
        helper.keeps(SERVER, "w", "last");
        assert_eq!(helper.finds(SERVER), Some(("w".into(), "last".into())));
        if run.status.success() {
            break;
        }
    }
    assert!(old > 0 && new > 0, "{old} and {new}");
}

/// Leaves room for so many bytes in any one file, and says so as a full disk does.
fn with_room(run: Run, bytes: usize) -> Run {
    let limit = format!("--fsize={bytes}");
    let script = "trap '' XFSZ; limit=$1; shift; exec prlimit \"$limit\" -- \"$@\"";
    run.under(["sh", "-c", script, "sh", &limit])
}

#[test]
fn without_room_a_store_fails_and_nothing_is_lost() {
    for room in [0, 10, 100, 10_000] {
        let home = Home::new();
        let helper = Helper::ours(&home);
        helper.keeps(SERVER, "u", "old");
        let line = credential(SERVER, "u", &secret_of(1));
        let output = with_room(helper.run_of(&["store"], line.clone()), room).run();
        let output = output.exits_with(1);
        assert_eq!(output.stdout.matches('\n').count(), 1, "{output}");
        assert_eq!(helper.finds(SERVER), Some(("u".into(), "old".into())), "{room}");
        leaves_nothing_of(&home, &secret_of(1));
        // The twin: with room it is kept.
        let _ = with_room(helper.run_of(&["store"], line), 1 << 20).run().succeeds();
        assert_eq!(helper.finds(SERVER), Some(("u".into(), secret_of(1))));
    }
}

/// A real disk that is full, in a mount of the process's own.
#[test]
fn on_a_full_disk_a_store_fails_and_nothing_is_lost() {
    let home = Home::new();
    let helper = Helper::ours(&home);
    let state = home.lockgate_home().join("state");
    fs::create_dir_all(&state).unwrap();
    set_mode(&state, 0o700);
    let mount = format!("mount -t tmpfs -o size=64k,mode=0700 none '{}'", state.display());
    let probe = home.run("/usr/bin/unshare").args(["--mount", "sh", "-c", &mount]).run();
    if !probe.status.success() {
        return not_run("only who may mount can fill a disk of its own");
    }
    let program = home.programs().join("docker-credential-lockgate");
    let small = credential(SERVER, "u", "old");
    let large = home.temporary().join("large").display().to_string();
    fs::write(&large, credential(SERVER, "u", &"x".repeat(100_000))).unwrap();
    let script = format!(
        "{mount} && printf %s '{small}' | '{0}' store 2>&1 && '{0}' store < '{large}'; echo \"= $?\"; \
         printf %s {SERVER} | '{0}' get",
        program.display()
    );
    let output = home.run("/usr/bin/unshare").args(["--mount", "sh", "-c", &script]).run();
    let output = output.shows("= 1\n").shows("\"Secret\":\"old\"").says("error: ");
    assert!(output.stdout.contains("space"), "{output}");
    assert_eq!(helper.finds(SERVER), None, "it was the mount's own");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_what_is_kept_is_found() {
    let home = Home::unprivileged();
    let helper = Helper::ours(&home);
    helper.keeps(SERVER, "u", "old");
    let folder = home.lockgate_home().join("state/credentials");
    set_mode(&folder, 0o500);
    let output = helper.ask(&["store"], credential(SERVER, "u", "new")).exits_with(1);
    assert_eq!(output.stdout.matches('\n').count(), 1, "{output}");
    assert!(output.stderr.contains(&folder.display().to_string()), "{output}");
    let _ = helper.ask(&["erase"], SERVER).exits_with(1);
    assert_eq!(helper.finds(SERVER), Some(("u".into(), "old".into())));
    // The twin: once it can be written to again, it is.
    set_mode(&folder, 0o700);
    helper.keeps(SERVER, "u", "new");
    helper.forgets(SERVER);
    assert_eq!(helper.finds(SERVER), None);
}
