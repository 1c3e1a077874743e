//! docker's own helpers: what one side keeps, the other finds.

use std::fs;

use lockgate_tests::{Desktop, Output, Run, programs};

use crate::{BRIDGE, Machine, NOT_FOUND, answer, message};

const PASS: &str = "/usr/bin/docker-credential-pass";
const SECRET_SERVICE: &str = "/usr/bin/docker-credential-secretservice";
const SERVER: &str = "registry.example:5000";

/// A machine with a real helper, which serves every server.
struct Real<'a> {
    machine: Machine,
    helper: &'static str,
    within: Box<dyn Fn(Run) -> Run + 'a>,
}

impl<'a> Real<'a> {
    fn new(suffix: &str, helper: &'static str, within: impl Fn(Run) -> Run + 'a) -> Self {
        programs::require(helper.rsplit('/').next().unwrap());
        let machine = Machine::new();
        machine.grant(helper);
        machine.configure(&[suffix]);
        Self { machine, helper, within: Box::new(within) }
    }

    fn ours(&self, action: &str, input: &str) -> Output {
        (self.within)(self.machine.front_door(action).stdin(input)).run()
    }

    fn native(&self, action: &str, input: &str) -> Output {
        (self.within)(self.machine.home.run(self.helper).args([action]).stdin(input)).run()
    }

    fn is_shared_both_ways(&self) {
        let secret = "with \"quotes\" \\ <&> ünï";
        let _ = self.ours("get", SERVER).exits_with(1).prints(NOT_FOUND);
        let _ = self.ours("erase", SERVER).succeeds().prints("");
        for (keeps, finds) in [(true, false), (false, true), (true, true)] {
            let act = |ours: bool, action: &str, input: &str| match ours {
                true => self.ours(action, input),
                false => self.native(action, input),
            };
            for user in ["alice", "<token>"] {
                let _ = act(keeps, "store", &message(SERVER, user, secret)).succeeds().prints("");
                let found = act(finds, "get", SERVER).succeeds().json();
                assert_eq!((&found["Username"], &found["Secret"]), (&user.into(), &secret.into()));
                assert_eq!(found["ServerURL"], SERVER);
                let _ = act(finds, "erase", SERVER).succeeds();
                let gone = act(keeps, "get", SERVER);
                // The helper for pass says so by empty texts.
                let is_gone = gone.stdout == NOT_FOUND || gone.stdout == answer(SERVER, "", "");
                assert!(is_gone, "{gone}");
            }
        }
        let _ = self.ours("erase", SERVER).succeeds().prints("");
    }

    /// The bound that is told before the helper is started is the helper's own.
    fn reads_lines_as_long_as_we_say(&self) {
        let longest = 65_535 - message(SERVER, "u", "").len();
        let _ = self.ours("store", &message(SERVER, "u", &"a".repeat(longest))).succeeds();
        let native = |length| message(SERVER, "u", &"b".repeat(length)) + "\n";
        let _ = self.native("store", &native(longest)).succeeds();
        let refused = self.native("store", &native(longest + 1)).exits_with(1);
        let _ = refused.shows("token too long");
        let refused = self.ours("store", &message(SERVER, "u", &"a".repeat(longest + 1)));
        assert!(refused.exits_with(1).stdout.contains("65,535"));
        let _ = self.ours("erase", SERVER).succeeds();
    }
}

/// A key without a passphrase, and the agent that has it.
struct Keys<'a>(&'a Machine);

impl<'a> Keys<'a> {
    fn new(machine: &'a Machine) -> Self {
        ["gpg", "gpgconf", "pass"].into_iter().for_each(programs::require);
        let folder = machine.home.user().join(".gnupg");
        fs::create_dir(&folder).unwrap();
        lockgate_tests::home::set_mode(&folder, 0o700);
        let keys = Self(machine);
        let make =
            ["--batch", "--passphrase", "", "--quick-generate-key", "tester", "future-default"];
        let _ =
            machine.home.run("/usr/bin/gpg").args(make).args(["default", "never"]).run().succeeds();
        let _ = machine.home.run("/usr/bin/pass").args(["init", "tester"]).run().succeeds();
        keys
    }
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        let _ = self.0.home.run("/usr/bin/gpgconf").args(["--kill", "all"]).run();
    }
}

#[test]
fn pass_keeps_and_finds_for_both() {
    let real = Real::new("pass", PASS, |run| run);
    let _keys = Keys::new(&real.machine);
    real.is_shared_both_ways();
    real.reads_lines_as_long_as_we_say();
}

