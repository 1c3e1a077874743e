//! `lockgate:encrypted-file`: for machines without any keyring, whose owner wants no plain file.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lockgate_adapters::KeyringEntry;
use lockgate_tests::home::{mode, set_mode};
use lockgate_tests::terminal::end;
use lockgate_tests::{Access, Home, Output, Run, Server, Terminal, keyring, programs};

pub(crate) const PROVIDER: &str = "lockgate:encrypted-file";
pub(crate) const TOKEN: &str = "canary-of-the-encrypted-file-41c7";
/// Its base64, as it lies in a plain file of Lockgate's.
const ENCODED: &str = "Y2FuYXJ5LW9mLXRoZS1lbmNyeXB0ZWQtZmlsZS00MWM3";
pub(crate) const PASSPHRASE: &str = "correct horse";
pub(crate) const READING: [&str; 5] = ["cargo", "token", "--registry", "corp", "--reveal"];
pub(crate) const LOGIN: [&str; 4] = ["cargo", "login", "--registry", "corp"];

/// Longest time until a question is there: a passphrase is slow to try, by intent.
const PATIENCE: Duration = Duration::from_secs(60);

/// A home whose encrypted store goes with it.
pub(crate) struct Place {
    pub(crate) home: Home,
    _server: Server,
}

impl Place {
    pub(crate) fn new(settings: &str) -> Self {
        Self::with(PROVIDER, settings)
    }

    fn with(provider: &str, settings: &str) -> Self {
        let server = Server::start(Access::Private);
        server.accept(&[TOKEN]);
        let home = Home::new();
        home.configure(&server, &["cargo-credential-lockgate", provider]);
        let place = Self { home, _server: server };
        place.set(settings);
        place
    }

    fn set(&self, settings: &str) {
        let table = format!("[provider.\"{PROVIDER}\".settings]\n{settings}\n");
        self.home.write_lockgate_config(&table);
    }

    fn with_key_file(&self) -> PathBuf {
        programs::require("age-keygen");
        let key = self.home.root().join("key.txt");
        let made = Run::new("/usr/bin/age-keygen", self.home.root()).args(["-o"]).args([&key]);
        let _ = made.run().succeeds();
        set_mode(&key, 0o600);
        self.set(&format!("key-file = \"{}\"", key.display()));
        key
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.home.lockgate_home().join("state/encrypted")
    }

    fn entry(&self) -> PathBuf {
        let entries = self.folder().read_dir().unwrap().map(|entry| entry.unwrap().path());
        let mut entries = entries.filter(|path| path.to_str().unwrap().ends_with(".json.age"));
        entries.next().unwrap()
    }

    /// Without a terminal of any kind.
    fn alone(&self, words: &[&str], input: &str) -> Output {
        let run = self.home.lockgate(words).under(["setsid", "--wait"]);
        run.stdin(input.as_bytes().to_vec()).run()
    }

    /// At a terminal whose person gives these answers to these questions, until this is shown; what was
    /// on the screen.
    fn attended(&self, run: Run, answers: &[(&str, &str)], shown: &str) -> (bool, String) {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(run);
        let mut read = 0;
        for (question, answer) in answers {
            read = place_behind(&terminal, read, question);
            terminal.type_keys(&format!("{answer}\n"));
        }
        place_behind(&terminal, read, shown);
        let ended = end(&mut child);
        (ended.success(), terminal.screen())
    }

    fn login(&self) -> (bool, String) {
        self.attended(
            self.home.lockgate(LOGIN),
            &[
                ("paste the", TOKEN),
                ("a new passphrase for the encrypted store: ", PASSPHRASE),
                ("the same passphrase again: ", PASSPHRASE),
            ],
            "",
        )
    }

    fn state_has(&self, text: &str) -> bool {
        let state = self.home.lockgate_home().join("state");
        let has = |(path, bytes): &(PathBuf, Vec<u8>)| {
            path.starts_with(&state) && String::from_utf8_lossy(bytes).contains(text)
        };
        self.home.files().iter().any(has)
    }
}

