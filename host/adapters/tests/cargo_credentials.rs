//! The contract of a secret store, for cargo's credentials file, and what a user finds in the file.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod child;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use child::child_program;
use lockgate_adapters::{CargoCredentials, CredentialTable};
use lockgate_core::{OtherSecret, Secret, SecretStore};
use rustix::process::Signal;

fn named(name: &str) -> Vec<CredentialTable> {
    vec![CredentialTable::Named(name.to_owned())]
}

fn store(home: &Path, name: &str) -> CargoCredentials {
    CargoCredentials::new(home.to_owned(), named(name), None)
}

fn loaded(store: &CargoCredentials) -> Option<String> {
    let found = store.load().unwrap();
    found.map(|found| found.secret.expose_text().unwrap().to_owned())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn only_the_very_token_is_removed() {
    let home = tempfile::tempdir().unwrap();
    let a = store(home.path(), "a");
    assert!(!a.remove_only(&"one".into()).unwrap());
    a.save(None, &"one".into()).unwrap();
    for other in ["", "on", "ones", "One", "two"] {
        let error = (&a as &dyn SecretStore).remove_only(&other.into()).unwrap_err();
        assert!(error.is::<OtherSecret>(), "{error}");
        assert_eq!(loaded(&a).as_deref(), Some("one"));
    }
    // A second table would be emptied too.
    store(home.path(), "b").save(None, &"two".into()).unwrap();
    let tables = [named("a"), named("b")].concat();
    let both = CargoCredentials::new(home.path().to_owned(), tables, None);
    assert!(both.remove_only(&"one".into()).is_err());
    assert_eq!(loaded(&store(home.path(), "b")).as_deref(), Some("two"));
    // The twin: that one goes.
    assert!(a.remove_only(&"one".into()).unwrap());
    assert_eq!(loaded(&a), None);
}

#[test]
fn keeps_replaces_and_forgets() {
    let home = tempfile::tempdir().unwrap();
    let (a, b) = (store(home.path(), "a"), store(home.path(), "b"));
    assert_eq!(loaded(&a), None);
    assert!(!a.remove().unwrap());
    a.save(None, &"one".into()).unwrap();
    b.save(None, &"two".into()).unwrap();
    assert_eq!((loaded(&a).as_deref(), loaded(&b).as_deref()), (Some("one"), Some("two")));
    a.save(None, &"three".into()).unwrap();
    assert_eq!(loaded(&a).as_deref(), Some("three"));
    assert!(a.remove().unwrap());
    assert!(!a.remove().unwrap());
    assert_eq!((loaded(&a), loaded(&b).as_deref()), (None, Some("two")));
    let names: Vec<_> =
        fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["credentials.toml"]);
}

#[test]
fn every_byte_of_a_token_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let a = store(home.path(), "a");
    let all: Vec<u8> = [b'\t'].into_iter().chain(0x20..=0x7e).collect();
    let tokens = all.iter().map(|byte| vec![*byte; 3]).chain([all.clone(), vec![b'x'; 64 << 10]]);
    for token in tokens {
        a.save(None, &Secret::new(token.clone())).unwrap();
        assert_eq!(a.load().unwrap().unwrap().secret.expose(), token);
    }
    for token in [vec![], b"a\nb".to_vec(), vec![0xe4], vec![b'x'; (64 << 10) + 1]] {
        let before = fs::read(home.path().join("credentials.toml")).unwrap();
        assert!(a.save(None, &Secret::new(token)).is_err());
        assert_eq!(fs::read(home.path().join("credentials.toml")).unwrap(), before);
    }
}

#[test]
fn the_first_table_with_a_token_counts_and_then_the_fallback() {
    let home = tempfile::tempdir().unwrap();
    let tables = vec![CredentialTable::CratesIo, CredentialTable::Named("a".to_owned())];
    let both = CargoCredentials::new(home.path().to_owned(), tables, Some("fallback".into()));
    assert_eq!(loaded(&both).as_deref(), Some("fallback"));
    store(home.path(), "a").save(None, &"a".into()).unwrap();
    assert_eq!(loaded(&both).as_deref(), Some("a"));
    both.save(None, &"first".into()).unwrap();
    assert_eq!(loaded(&both).as_deref(), Some("first"));
    assert_eq!(
        fs::read_to_string(home.path().join("credentials.toml")).unwrap(),
        "[registries.a]\ntoken = \"a\"\n\n[registry]\ntoken = \"first\"\n"
    );
    assert!(both.remove().unwrap());
    assert_eq!(loaded(&both).as_deref(), Some("fallback"));
    let nowhere = CargoCredentials::new(home.path().to_owned(), vec![], None);
    let error = nowhere.save(None, &"x".into()).unwrap_err().to_string();
    assert_eq!(error, "can't save credentials for anonymous registry");
    assert!(both.save(Some(&"me".into()), &"x".into()).is_err());
}

