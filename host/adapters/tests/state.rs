//! What providers keep for themselves.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use lockgate_adapters::StateFolder;
use lockgate_core::{Kept, Origin, Origins, Secret, StateStore};
use tempfile::TempDir;

const CORP: &str = "sparse+https://corp.example/index/";
const LINEAGE: &str = "a1b2";
const FAR: u64 = 1 << 40;

struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn state(&self) -> PathBuf {
        self.0.path().join("state")
    }

    fn folder(&self) -> PathBuf {
        self.state().join("providers").join(LINEAGE)
    }

    fn store(&self) -> StateFolder {
        self.of(LINEAGE, CORP)
    }

    fn of(&self, lineage: &str, registry: &str) -> StateFolder {
        StateFolder::new(self.state(), lineage, registry)
    }

    /// The one file there is.
    fn file(&self) -> PathBuf {
        let mut files = files(&self.folder());
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
}

fn kept(secret: impl Into<Vec<u8>>) -> Kept {
    let origins = [Origin::Http("https://sso.corp.example".into()), Origin::Login];
    Kept { secret: Secret::new(secret.into()), origins: Origins::from_iter(origins), until: None }
}

fn until(until: u64) -> Kept {
    Kept { until: Some(until), ..kept("hunter2") }
}

fn load(store: &impl StateStore, name: &str) -> Option<Vec<u8>> {
    store.load(name).unwrap().map(|kept| kept.secret.expose().to_vec())
}

fn error<T>(outcome: Result<T, lockgate_core::AdapterError>) -> String {
    outcome.err().unwrap().to_string()
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    assert!(store.load("refresh").unwrap().is_none());
    assert!(!store.remove("refresh").unwrap());
    assert!(!machine.state().exists(), "asking makes nothing");
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    store.save("refresh", &Kept { until: Some(FAR), ..kept(every_byte.clone()) }).unwrap();
    let found = store.load("refresh").unwrap().unwrap();
    assert_eq!(found.secret.expose(), every_byte);
    assert_eq!(found.until, Some(FAR));
    assert_eq!(found.origins, kept("").origins);
    store.save("refresh", &kept("new")).unwrap();
    assert_eq!(store.load("refresh").unwrap().unwrap().until, None);
    assert!(store.remove("refresh").unwrap() && !store.remove("refresh").unwrap());
    assert!(store.load("refresh").unwrap().is_none());
}

#[test]
fn providers_registries_and_names_are_kept_apart() {
    let machine = Machine::new();
    let others = [
        machine.of("a1b3", CORP),
        machine.of("a1b2c", CORP),
        machine.of(LINEAGE, "sparse+https://corp.example/index"),
        machine.of(LINEAGE, "https://corp.example/index/"),
        machine.of(LINEAGE, ""),
    ];
    machine.store().save("a", &kept("mine")).unwrap();
    for other in &others {
        assert!(load(other, "a").is_none() && !other.remove("a").unwrap());
        other.save("a", &kept("theirs")).unwrap();
    }
    for name in ["b", "a.json", "a.", "A"] {
        assert!(load(&machine.store(), name).is_none(), "{name}");
    }
    assert_eq!(load(&machine.store(), "a").unwrap(), b"mine");
    // The twin: the same provider for the same registry is the same state.
    assert_eq!(load(&machine.of(LINEAGE, CORP), "a").unwrap(), b"mine");
}

#[test]
fn a_file_moved_to_another_registry_is_refused() {
    let machine = Machine::new();
    machine.store().save("a", &kept("mine")).unwrap();
    let mine = machine.file();
    let evil = machine.of(LINEAGE, "https://evil.example/");
    evil.save("a", &kept("theirs")).unwrap();
    let theirs = files(&machine.folder()).into_iter().find(|path| *path != mine).unwrap();
    fs::copy(&mine, &theirs).unwrap();
    assert!(error(evil.load("a")).contains("kept for another registry"));
    assert_eq!(load(&machine.store(), "a").unwrap(), b"mine");
}

