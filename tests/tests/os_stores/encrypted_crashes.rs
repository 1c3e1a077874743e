//! The encrypted store, ended at any moment and on a disk that takes nothing.

use std::path::PathBuf;
use std::time::Instant;

use lockgate_tests::docker_helper::{Helper, credential};
use lockgate_tests::home::set_mode;
use lockgate_tests::terminal::answer_all;
use lockgate_tests::{Home, Run, programs};

use crate::encrypted::{LOGIN, PASSPHRASE, PROVIDER, Place, READING, TOKEN};

const SERVER: &str = "registry.example.com";
const OTHER: &str = "other.example.com";
/// Bytes of a secret that takes several chunks.
const LENGTH: usize = 200_000;
/// Stores that are killed at some moment.
const KILLED: u32 = 30;

/// Everything that changes a file.
const CHANGES: &str = "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat";

/// A home whose docker logins are in the encrypted store, which a key file opens.
fn machine() -> (Home, Helper) {
    machine_in(Home::new())
}

fn machine_in(home: Home) -> (Home, Helper) {
    programs::require("age-keygen");
    let key = home.user().join("key.txt");
    let made = Run::new("/usr/bin/age-keygen", home.root()).args(["-o"]).args([&key]);
    let _ = made.run().succeeds();
    set_mode(&key, 0o600);
    let key = key.display();
    home.write_lockgate_config(&format!(
        "[docker]\nproviders = [\"{PROVIDER}\"]\n\
         [provider.\"{PROVIDER}\".settings]\nkey-file = \"{key}\"\n"
    ));
    let helper = Helper::ours(&home);
    (home, helper)
}

fn secret_of(number: u32) -> String {
    format!("{number}-").repeat(LENGTH / 3)
}

fn folder(home: &Home) -> PathBuf {
    home.lockgate_home().join("state/encrypted")
}

/// What is in the folder beside the lock and the entries, and what is no whole entry.
fn odd_files(home: &Home) -> Vec<String> {
    let names = folder(home).read_dir().unwrap().map(|entry| entry.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    names.filter(|name| name != "lock" && !name.ends_with(".json.age")).collect()
}

/// What a person answers to what.
const ANSWERS: [(&str, &str); 4] = [
    ("paste the", TOKEN),
    ("a new passphrase for the encrypted store: ", PASSPHRASE),
    ("the same passphrase again: ", PASSPHRASE),
    ("passphrase of the encrypted store: ", PASSPHRASE),
];

fn killed_at(run: Run, step: u32) -> Run {
    let [trace, fault] =
        [format!("trace={CHANGES}"), format!("inject={CHANGES}:signal=KILL:when={step}")];
    run.under(["strace", "-f", "-o", "/dev/null", "-e", &trace, "-e", &fault])
}

#[test]
fn killed_at_each_of_its_changes_a_login_leaves_the_old_or_the_new() {
    programs::require("strace");
    let (mut old, mut new) = (0, 0);
    for step in 1.. {
        let (home, helper) = machine();
        helper.keeps(SERVER, "u", "old");
        let login = helper.run_of(&["store"], credential(SERVER, "v", "new"));
        let run = killed_at(login, step).run();
        match helper.finds(SERVER) {
            Some((user, secret)) if user == "u" && secret == "old" => old += 1,
            Some((user, secret)) if user == "v" && secret == "new" => new += 1,
            other => panic!("step {step}: {other:?}\n{run}"),
        }
        helper.keeps(SERVER, "w", "last");
        assert_eq!(helper.finds(SERVER), Some(("w".into(), "last".into())));
        assert_eq!(helper.lists().as_object().unwrap().len(), 1);
        if run.status.success() {
            assert_eq!(odd_files(&home), [""; 0]);
            break;
        }
    }
    assert!(old > 0 && new > 0, "{old} and {new}");
}

#[test]
fn killed_at_any_moment_a_login_leaves_the_old_or_the_new() {
    let (home, helper) = machine();
    helper.keeps(OTHER, "other", "kept");
    let start = Instant::now();
    helper.keeps(SERVER, "u", &secret_of(0));
    let whole = start.elapsed();
    let mut now = 0;
    for number in 1..=KILLED {
        let run = helper.run_of(&["store"], credential(SERVER, "u", &secret_of(number)));
        let mut child = run.command().spawn().unwrap();
        let (mut input, line) = (child.stdin.take().unwrap(), run.input().to_vec());
        let writer = std::thread::spawn(move || drop(std::io::Write::write_all(&mut input, &line)));
        std::thread::sleep(whole * number / KILLED);
        let _ = child.kill();
        let _ = child.wait();
        writer.join().unwrap();
        let (_, kept) = helper.finds(SERVER).unwrap();
        if kept == secret_of(number) {
            now = number;
        }
        assert!(kept == secret_of(now), "round {number}: neither the old nor the new");
        assert_eq!(helper.finds(OTHER), Some(("other".into(), "kept".into())));
    }
    for (path, content) in home.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("1-1-1-1-1-"), "in the clear in {}", path.display());
    }
}

