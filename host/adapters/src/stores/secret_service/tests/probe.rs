//! Whether anybody keeps secrets.

use std::time::{Duration, Instant};

use super::super::{SecretService, SecretServiceError as Error};
use super::fake::{Fake, Fault, Script};

const DEADLINE: Duration = Duration::from_millis(300);

fn answers(script: Script) -> Result<bool, Error> {
    let (_folder, address) = Fake::listen(script);
    SecretService::answers(Some(&address), None, DEADLINE)
}

#[test]
fn a_service_that_has_the_name_or_would_be_started_is_there() {
    for (owned, startable) in [(true, true), (true, false), (false, true)] {
        let script = Script { on_bus: (owned, startable), ..Script::default() };
        assert!(answers(script).unwrap(), "{owned} {startable}");
    }
    assert!(!answers(Script::default()).unwrap());
}

/// A keyring that is locked is one, and its service is not asked.
#[test]
fn a_locked_service_is_there_and_is_not_woken() {
    let fault = Some(("OpenSession", Fault::HangUp));
    let script = Script { locked: true, fault, on_bus: (true, false), ..Script::default() };
    assert!(answers(script).unwrap());
}

/// Locked or not, a keyring is one that an entry can go to; where there is none it cannot.
#[test]
fn a_service_without_a_default_keyring_takes_nothing_new() {
    let has_default = |script| {
        let (_folder, address) = Fake::listen(script);
        SecretService::has_default(Some(&address), None)
    };
    for locked in [false, true] {
        assert!(has_default(Script { locked, ..Script::default() }).unwrap());
    }
    assert!(!has_default(Script { no_default: true, ..Script::default() }).unwrap());
    let silent = Script { fault: Some(("ReadAlias", Fault::HangUp)), ..Script::default() };
    assert!(has_default(silent).is_err(), "it is not known");
}

/// Regression: a login on a machine whose address is `disabled:` had an error in the place of a store.
#[test]
fn no_bus_that_can_be_connected_to_is_no_service() {
    let answers = |address| SecretService::answers(address, None, DEADLINE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let left = format!("unix:path={}", path.display());
    let other = ["", "disabled:", "/dev/null", "unixexec:path=/bin/true", "unix:path=/nowhere/bus"];
    assert!(!answers(None));
    for address in other.into_iter().chain([left.as_str()]) {
        assert!(!answers(Some(address)), "{address}");
    }
    assert!(!SecretService::answers(None, Some(folder.path()), DEADLINE).unwrap());
}

#[test]
fn a_bus_that_says_nothing_is_given_up_after_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bus");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let start = Instant::now();
    let address = format!("unix:path={}", path.display());
    let late = SecretService::answers(Some(&address), None, DEADLINE).unwrap_err();
    assert!(matches!(late, Error::Late(_)), "{late}");
    assert!(start.elapsed() < DEADLINE * 20);
}
