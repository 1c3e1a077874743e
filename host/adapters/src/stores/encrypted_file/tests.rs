//! The store with a person who types, or nobody.

mod removing;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lockgate_core::{AdapterError, Ecosystem, Prompt, Registry, Secret, SecretStore};

use super::age::Identity;
use super::vault::Condition;
use super::{EncryptedFileStore, EncryptedFiles};
use crate::FileStore;

const CANARY: &str = "canary-8f31c2d6";

/// Answers in turn, and remembers each question.
#[derive(Clone, Default)]
struct Person {
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Prompt for Person {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        assert!(hidden);
        self.asked.lock().unwrap().push(question.to_owned());
        self.answers.lock().unwrap().pop_front().map(Secret::from).ok_or("nobody".into())
    }

    fn show(&self, message: &str, _: Option<&str>) -> Result<(), AdapterError> {
        self.asked.lock().unwrap().push(message.to_owned());
        Ok(())
    }
}

struct Place {
    folder: tempfile::TempDir,
    settings: BTreeMap<String, String>,
}

impl Place {
    /// The kernel keeps nothing, so that each use of the store asks.
    fn asking() -> Self {
        Self::with("unlocked-for", "0s")
    }

    fn with(name: &str, value: &str) -> Self {
        let settings = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        Self { folder: tempfile::tempdir().unwrap(), settings }
    }

    /// With a key file, so that nothing is asked.
    fn with_key_file() -> Self {
        let mut place = Self::with("key-file", "");
        let path = place.folder.path().join("key.txt");
        write_key(&path);
        place.settings.insert("key-file".to_owned(), path.display().to_string());
        place
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn files(&self, answers: &[&'static str]) -> (EncryptedFiles, Person) {
        let person = Person::default();
        person.answers.lock().unwrap().extend(answers);
        let prompt: Box<dyn Prompt> = Box::new(person.clone());
        (EncryptedFiles::new(&self.state(), &self.settings, Some(prompt)), person)
    }

    fn store(&self, answers: &[&'static str]) -> (EncryptedFileStore, Person) {
        let (files, person) = self.files(answers);
        (files.store(&registry("https://one.example/")), person)
    }

    fn save(&self, url: &str, secret: &str) {
        let (files, _) = self.files(&[]);
        files.store(&registry(url)).save(None, &secret.into()).unwrap();
    }

    fn identity_file(&self) -> PathBuf {
        self.state().join("encrypted/identity.age")
    }

    fn entries(&self) -> Vec<PathBuf> {
        let Ok(found) = self.state().join("encrypted").read_dir() else { return Vec::new() };
        let paths = found.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_str().unwrap().ends_with(".json.age")).collect()
    }
}

fn write_key(path: &Path) {
    fs::write(path, &*Identity::generate().unwrap().write()).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn registry(url: &str) -> Registry {
    Registry::new(Ecosystem::Cargo, url).unwrap()
}

fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        words.push_str(&format!(": {next}"));
        cause = next.source();
    }
    words
}

fn failure<T>(result: Result<T, super::EncryptedFileError>) -> String {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(error) => words(&error),
    }
}

#[test]
fn a_passphrase_is_chosen_twice_asked_for_three_times_and_never_kept() {
    let place = Place::asking();
    let (store, person) = place.store(&["", "abc", "abd", "abc", "abc"]);
    store.save(None, &CANARY.into()).unwrap();
    assert_eq!(person.asked.lock().unwrap().len(), 8, "{:?}", person.asked);
    assert!(person.asked.lock().unwrap().iter().all(|said| said.starts_with("Lockgate")));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&place.identity_file()), 0o600);
    assert_eq!(mode(&place.state().join("encrypted")), 0o700);
    assert_eq!(mode(&place.entries()[0]), 0o600);

    let (store, person) = place.store(&["wrong", "", "abc"]);
    assert_eq!(store.load().unwrap().unwrap().secret.expose_text(), Some(CANARY));
    assert_eq!(person.asked.lock().unwrap().len(), 5);
    // Once for all that one command does.
    assert!(store.load().unwrap().is_some());

    let (store, person) = place.store(&["a", "b", "c", "abc"]);
    let said = failure(store.load());
    assert!(said.contains("stays locked") && said.contains("identity.age`, after which"), "{said}");
    assert_eq!(person.answers.lock().unwrap().len(), 1, "a fourth time");
}