/// The key is made by the first login: it is there as a whole or not at all, and with it every entry.
#[test]
fn killed_at_each_of_its_changes_a_first_login_leaves_a_store_that_a_next_one_opens() {
    programs::require("strace");
    let (mut with_key, mut without) = (0, 0);
    for step in 1.. {
        // Nothing is kept unlocked, so that the passphrase is what opens it.
        let place = Place::new("unlocked-for = \"0s\"");
        let login = || place.home.lockgate(LOGIN);
        let (succeeded, first) = answered(killed_at(login(), step));
        let had_key = place.folder().join("identity.age").exists();
        let (again, second) = answered(login());
        assert!(again, "step {step}: {first}\n{second}");
        assert_eq!(second.contains("a new passphrase"), !had_key, "step {step}: {second}");
        let (read, screen) = answered(place.home.lockgate(READING));
        assert!(read && screen.contains(TOKEN), "step {step}: {screen}");
        if succeeded {
            break;
        }
        *(if had_key { &mut with_key } else { &mut without }) += 1;
    }
    assert!(with_key > 0 && without > 0, "{with_key} and {without}");
}

fn answered(run: Run) -> (bool, String) {
    let (succeeded, screen) = answer_all(run, &ANSWERS);
    assert!(!screen.contains(PASSPHRASE), "{screen}");
    (succeeded, screen)
}

/// Leaves room for so many bytes in any one file, and says so as a full disk does.
fn with_room(run: Run, bytes: usize) -> Run {
    let limit = format!("--fsize={bytes}");
    let script = "trap '' XFSZ; limit=$1; shift; exec prlimit \"$limit\" -- \"$@\"";
    run.under(["sh", "-c", script, "sh", &limit])
}

#[test]
fn without_room_a_login_fails_and_the_old_entry_stays() {
    let (home, helper) = machine();
    helper.keeps(SERVER, "u", "old");
    for room in [0, 100, 10_000] {
        let line = credential(SERVER, "u", &secret_of(1));
        let _ = with_room(helper.run_of(&["store"], line), room).run().exits_with(1);
        assert_eq!(helper.finds(SERVER), Some(("u".into(), "old".into())), "{room}");
        assert_eq!(odd_files(&home), [""; 0]);
    }
    // The twin: with room it is kept.
    let line = credential(SERVER, "u", &secret_of(1));
    let _ = with_room(helper.run_of(&["store"], line), 1 << 20).run().succeeds();
    assert_eq!(helper.finds(SERVER), Some(("u".into(), secret_of(1))));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_what_is_kept_is_found() {
    let (home, helper) = machine_in(Home::unprivileged());
    helper.keeps(SERVER, "u", "old");
    set_mode(&folder(&home), 0o500);
    let output = helper.ask(&["store"], credential(SERVER, "u", "new")).exits_with(1);
    assert!(output.stderr.contains(&folder(&home).display().to_string()), "{output}");
    let _ = helper.ask(&["erase"], SERVER).exits_with(1);
    assert_eq!(helper.finds(SERVER), Some(("u".into(), "old".into())));
    // The twin: once it can be written to again, it is.
    set_mode(&folder(&home), 0o700);
    helper.keeps(SERVER, "u", "new");
    helper.forgets(SERVER);
    assert_eq!(helper.finds(SERVER), None);
}
