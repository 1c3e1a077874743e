//! What is kept of answers is gone when it is worthless, and nothing else is.

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use lockgate_adapters::KeyringEntry;
use lockgate_tests::plugin::{login, request};
use lockgate_tests::sign_on::{self, TOKEN};
use lockgate_tests::{SignOn, programs};

use super::cache::ready;
use super::{Machine, machine_with};

impl Machine {
    /// Takes all that is kept away, and says how much that was.
    fn kept(&self) -> usize {
        let state = self.home.lockgate_home().join("state");
        KeyringEntry::remove_kind(&KeyringEntry::kind_in("cache", &state)).unwrap()
    }

    fn provider(&self, words: &[&str]) {
        let _ = self.home.lockgate([&["provider"], words].concat()).run().succeeds();
    }

    /// A login or a logout at the registry with this index; the provider itself keeps nothing.
    fn told(&self, kind: &str, index: &str) {
        let request = match kind {
            "login" => login(index, "typed", &["courier"]),
            _ => request(kind, index, &["courier"]),
        };
        let plugin = self.home.plugin().stdin(format!("{request}\n"));
        let _ = plugin.run().succeeds().shows("operation-not-supported");
    }
}

#[test]
fn a_login_a_logout_and_a_person_forget_what_is_kept() {
    let Some(machine) = ready() else { return };
    let _ = machine.token().run().succeeds();
    assert_eq!(machine.asked_by(&machine.token().args(["--refresh"])), 1);
    let index = machine.registry.index_url();
    for kind in ["logout", "login"] {
        assert_eq!(machine.asked_by(&machine.token()), 0, "the twin");
        machine.told(kind, &index);
        assert_eq!(machine.asked_by(&machine.token()), 1, "{kind}");
    }
}

#[test]
fn a_login_or_a_logout_of_another_registry_forgets_nothing_of_this_one() {
    let Some(machine) = ready() else { return };
    assert_eq!(machine.asked_by(&machine.token()), 1);
    let index = machine.registry.index_url();
    for kind in ["logout", "login"] {
        machine.told(kind, &format!("{index}other/"));
        assert_eq!(machine.asked_by(&machine.token()), 0, "{kind}");
    }
    machine.told("logout", &index);
    assert_eq!(machine.asked_by(&machine.token()), 1, "the twin");
}

/// The first to ask, within what a slow machine needs for it.
fn first(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        match listener.accept() {
            Ok((connection, _)) => return connection,
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    panic!("nobody asked");
}

/// What is kept by a command whose sign-on answers only after `meanwhile`.
fn kept_after(meanwhile: impl FnOnce(&Machine)) -> usize {
    let (sign_on, listener) = SignOn::silent();
    let machine = machine_with(sign_on).installed();
    std::thread::scope(|threads| {
        let under_way = threads.spawn(|| machine.token().run().succeeds().shows(TOKEN));
        let connection = first(&listener);
        meanwhile(&machine);
        let _ = sign_on::answer(connection);
        let _ = under_way.join().unwrap();
    });
    machine.kept()
}

#[test]
fn who_asks_while_another_logs_out_keeps_nothing() {
    if ready().is_none() {
        return;
    }
    let logout = |machine: &Machine| machine.told("logout", &machine.registry.index_url());
    assert_eq!(kept_after(logout), 0);
    assert_eq!(kept_after(|_| ()), 1, "the twin");
}

#[test]
fn a_change_of_what_is_granted_or_installed_takes_all_away() {
    let Some(machine) = ready() else { return };
    let kept = || assert_eq!(machine.asked_by(&machine.token()), 1);
    for words in [
        &["grant", "courier", "limits.lifetime=1h", "--yes"][..],
        &["revoke", "courier", "http=https://sso.corp.example", "--yes"],
        &["install", &machine.file, "--grant-all"],
        &["remove", "courier", "--yes"],
    ] {
        kept();
        machine.provider(words);
        assert_eq!(machine.kept(), 0, "{words:?}");
    }
    machine.provider(&["install", &machine.file, "--grant-all"]);
    kept();
    machine.provider(&["list"]);
    assert_eq!(machine.kept(), 1, "the twin");
}

/// The first of these calls is the one that begins to forget.
#[test]
fn what_cannot_be_forgotten_is_told_and_not_given_to_who_wants_it_anew() {
    let Some(machine) = ready() else { return };
    programs::require("strace");
    let trace = ["strace", "-f", "-o", "/dev/null", "-e", "trace=keyctl", "-e"];
    let under = |fault: &'static str| trace.into_iter().chain([fault]);
    let first_fails = "inject=keyctl:error=EIO:when=1";
    let refused = "inject=keyctl:error=EPERM";
    assert_eq!(machine.asked_by(&machine.token()), 1);
    let refresh = machine.token().args(["--refresh"]);
    assert_eq!(machine.asked_by(&refresh.under(under(first_fails))), 1);
    let told = "an answer that a provider gave before may be given until its time is over";
    let refresh = || machine.token().args(["--refresh"]);
    let output = refresh().under(under(first_fails)).run().succeeds();
    let _ = output.says(told).says("the kernel's keyring does not answer");
    let _ = refresh().under(under(refused)).run().succeeds().never_says(told);
    let _ = refresh().run().succeeds().never_says(told);
    assert_eq!(machine.asked_by(&machine.token()), 0, "the twin: it was kept");
    let change = ["provider", "grant", "courier", "limits.lifetime=1h", "--yes"];
    let output = machine.home.lockgate(change).under(under(first_fails)).run().succeeds();
    let _ = output.says("what providers answered before is still in the kernel's keyring");
}