#[test]
fn a_locked_store_without_a_person_is_an_error_and_nothing_is_written() {
    let place = Place::asking();
    let nobody = EncryptedFiles::new(&place.state(), &place.settings, None);
    let store = nobody.store(&registry("https://one.example/"));
    let said = failure(store.save(None, &CANARY.into()));
    assert!(said.contains("passphrase") && said.contains("in a terminal"), "{said}");
    assert!(!place.identity_file().exists());
    // Where nothing is kept for the registry, there is nothing to unlock.
    assert!(store.load().unwrap().is_none());
    let (typed, _) = place.store(&["abc", "abc"]);
    typed.save(None, &CANARY.into()).unwrap();
    let before = fs::read(&place.entries()[0]).unwrap();
    assert!(failure(store.load()).contains("locked"));
    assert!(failure(store.save(None, &"other".into())).contains("locked"));
    assert!(failure(nobody.list(Ecosystem::Cargo)).contains("locked"));
    assert_eq!(fs::read(&place.entries()[0]).unwrap(), before);
    // What is not wanted any more needs no passphrase to go.
    assert!(SecretStore::remove(&store).unwrap());
}

#[test]
fn no_file_has_the_secret_and_the_twin_does() {
    let place = Place::with_key_file();
    place.save("https://one.example/", CANARY);
    let has = |folder: &Path| {
        let files = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()));
        let files: Vec<String> =
            files.map(|bytes| String::from_utf8_lossy(&bytes.unwrap()).into_owned()).collect();
        let encoded = "Y2FuYXJ5LThmMzFjMmQ2";
        files.iter().any(|file| file.contains(CANARY) || file.contains(encoded))
    };
    assert!(!has(&place.state().join("encrypted")));
    FileStore::new(&place.state(), &registry("https://one.example/"))
        .save(None, &CANARY.into())
        .unwrap();
    assert!(has(&place.state().join("credentials")), "the twin");
}

#[test]
fn a_file_of_another_registry_or_of_another_key_is_refused_and_not_replaced() {
    let place = Place::with_key_file();
    place.save("https://one.example/", "one's");
    let first = place.entries().remove(0);
    place.save("https://two.example/", "two's");
    let second = place.entries().into_iter().find(|path| *path != first).unwrap();
    let (store, _) = place.store(&[]);
    assert!(store.load().unwrap().is_some(), "the twin");
    let own = fs::read(&first).unwrap();
    fs::copy(&second, &first).unwrap();
    assert!(failure(store.load()).contains("kept for another registry"));
    assert!(failure(store.save(None, &"new".into())).contains("another registry"));
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());

    fs::write(&first, &own).unwrap();
    write_key(Path::new(&place.settings["key-file"]));
    let (store, _) = place.store(&[]);
    for said in [failure(store.load()), failure(store.save(None, &"new".into()))] {
        assert!(said.contains("another key") && said.contains("log out"), "{said}");
    }
    assert_eq!(fs::read(&first).unwrap(), own);
    let mut changed = own.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(&first, &changed).unwrap();
    assert!(!failure(store.load()).contains("one's"));
}

#[test]
fn a_key_that_is_gone_is_not_replaced_while_something_is_kept() {
    let place = Place::asking();
    assert_eq!(place.files(&[]).0.condition().unwrap(), Condition::NotMade);
    place.store(&["abc", "abc"]).0.save(None, &CANARY.into()).unwrap();
    assert_eq!(place.files(&[]).0.condition().unwrap(), Condition::Locked);
    fs::remove_file(place.identity_file()).unwrap();
    let said = failure(place.files(&[]).0.condition());
    assert!(said.contains("is missing; put it back"), "{said}");
    let (store, person) = place.store(&["abc", "abc"]);
    for said in [failure(store.load()), failure(store.save(None, &"new".into()))] {
        assert!(said.contains("is missing; put it back"), "{said}");
    }
    assert_eq!(person.asked.lock().unwrap().len(), 0);
    assert!(SecretStore::remove(&store).unwrap());
    store.save(None, &"new".into()).unwrap();
    assert!(place.identity_file().exists());
}