#[test]
fn an_existing_file_of_the_old_name_is_the_one() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("credentials.toml"), "[registries.a]\ntoken = 'toml'\n").unwrap();
    let a = store(home.path(), "a");
    assert_eq!(loaded(&a).as_deref(), Some("toml"));
    fs::write(home.path().join("credentials"), "[registries.a]\ntoken = 'old'\n").unwrap();
    assert_eq!(loaded(&a).as_deref(), Some("old"));
    a.save(None, &"new".into()).unwrap();
    let old = fs::read_to_string(home.path().join("credentials")).unwrap();
    assert_eq!(old, "[registries.a]\ntoken = \"new\"\n");
}

#[test]
fn a_file_that_cannot_be_understood_is_located_and_left_alone() {
    for (content, line) in [
        (&b"[registries.a]\ntoken = 'SECRET\n"[..], 2),
        (b"\n\n[registries.a]\ntoken = { SECRET = 1 }\n", 4),
        (b"registries = 1", 1),
        (b"[registries.a]\n# \xff\n", 2),
    ] {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.toml");
        fs::write(&path, content).unwrap();
        let a = store(home.path(), "a");
        let error = a.load().unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}:{line}: ", path.display())), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
        if line != 4 {
            assert!(a.save(None, &"new".into()).is_err() && a.remove().is_err());
        }
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("credentials.toml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    let error = store(home.path(), "a").load().unwrap_err().to_string();
    assert!(error.contains("larger than 1048576 bytes"), "{error}");
}

#[test]
fn a_link_of_the_user_stays_one_and_its_target_is_changed() {
    let (home, dotfiles) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let target = dotfiles.path().join("cargo-credentials");
    symlink(&target, home.path().join("credentials.toml")).unwrap();
    let a = store(home.path(), "a");
    assert_eq!(loaded(&a), None);
    a.save(None, &"new".into()).unwrap();
    assert_eq!(fs::read_link(home.path().join("credentials.toml")).unwrap(), target);
    assert_eq!(fs::read_to_string(&target).unwrap(), "[registries.a]\ntoken = \"new\"\n");
    assert_eq!(mode(&target), 0o600);
    let inode = fs::metadata(&target).unwrap().ino();
    a.save(None, &"newer".into()).unwrap();
    assert_eq!(fs::metadata(&target).unwrap().ino(), inode, "changed in place, as cargo needs");
}

#[test]
fn nothing_but_a_regular_file_is_opened() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    let start = Instant::now();
    for error in [
        store(home.path(), "a").load().unwrap_err(),
        store(home.path(), "a").save(None, &"x".into()).unwrap_err(),
    ] {
        assert!(error.to_string().contains("is not a regular file"), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn modes_are_private_whatever_the_umask() {
    for umask in ["000", "077"] {
        let home = tempfile::tempdir().unwrap();
        let cargo_home = home.path().join("new/home");
        let output = Command::new("sh")
            .args(["-c", "umask \"$1\"; exec \"$0\" login \"$2\" a new"])
            .arg(child_program())
            .arg(umask)
            .arg(&cargo_home)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(mode(&cargo_home), 0o700, "umask {umask}");
        assert_eq!(mode(&cargo_home.join("credentials.toml")), 0o600, "umask {umask}");
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    store(home.path(), "a").save(None, &"x".into()).unwrap();
    assert_eq!(mode(&path), 0o600, "a loose one is closed");
}

#[test]
fn waits_for_the_lock_of_another_process() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    fs::write(&path, "").unwrap();
    let mut holder = Command::new("flock")
        .arg(&path)
        .args(["sh", "-c", "echo held; read line"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(holder.stdout.take().unwrap()),
        &mut said,
    )
    .unwrap();

    let impatient = store(home.path(), "a").patience(Duration::from_millis(200));
    let error = impatient.save(None, &"x".into()).unwrap_err().to_string();
    assert!(error.contains("still locked") && error.contains("credentials.toml"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"");
    assert_eq!(loaded(&store(home.path(), "a")), None, "a reader does not wait for ever");

    drop(holder.stdin.take());
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = told.clone();
    let patient = store(home.path(), "a").on_wait(move || {
        counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    });
    patient.save(None, &"x".into()).unwrap();
    holder.wait().unwrap();
    assert!(told.load(std::sync::atomic::Ordering::Relaxed) <= 1);
    assert_eq!(loaded(&patient).as_deref(), Some("x"));
}

#[test]
fn a_reader_that_comes_upon_a_change_does_not_keep_a_build_waiting() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    fs::write(&path, "").unwrap();
    let copy = home.path().join("credentials.toml.lockgate-recovery");
    fs::write(&copy, "lockgate-recovery 1 0 0\n").unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).unwrap();
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let start = Instant::now();
    let error = store(home.path(), "a").load().unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(error.contains("still locked by another process after 5 s"), "{error}");
    drop(held);
    assert_eq!(loaded(&store(home.path(), "a")), None);
    assert!(!copy.exists());
}

#[test]
fn tells_that_it_waits() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    fs::write(&path, "").unwrap();
    let held = fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let waiting = store(home.path(), "a").on_wait(move || sender.send(()).unwrap());
    let saving = std::thread::spawn(move || waiting.save(None, &"x".into()).unwrap());
    receiver.recv_timeout(Duration::from_secs(5)).unwrap();
    drop(held);
    saving.join().unwrap();
    assert!(receiver.try_recv().is_err(), "told once");
    assert_eq!(loaded(&store(home.path(), "a")).as_deref(), Some("x"));
}

#[test]
fn a_full_disk_leaves_the_old_content() {
    let home = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"])
        .arg(home.path())
        .status();
    // Only root can mount; elsewhere the limit of the process on file sizes stands for the disk.
    if !mounted.is_ok_and(|status| status.success()) {
        return full_by_limit(home.path());
    }
    let path = home.path().join("credentials.toml");
    let old = "[registries.b]\ntoken = 'kept'\n";
    fs::write(&path, old).unwrap();
    let failed = store(home.path(), "a").save(None, &Secret::new(vec![b'x'; 20_000]));
    let left = fs::read_to_string(&path).unwrap();
    let names = fs::read_dir(home.path()).unwrap().count();
    let fits = store(home.path(), "a").save(None, &"x".into());
    Command::new("umount").arg(home.path()).status().unwrap();
    let error = failed.unwrap_err();
    assert!(format!("{error} {:?}", error.source()).contains("StorageFull"), "{error:?}");
    assert_eq!((left.as_str(), names), (old, 1));
    fits.unwrap();
}

/// The process is ended by a signal then, which is a crash like any other.
fn full_by_limit(home: &Path) {
    let path = home.join("credentials.toml");
    let old = format!("#{}\n", "x".repeat(2000));
    fs::write(&path, &old).unwrap();
    let status = Command::new("sh")
        .args(["-c", "ulimit -f 1; exec \"$0\" login \"$1\" a new"])
        .arg(child_program())
        .arg(home)
        .status()
        .unwrap();
    assert_eq!(status.signal(), Some(Signal::XFSZ.as_raw()), "{status}");
    assert_eq!(loaded(&store(home, "a")), None);
    assert_eq!(fs::read_to_string(&path).unwrap(), old);
}

#[test]
fn a_limit_on_file_sizes_leaves_the_old_content() {
    let home = tempfile::tempdir().unwrap();
    full_by_limit(home.path());
}

/// What one registry's token is kept from is found without naming a registry, and told without it.
#[test]
fn the_file_can_be_checked_as_a_whole() {
    let home = tempfile::tempdir().unwrap();
    let nobody = CargoCredentials::new(home.path().to_owned(), Vec::new(), None);
    assert_eq!(nobody.check().unwrap(), None);
    let file = home.path().join("credentials.toml");
    for good in ["", "token = \"old\"\n", "[registry]\n[registries.a]\ntoken = \"SECRET\"\n"] {
        fs::write(&file, good).unwrap();
        assert_eq!(nobody.check().unwrap().as_deref(), Some(file.as_path()), "{good}");
    }
    for (bad, line) in [
        ("[registries.a]\ntoken = SECRET\n", 2),
        ("[registries.a]\ntoken = [\"SECRET\"]\n", 2),
        ("[registry]\ntoken = 1\n", 2),
        ("registries = \"SECRET\"\n", 1),
        ("[registries]\n\na = \"SECRET\"\n", 3),
    ] {
        fs::write(&file, bad).unwrap();
        let error = nobody.check().unwrap_err().to_string();
        assert!(error.contains(&format!("credentials.toml:{line}: ")), "{bad}: {error}");
        assert!(!error.contains("SECRET"), "{error}");
    }
}

/// As cargo leaves it: what belongs to a token goes with a token.
#[test]
fn a_key_without_a_token_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("credentials.toml");
    let text = "[registries.a]\nsecret-key = 'k'\n";
    fs::write(&path, text).unwrap();
    assert!(!store(home.path(), "a").remove().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    fs::write(&path, format!("{text}token = 't'\n")).unwrap();
    assert!(store(home.path(), "a").remove().unwrap());
    assert_eq!(fs::read_to_string(&path).unwrap(), "[registries.a]\n");
}
