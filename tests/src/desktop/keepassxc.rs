//! The real KeePassXC instead of the keyring, without a screen.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use super::{Desktop, SECRETS, wait_for};
use crate::{Run, programs};

const DATABASE: &str = "passwords.kdbx";
/// Named after the database.
const COLLECTION: &str = "/org/freedesktop/secrets/collection/passwords";
const WINDOW: &str = "org.keepassxc.KeePassXC.MainWindow";
const PASSWORD: &str = "of-the-database";

/// It keeps secrets, and asks about none.
const SETTINGS: &str = "[General]
SingleInstance=false
[FdoSecrets]
Enabled=true
ConfirmDeleteItem=false
ConfirmAccessItem=false
UnlockBeforeSearch=false
";

/// A database whose only group is the one that others may see.
const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<KeePassFile>
<Meta><CustomData><Item>
<Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{00112233-4455-6677-8899-aabbccddeeff}</Value>
</Item></CustomData></Meta>
<Root><Group><UUID>ABEiM0RVZneImaq7zN3u/w==</UUID><Name>Root</Name></Group></Root>
</KeePassFile>
"#;

impl Desktop {
    /// A session in which KeePassXC keeps the secrets, in an unlocked database.
    ///
    /// # Panics
    /// If it does not start.
    pub fn with_keepassxc() -> Self {
        ["keepassxc", "keepassxc-cli"].into_iter().for_each(programs::require);
        let mut desktop = Self::without_keyring();
        let home = desktop.folder.path().join("home");
        fs::write(home.join("settings.ini"), SETTINGS).unwrap();
        fs::write(home.join("content.xml"), CONTENT).unwrap();
        let import = ["import", "-t", "100", "-p", "content.xml", DATABASE];
        let typed = format!("{PASSWORD}\n{PASSWORD}\n");
        let _ = desktop.keepassxc("keepassxc-cli", &import).stdin(typed).run().succeeds();
        desktop.start_keepassxc();
        desktop
    }

    /// It ends by a fault of its own if it is searched while it opens the database, as by any client:
    /// it is there once that is unlocked.
    fn start_keepassxc(&mut self) {
        let settings = ["--config", "settings.ini", "--localconfig", "local.ini"];
        let words = [settings.as_slice(), &["--pw-stdin", DATABASE]].concat();
        let mut command = self.keepassxc("keepassxc", &words).command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut program = command.spawn().unwrap();
        program.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        self.keyring = Some(program);
        wait_for("KeePassXC", || self.database_is_locked() == Some(false));
    }

    /// Locks the database of KeePassXC. Nobody is there to unlock it.
    ///
    /// # Panics
    /// If it does not let itself be locked.
    pub fn lock_keepassxc(&self) {
        let (to, method) = (format!("--dest={WINDOW}"), format!("{WINDOW}.lockAllDatabases"));
        let _ = self.send(&["--print-reply", &to, "/keepassxc", &method]);
        wait_for("the lock", || self.database_is_locked() == Some(true));
    }

    fn database_is_locked(&self) -> Option<bool> {
        let told = self.send(&[
            "--print-reply",
            &format!("--dest={SECRETS}"),
            COLLECTION,
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ]);
        told.split_whitespace().last().and_then(|value| value.parse().ok())
    }

    fn keepassxc(&self, program: &str, words: &[&str]) -> Run {
        let home = self.folder.path().join("home");
        let run = self.within(Run::new(program, home)).args(words);
        run.env("QT_QPA_PLATFORM", "offscreen").env("TMPDIR", self.runtime_folder())
    }
}