#[test]
fn sixteen_names_fit_and_a_seventeenth_does_not() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    for number in 0..16 {
        store.save(&format!("n{number}"), &kept("x")).unwrap();
    }
    let refused = error(store.save("n16", &kept("x")));
    assert!(refused.contains("at most 16 names"), "{refused}");
    assert!(store.load("n16").unwrap().is_none());
    // A known name is no further one, and other registries have names of their own.
    store.save("n7", &kept("new")).unwrap();
    machine.of(LINEAGE, "https://other.example/").save("n16", &kept("x")).unwrap();
    assert!(store.remove("n3").unwrap());
    store.save("n16", &kept("x")).unwrap();
}

#[test]
fn what_is_over_does_not_count_as_a_name() {
    let machine = Machine::new();
    let store = machine.store();
    for number in 0..16 {
        let kept = if number == 5 { until(1) } else { until(FAR) };
        store.save(&format!("n{number}"), &kept).unwrap();
    }
    store.save("n16", &until(FAR)).unwrap();
    assert_eq!(files(&machine.folder()).len(), 16);
    assert!(error(StateStore::save(&store, "n17", &until(FAR))).contains("at most 16 names"));
}

#[test]
fn a_value_of_64_kib_fits_and_one_byte_more_does_not() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    let whole = vec![b'a'; 64 << 10];
    store.save("a", &kept(whole.clone())).unwrap();
    assert_eq!(store.load("a").unwrap().unwrap().secret.expose(), whole);
    let refused = error(store.save("a", &kept(vec![b'b'; (64 << 10) + 1])));
    assert!(refused.contains("at most 65536 bytes"), "{refused}");
    assert_eq!(store.load("a").unwrap().unwrap().secret.expose(), whole);
    // Origins have their share of a file, and no more.
    let many = (0..200).map(|number| Origin::File(format!("/{number}/{}", "x".repeat(1000))));
    let laden = Kept { origins: many.collect(), ..kept("x") };
    assert!(error(store.save("a", &laden)).contains("origins included"));
}

#[test]
fn what_is_over_is_gone_and_what_is_not_stays() {
    let machine = Machine::new();
    let store = machine.store();
    store.save("a", &until(1)).unwrap();
    assert!(machine.file().exists());
    assert!(load(&store, "a").is_none());
    assert!(files(&machine.folder()).is_empty());
    store.save("a", &until(FAR)).unwrap();
    assert_eq!(load(&store, "a").unwrap(), b"hunter2");
    assert!(machine.file().exists());
}

#[test]
fn a_damaged_file_is_an_error_without_its_content_and_may_be_replaced() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    store.save("a", &until(FAR)).unwrap();
    let good = fs::read_to_string(machine.file()).unwrap();
    let secret = "aHVudGVyMg==";
    assert!(good.contains(secret), "{good}");
    let name = machine.file().file_name().unwrap().to_owned().into_string().unwrap();
    let check = |content: &str, why: &str| {
        fs::write(machine.file(), content).unwrap();
        let shown = error(store.load("a"));
        assert!(shown.contains(why) && shown.contains(&name), "{shown} for {content}");
        assert!(!shown.contains("aHVu") && !shown.contains("hunter2"), "{shown}");
        assert_eq!(fs::read_to_string(machine.file()).unwrap(), content, "it was changed");
    };
    // Only the brace and the line end at the end may be missing or there.
    for keep in 0..good.len() - 2 {
        check(good.get(..keep).unwrap(), "");
    }
    check(&good.replace("\"until\"", "\"since\""), ":4: a field is missing, unknown");
    check(&good.replace("\"until\": ", "\"until\": 1, \"until\": "), "a field is missing");
    check(&good.replace(&FAR.to_string(), &format!("\"{secret}\"")), "a field is missing");
    check(&good.replace("\"login\"", "\"elsewhere\""), "an origin is not known");
    check(&good.replace(secret, "aHVudGVyMg"), "not base64");
    check(&good.replace("\"version\": 1", "\"version\": 0"), "no known version");
    check(&good.replace("  \"version\": 1,\n", ""), "no known version");
    check(&format!("{good}{good}"), "this is not JSON");
    check(&"[".repeat(1000), "a field is missing");
    check(&" ".repeat(1 << 20), "larger than");
    store.save("a", &until(FAR)).unwrap();
    assert_eq!(fs::read_to_string(machine.file()).unwrap(), good);
    fs::write(machine.file(), "x").unwrap();
    assert!(store.remove("a").unwrap());
}

