//! Into the encrypted store and out of it, where nothing is kept unlocked.

use lockgate_tests::terminal::answer_all;

use crate::{Machine, PASSWORD, SERVER, TOKEN};

const PASSPHRASE: &str = "correct horse";
const NEW: &str = "a new passphrase for the encrypted store: ";
const AGAIN: &str = "the same passphrase again: ";
const QUESTION: &str = "passphrase of the encrypted store: ";
const ANSWERS: [(&str, &str); 3] = [(NEW, PASSPHRASE), (AGAIN, PASSPHRASE), (QUESTION, PASSPHRASE)];

impl Machine {
    fn moves(&self, from: &str, to: &str) -> String {
        let run = self.migrate(from, to).args(["--yes"]);
        let (succeeded, screen) = answer_all(run, &ANSWERS);
        assert!(succeeded && screen.contains("Moved"), "{screen}");
        assert!(!screen.contains(PASSPHRASE) && !screen.contains(TOKEN), "{screen}");
        screen
    }
}

/// Each entry is moved by several processes.
#[test]
fn the_passphrase_is_asked_for_once_however_many_entries_are_moved() {
    let machine = Machine::with_keyring();
    machine.keep_password("b.example", "bob", "other");
    let settings = "[provider.\"lockgate:encrypted-file\".settings]\nunlocked-for = \"0s\"\n";
    machine.home.write_lockgate_config(settings);
    let screen = machine.moves("os", "encrypted-file");
    let count = |screen: &str, text: &str| screen.matches(text).count();
    assert_eq!([NEW, AGAIN, QUESTION].map(|text| count(&screen, text)), [1, 1, 0], "{screen}");
    assert_eq!((machine.token_in_keyring(), machine.password_in_keyring()), (None, None));
    // Another command asks again, once.
    for word in [TOKEN, PASSWORD, SERVER] {
        assert!(!machine.home.files().iter().any(|(path, bytes)| {
            path.to_str().unwrap().contains("encrypted")
                && String::from_utf8_lossy(bytes).contains(word)
        }));
    }
    let screen = machine.moves("encrypted-file", "os");
    assert_eq!([NEW, AGAIN, QUESTION].map(|text| count(&screen, text)), [0, 0, 1], "{screen}");
    assert_eq!(machine.token_in_keyring().as_deref(), Some(TOKEN));
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
}

#[test]
fn where_nobody_can_be_asked_nothing_is_moved_and_that_is_told_once() {
    let machine = Machine::with_keyring();
    let run = machine.migrate("os", "encrypted-file").under(["setsid", "--wait"]);
    let told = run.run().exits_with(1).says("nothing can be moved to `encrypted-file`");
    assert_eq!(told.stderr.matches("in a terminal").count(), 1, "{told}");
    assert_eq!(machine.token_in_keyring().as_deref(), Some(TOKEN));
    assert_eq!(machine.password_in_keyring().as_deref(), Some(PASSWORD));
    // An empty store is nobody's to be asked about.
    let run = machine.migrate("encrypted-file", "os").under(["setsid", "--wait"]).run();
    let _ = run.succeeds().says("there is no entry in `encrypted-file`");
}
