//! A session bus of a test's own, and the real GNOME Keyring or KeePassXC on it.

mod keepassxc;

use std::fs;
use std::io::Write;
use std::os::unix::fs::chown;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::home::set_mode;
use crate::{Output, Run, programs};

/// Longest time that the bus or the keyring may take to be there.
const PATIENCE: Duration = Duration::from_secs(15);

/// Nothing is started by itself: what is missing stays missing.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@SOCKET@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The user and group `nobody`.
const NOBODY: u32 = 65534;

const SECRETS: &str = "org.freedesktop.secrets";
const KEYRING: &str = "/org/freedesktop/secrets/collection/login";

/// A bus, and a keyring if there is one. Both end with this.
pub struct Desktop {
    folder: TempDir,
    bus: Child,
    keyring: Option<Child>,
}

impl Desktop {
    /// A session bus on which nobody keeps secrets.
    ///
    /// # Panics
    /// If it does not start.
    pub fn without_keyring() -> Self {
        Self::start(None)
    }

    /// A session bus of the user `nobody`, whom only root can be.
    ///
    /// # Panics
    /// If it does not start.
    pub fn of_nobody() -> Self {
        programs::require("setpriv");
        Self::start(Some(NOBODY))
    }

    fn start(user: Option<u32>) -> Self {
        ["dbus-daemon", "dbus-send"].into_iter().for_each(programs::require);
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), if user.is_some() { 0o755 } else { 0o700 });
        for name in ["home", "run"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            set_mode(&folder.path().join(name), 0o700);
        }
        if user.is_some() {
            chown(folder.path().join("run"), user, user).unwrap();
        }
        let socket = folder.path().join("run/bus");
        let configuration = folder.path().join("bus.conf");
        let text = CONFIGURATION.replace("@SOCKET@", &socket.display().to_string());
        fs::write(&configuration, text).unwrap();
        let configuration = format!("--config-file={}", configuration.display());
        let mut run = Run::new("dbus-daemon", folder.path()).env("PATH", "/usr/bin:/bin");
        run = run.args([configuration.as_str(), "--nofork", "--nopidfile"]);
        if let Some(user) = user.map(|user| user.to_string()) {
            run = run.under(["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"]);
        }
        let mut command = run.command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let bus = command.spawn().unwrap();
        let desktop = Self { folder, bus, keyring: None };
        wait_for("the bus", || socket.exists());
        desktop
    }

    /// A session with an unlocked keyring.
    ///
    /// # Panics
    /// If it does not start.
    pub fn new() -> Self {
        let mut desktop = Self::without_keyring();
        desktop.start_keyring();
        desktop
    }

    /// Starts the keyring, unlocked.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_keyring(&mut self) {
        self.start_service(&["--unlock"]);
    }

    /// A session whose service answers and has no keyring: nobody was asked for a password yet.
    ///
    /// # Panics
    /// If it does not start.
    pub fn without_default() -> Self {
        let mut desktop = Self::without_keyring();
        desktop.start_service(&[]);
        desktop
    }

    fn start_service(&mut self, words: &[&str]) {
        programs::require("gnome-keyring-daemon");
        let control = format!("--control-directory={}", self.folder.path().join("run").display());
        let run = Run::new("gnome-keyring-daemon", self.folder.path());
        let run = run.args(["--foreground", "--components=secrets", &control]).args(words);
        let mut command = self.within(run).command();
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut keyring = command.spawn().unwrap();
        // The password of a new keyring, and of one that was made with it.
        keyring.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.keyring = Some(keyring);
        wait_for("the keyring", || self.asks_bus("NameHasOwner", SECRETS).contains("true"));
    }

    /// Ends the keyring at once.
    pub fn stop_keyring(&mut self) {
        if let Some(mut keyring) = self.keyring.take() {
            let _ = keyring.kill();
            let _ = keyring.wait();
        }
    }

    /// Sends the keyring a signal.
    ///
    /// # Panics
    /// If there is none.
    pub fn signal_keyring(&self, signal: &str) {
        let number = self.keyring.as_ref().unwrap().id().to_string();
        let status = Command::new("kill").args([&format!("-{signal}"), &number]).status().unwrap();
        assert!(status.success());
    }

    /// The address of the bus.
    pub fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    /// The socket of the bus.
    pub fn socket(&self) -> PathBuf {
        self.runtime_folder().join("bus")
    }

    /// `$XDG_RUNTIME_DIR`.
    pub fn runtime_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// The run within this session.
    #[must_use]
    pub fn within(&self, run: Run) -> Run {
        let home = self.folder.path().join("home");
        // The home that a run has is the one that it keeps.
        let run = if run.has_env("HOME") { run } else { run.env("HOME", &home) };
        run.env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .env("XDG_RUNTIME_DIR", self.runtime_folder())
            .env("XDG_DATA_HOME", home.join(".local/share"))
    }

    /// Locks the keyring. Nobody is there to unlock it.
    ///
    /// # Panics
    /// If it does not let itself be locked.
    pub fn lock(&self) {
        let locked = self.send(&[
            "--print-reply",
            &format!("--dest={SECRETS}"),
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &format!("array:objpath:{KEYRING}"),
        ]);
        assert!(locked.contains(KEYRING), "{locked}");
    }

    /// Keeps an entry by `secret-tool`, which is libsecret's own.
    pub fn keep(&self, label: &str, attributes: &[&str], secret: &[u8]) {
        let run = self.secret_tool(&["store", "--label", label], attributes);
        let _ = run.stdin(secret).run().succeeds();
    }

    /// What `secret-tool` finds; nothing if there is none.
    pub fn look_up(&self, attributes: &[&str]) -> Option<String> {
        let found = self.secret_tool(&["lookup"], attributes).run();
        found.status.success().then_some(found.stdout)
    }

    /// All that `secret-tool` shows of the entries.
    pub fn search(&self, attributes: &[&str]) -> Output {
        self.secret_tool(&["search", "--all"], attributes).run()
    }

    fn secret_tool(&self, words: &[&str], attributes: &[&str]) -> Run {
        programs::require("secret-tool");
        let run = Run::new("secret-tool", self.folder.path());
        self.within(run).args(words).args(attributes)
    }

    fn asks_bus(&self, method: &str, text: &str) -> String {
        let method = format!("org.freedesktop.DBus.{method}");
        let words = ["--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"];
        self.send(&[words.as_slice(), &[&method, &format!("string:{text}")]].concat())
    }

    fn send(&self, words: &[&str]) -> String {
        let run = Run::new("dbus-send", self.folder.path());
        let bus = format!("--bus={}", self.address());
        self.within(run).args([bus.as_str()]).args(words).run().stdout
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        self.stop_keyring();
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

impl Default for Desktop {
    fn default() -> Self {
        Self::new()
    }
}

fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_there() {
        assert!(Instant::now() < deadline, "{what} does not start");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The attributes of cargo's entry of a registry.
pub fn entry_of(url: &str) -> [&str; 4] {
    ["xdg:schema", "org.rust-lang.cargo.registry", "url", url]
}