/// Waits for a question behind what was read of the screen; where it ends.
fn place_behind(terminal: &Terminal, read: usize, question: &str) -> usize {
    let start = Instant::now();
    loop {
        let screen = terminal.screen();
        if let Some(at) = screen.get(read..).and_then(|rest| rest.find(question)) {
            return read + at + question.len();
        }
        assert!(start.elapsed() < PATIENCE, "no `{question}` on the screen: {screen}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let kind = KeyringEntry::kind_in("unlocked", &self.folder());
        let _ = KeyringEntry::remove_kind(&kind);
    }
}

#[test]
fn a_passphrase_is_asked_for_once_and_what_is_kept_is_nowhere_in_the_clear() {
    let place = Place::new("");
    let (succeeded, screen) = place.login();
    assert!(succeeded, "{screen}");
    assert!(!screen.contains(PASSPHRASE), "{screen}");
    assert_eq!((mode(&place.folder()), mode(&place.entry())), (0o700, 0o600));
    for text in [TOKEN, ENCODED, PASSPHRASE, "AGE-SECRET-KEY"] {
        assert!(!place.state_has(text), "{text}");
    }
    if keyring::is_there() {
        let _ = place.alone(&READING, "").succeeds().prints(&format!("{TOKEN}\n"));
        let _ = place.alone(&["lock"], "").succeeds().says("Locked the encrypted store");
        let locked = place.alone(&READING, "").exits_with(101).nowhere_has(TOKEN);
        let _ = locked.says("the encrypted store is locked");
        let _ = place.alone(&["lock"], "").succeeds().says("Unchanged");
        let question = [("passphrase of the encrypted store: ", PASSPHRASE)];
        assert!(place.attended(place.home.lockgate(READING), &question, TOKEN).0);
        let _ = place.alone(&READING, "").succeeds().prints(&format!("{TOKEN}\n"));
        let _ = place.alone(&["cargo", "logout", "--registry", "corp"], "").succeeds();
        let _ = place.alone(&READING, "").exits_with(101).says("no token found for `corp`");
    }
    let twin = Place::with("lockgate:file", "");
    let _ = twin.alone(&LOGIN, &format!("{TOKEN}\n")).succeeds();
    assert!(twin.state_has(ENCODED), "the twin");
}

#[test]
fn a_locked_store_is_an_error_without_a_terminal_and_opens_at_one() {
    let place = Place::new("unlocked-for = \"0s\"");
    // Nothing is made where nobody can be asked.
    let refused = place.alone(&LOGIN, &format!("{TOKEN}\n")).exits_with(101);
    let _ = refused.says("the encrypted store is locked").says("in a terminal");
    assert!(!place.folder().join("identity.age").exists());
    assert!(place.login().0);
    let refused = place.alone(&READING, "").exits_with(101).says("the encrypted store is locked");
    let _ = refused.never_says("no token found").nowhere_has(TOKEN);
    let question = "passphrase of the encrypted store: ";
    let answers = [(question, "wrong"), (question, PASSPHRASE)];
    let (succeeded, screen) = place.attended(place.home.lockgate(READING), &answers, TOKEN);
    assert!(succeeded && screen.contains(TOKEN), "{screen}");
    assert!(screen.contains("that is not it"), "{screen}");
    // What is kept without its key is none that is not made yet.
    fs::remove_file(place.folder().join("identity.age")).unwrap();
    let doctor = place.alone(&["doctor"], "").shows("is missing; put it back");
    let _ = doctor.nowhere_has("not made yet");
}

#[test]
fn a_store_that_its_key_file_opens_is_not_said_to_be_locked() {
    let place = Place::new("");
    let none = place.alone(&["lock"], "").succeeds().says("Unchanged").says("is not made yet");
    let _ = none.never_says("is locked");
    let key = place.with_key_file();
    let _ = place.alone(&LOGIN, &format!("{TOKEN}\n")).succeeds();
    let open = place.alone(&["lock"], "").exits_with(1).says("is not locked").says("key-file");
    let _ = open.says(key.to_str().unwrap()).says("take that file away");
    let _ = place.alone(&READING, "").succeeds().prints(&format!("{TOKEN}\n"));
    // Without the file it is not open, and that is no store that a passphrase opens either.
    fs::remove_file(&key).unwrap();
    let _ = place.alone(&["lock"], "").exits_with(1).says("is not open").says("key.txt");
    let _ = place.alone(&READING, "").exits_with(101).nowhere_has(TOKEN);
}

/// Where a container hides the kernel's keyring, or a filter of system calls refuses it.
#[test]
fn a_kernel_that_keeps_no_keys_leaves_nothing_unlocked() {
    programs::require("strace");
    let place = Place::new("");
    assert!(place.login().0);
    let lock_where = |error: &str| {
        let fault = format!("inject=keyctl,add_key,request_key:error={error}");
        let strace = ["strace", "-f", "-o", "/dev/null", "-e", &fault];
        place.home.lockgate(["lock"]).under(strace).run()
    };
    for error in ["ENOSYS", "EPERM"] {
        let told = lock_where(error).succeeds().says("Unchanged").says("is locked");
        let _ = told.says("the kernel keeps no keys here").never_says("may still");
    }
    // The twin: of another failure nobody knows what is kept.
    let _ = lock_where("EIO").exits_with(1).says("may still be unlocked");
}

#[test]
fn age_itself_reads_what_is_kept_and_what_age_wrote_is_served() {
    let place = Place::new("");
    let key = place.with_key_file();
    let _ = place.alone(&LOGIN, &format!("{TOKEN}\n")).succeeds();
    let entry = place.entry();
    let age = |words: &[&str], files: &[&Path]| {
        let run = Run::new("/usr/bin/age", place.home.root()).args(words).args(files);
        run.run().succeeds()
    };
    let plain = place.home.root().join("plain.json");
    let _ = age(&["-d", "-o"], &[&plain, "-i".as_ref(), &key, &entry]);
    let content = fs::read_to_string(&plain).unwrap();
    assert!(content.contains(ENCODED), "{content}");
    let other = "YW5vdGhlci10b2tlbg==";
    fs::write(&plain, content.replace(ENCODED, other)).unwrap();
    fs::remove_file(&entry).unwrap();
    let _ = age(&["-e", "-o"], &[&entry, "-i".as_ref(), &key, &plain]);
    set_mode(&entry, 0o600);
    let _ = place.alone(&READING, "").succeeds().prints("another-token\n");
}

#[test]
fn age_itself_opens_the_store_with_its_passphrase() {
    programs::require("age");
    let place = Place::new("");
    assert!(place.login().0);
    let (key, entry) = (place.folder().join("identity.age"), place.entry());
    let run = Run::new("/usr/bin/age", place.home.root()).args(["-d", "-i"]).args([&key, &entry]);
    let (succeeded, screen) = place.attended(run, &[("nter passphrase", PASSPHRASE)], ENCODED);
    assert!(succeeded && screen.contains(ENCODED), "{screen}");
}

/// The file of another registry under this one's name.
#[test]
fn a_swapped_file_is_no_token_for_this_registry() {
    let place = Place::new("");
    let key = place.with_key_file();
    let _ = place.alone(&LOGIN, &format!("{TOKEN}\n")).succeeds();
    let entry = place.entry();
    // The twin: as it is, it is found.
    let _ = place.alone(&READING, "").succeeds().shows(TOKEN);
    let other = Place::new(&format!("key-file = \"{}\"", key.display()));
    let _ = other.alone(&LOGIN, "another\n").succeeds();
    fs::copy(other.entry(), &entry).unwrap();
    let _ = place.alone(&READING, "").exits_with(101).says("kept for another registry");
}