#[test]
fn a_key_file_that_others_read_or_that_is_none_is_refused() {
    let place = Place::with_key_file();
    place.save("https://one.example/", "one's");
    let path = PathBuf::from(&place.settings["key-file"]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(failure(place.store(&[]).0.load()).contains("chmod 600"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(place.store(&[]).0.load().unwrap().is_some(), "the twin");
    fs::write(&path, "AGE-SECRET-KEY-1canary").unwrap();
    let said = failure(place.store(&[]).0.load());
    assert!(said.contains("age-keygen") && !said.contains("canary"), "{said}");
    fs::remove_file(&path).unwrap();
    let (store, _) = place.store(&[]);
    assert!(failure(store.load()).contains("is missing; make one"));
    assert!(failure(store.save(None, &"new".into())).contains("is missing"));
    assert!(!place.identity_file().exists());
}

#[test]
fn a_setting_that_is_not_understood_keeps_everything_from_being_used() {
    let place = Place::with("unlocked-for", "always");
    let (store, person) = place.store(&["abc", "abc"]);
    for _ in 0..2 {
        assert!(failure(store.save(None, &CANARY.into())).contains("`unlocked-for`"));
    }
    assert_eq!(person.asked.lock().unwrap().len(), 0);
    assert_eq!(place.entries(), Vec::<PathBuf>::new());
}

#[test]
fn entries_are_listed_without_their_secrets() {
    let place = Place::with_key_file();
    let (files, _) = place.files(&[]);
    assert_eq!(files.list(Ecosystem::Cargo).unwrap(), []);
    place.save("https://two.example/", CANARY);
    place.save("https://one.example/", CANARY);
    let listed = files.list(Ecosystem::Cargo).unwrap();
    let servers: Vec<&str> = listed.iter().map(|entry| entry.server.as_str()).collect();
    assert_eq!(servers, ["https://one.example/", "https://two.example/"]);
    assert_eq!(files.list(Ecosystem::Oci).unwrap(), []);
}

fn has_keyring() -> bool {
    let there = crate::KernelKeyring::check().is_ok();
    if !there {
        eprintln!("there is no keyring of the kernel's here, so that this is not tested");
    }
    there
}

impl Drop for Place {
    fn drop(&mut self) {
        let kind = crate::KeyringEntry::kind_in("unlocked", &self.state().join("encrypted"));
        let _ = crate::KeyringEntry::remove_kind(&kind);
    }
}

/// What was made ready is all that a confined process has.
#[test]
fn an_unlocked_store_asks_nobody_unless_its_key_is_another() {
    if !has_keyring() {
        return;
    }
    let place = Place::with("unlocked-for", "1h");
    let (files, person) = place.files(&["abc", "abc"]);
    assert_eq!(files.ready().len(), 2);
    let one = registry("https://one.example/");
    files.store(&one).save(None, &CANARY.into()).unwrap();
    assert_eq!(person.asked.lock().unwrap().len(), 3);

    let (files, person) = place.files(&[]);
    assert_eq!(files.ready().len(), 0);
    assert_eq!(files.condition().unwrap(), Condition::Unlocked);
    assert!(files.store(&one).load().unwrap().is_some());
    assert_eq!(person.asked.lock().unwrap().len(), 0);

    // Another key in the place of that one: what the kernel keeps is not its.
    let kept = fs::read(place.identity_file()).unwrap();
    fs::write(place.identity_file(), [kept.as_slice(), b"x"].concat()).unwrap();
    assert_eq!(place.files(&[]).0.condition().unwrap(), Condition::Locked);
}

/// The twin is above: with more time it is still unlocked.
#[test]
fn an_unlocked_store_is_locked_again_after_its_time() {
    if !has_keyring() {
        return;
    }
    let place = Place::with("unlocked-for", "1s");
    let (store, _) = place.store(&["abc", "abc"]);
    store.save(None, &CANARY.into()).unwrap();
    let start = std::time::Instant::now();
    while place.files(&[]).0.condition().unwrap() == Condition::Unlocked {
        assert!(start.elapsed().as_secs() < 30, "it stays unlocked");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(failure(place.store(&[]).0.load()).contains("locked"));
}