#[test]
fn what_a_newer_version_wrote_is_neither_read_nor_replaced() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    store.save("a", &kept("old")).unwrap();
    let newer = "{\"version\": 2, \"sealed\": true}";
    fs::write(machine.file(), newer).unwrap();
    for shown in [error(store.load("a")), error(store.save("a", &kept("new")))] {
        assert!(shown.contains("newer lockgate"), "{shown}");
    }
    assert_eq!(fs::read_to_string(machine.file()).unwrap(), newer);
}

#[test]
fn a_planted_link_is_refused_and_its_target_untouched() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    store.save("a", &kept("mine")).unwrap();
    let (file, target) = (machine.file(), machine.0.path().join("target"));
    fs::rename(&file, &target).unwrap();
    let content = fs::read(&target).unwrap();
    symlink(&target, &file).unwrap();
    assert!(error(store.load("a")).contains("symbolic link"));
    store.save("a", &kept("new")).unwrap();
    assert!(!file.is_symlink() && fs::read(&target).unwrap() == content);
    // The twin: without the link the same content is read.
    fs::copy(&target, &file).unwrap();
    assert_eq!(load(&machine.store(), "a").unwrap(), b"mine");
    // A folder that is a link is refused too, for writing as well.
    let elsewhere = machine.0.path().join("elsewhere");
    fs::rename(machine.folder(), &elsewhere).unwrap();
    symlink(&elsewhere, machine.folder()).unwrap();
    assert!(error(store.load("a")).contains("symbolic link"));
    assert!(error(store.save("a", &kept("x"))).contains("symbolic link"));
}

#[test]
fn a_file_that_others_can_write_is_refused() {
    let machine = Machine::new();
    let store: Box<dyn StateStore> = Box::new(machine.store());
    store.save("a", &kept("mine")).unwrap();
    for (mode, refused) in [(0o666, true), (0o620, true), (0o600, false)] {
        fs::set_permissions(machine.file(), fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(store.load("a").is_err(), refused, "{mode:o}");
    }
}

#[test]
fn savers_at_the_same_time_keep_the_bound_and_readers_see_whole_values() {
    let machine = Machine::new();
    let store = machine.store();
    store.save("n0", &kept(vec![b'a'; 60_000])).unwrap();
    std::thread::scope(|scope| {
        for number in 0..24_u8 {
            let store = store.clone();
            // More than the bound wants in; which ones get in is chance.
            scope.spawn(move || {
                StateStore::save(&store, &format!("n{number}"), &kept(vec![number; 60_000])).is_ok()
            });
        }
        for _ in 0..50 {
            let bytes = load(&store, "n0").unwrap();
            assert!(bytes.len() == 60_000 && bytes.iter().all(|byte| byte == &bytes[0]));
        }
    });
    assert_eq!(files(&machine.folder()).len(), 16);
}

#[test]
fn removing_a_provider_removes_all_that_it_kept_and_nothing_else() {
    let machine = Machine::new();
    assert!(!StateFolder::remove_lineage(&machine.state(), LINEAGE).unwrap());
    machine.store().save("a", &kept("x")).unwrap();
    machine.of(LINEAGE, "https://other.example/").save("b", &kept("x")).unwrap();
    machine.of("other", CORP).save("a", &kept("theirs")).unwrap();
    assert!(StateFolder::remove_lineage(&machine.state(), LINEAGE).unwrap());
    assert!(!machine.folder().exists());
    assert!(load(&machine.store(), "a").is_none());
    assert_eq!(load(&machine.of("other", CORP), "a").unwrap(), b"theirs");
}

#[test]
fn a_lineage_is_one_plain_name() {
    let machine = Machine::new();
    fs::create_dir_all(machine.state().join("providers/victim")).unwrap();
    for lineage in ["", ".", "..", "../../victim", "a/b", "/victim", "a\0", ".a", &"a".repeat(101)]
    {
        let store = machine.of(lineage, CORP);
        assert!(error(StateStore::save(&store, "a", &kept("x"))).contains("cannot be the name"));
        assert!(StateFolder::remove_lineage(&machine.state(), lineage).is_err(), "{lineage}");
    }
    for lineage in ["a", "lockgate:os-store", &"a".repeat(100)] {
        machine.of(lineage, CORP).save("a", &kept("x")).unwrap();
    }
    let store = machine.store();
    assert!(error(StateStore::save(&store, "../a/b", &kept("x"))).contains("cannot be the name"));
}