/// It has a file for each user and answers the first by name.
#[test]
fn a_login_to_pass_as_another_user_is_the_one_that_counts() {
    let real = Real::new("pass", PASS, |run| run);
    let _keys = Keys::new(&real.machine);
    let user = |output: Output| output.succeeds().json()["Username"].clone();
    for name in ["alice", "bob"] {
        let _ = real.native("store", &message(SERVER, name, "s")).succeeds();
    }
    assert_eq!(user(real.native("get", SERVER)), "alice", "the helper by itself");
    for name in ["bob", "alice", "bob"] {
        let _ = real.ours("store", &message(SERVER, name, name)).succeeds();
        assert_eq!(user(real.ours("get", SERVER)), *name);
        assert_eq!(user(real.native("get", SERVER)), *name);
    }
}

/// It keeps an entry for each user, lists one of them, and answers perhaps another.
#[test]
fn a_login_to_the_keyring_as_another_user_leaves_no_entry_of_others() {
    let desktop = Desktop::new();
    let real = Real::new("secretservice", SECRET_SERVICE, |run| desktop.within(run));
    let user = |output: Output| output.succeeds().json()["Username"].clone();
    let has = |user: &str| {
        desktop.look_up(&["server", SERVER, "docker_cli", "1", "username", user]).is_some()
    };
    for name in ["alice", "bob", "carol"] {
        let _ = real.native("store", &message(SERVER, name, "old")).succeeds();
    }
    // The twin: the helper by itself.
    assert!(has("alice") && has("bob") && has("carol"));
    for (name, others) in
        [("bob", ["alice", "carol"]), ("alice", ["bob", "carol"]), ("bob", ["alice", "carol"])]
    {
        let _ = real.ours("store", &message(SERVER, name, name)).succeeds();
        assert!(has(name) && !others.into_iter().any(has), "after {name}");
        assert_eq!(user(real.ours("get", SERVER)), *name);
        assert_eq!(user(real.native("get", SERVER)), *name);
    }
}

/// The name of a file would lead out of the server's folder.
#[test]
fn pass_is_told_of_no_user_that_is_a_path() {
    let real = Real::new("pass", PASS, |run| run);
    let _keys = Keys::new(&real.machine);
    let refused = real.ours("store", &message(SERVER, "../../planted", "s")).exits_with(1);
    assert!(refused.stdout.contains("can have no `/`"), "{refused}");
    let planted = real.machine.home.user().join(".password-store/docker-credential-helpers");
    assert!(!planted.exists() && !planted.with_file_name("planted.gpg").exists());
    // The twin: the helper by itself.
    let _ = real.native("store", &message(SERVER, "../../planted", "s")).succeeds();
    assert!(planted.with_file_name("planted.gpg").exists());
}

#[test]
fn an_uninitialised_pass_says_so() {
    let real = Real::new("pass", PASS, |run| run);
    let refused = real.ours("store", &message(SERVER, "alice", "s3cret-1")).exits_with(1);
    let refused = refused.nowhere_has("s3cret-1");
    assert!(refused.stdout.contains("pass not initialized"), "{refused}");
}

#[test]
fn the_desktops_keyring_keeps_and_finds_for_both() {
    let desktop = Desktop::new();
    let real = Real::new("secretservice", SECRET_SERVICE, |run| desktop.within(run));
    real.is_shared_both_ways();
    real.reads_lines_as_long_as_we_say();
}

/// Without the variable that its grant names the helper finds no bus.
#[test]
fn a_keyring_that_cannot_be_reached_is_told_in_the_helpers_words() {
    let desktop = Desktop::new();
    let real = Real::new("secretservice", SECRET_SERVICE, |run| desktop.within(run));
    let process = format!("process={SECRET_SERVICE}");
    let revoke = ["provider", "revoke", BRIDGE, &process, "--yes"];
    let _ = real.machine.home.lockgate(revoke).run().succeeds();
    let bare = format!("process={{ program = \"{SECRET_SERVICE}\", receives = [\"login\"] }}");
    let _ =
        real.machine.home.lockgate(["provider", "grant", BRIDGE, &bare, "--yes"]).run().succeeds();
    let refused = real.ours("get", SERVER).exits_with(1);
    assert!(refused.stdout.contains("D-Bus"), "{refused}");
}
