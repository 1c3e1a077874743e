//! The provider's own state.

use lockgate_core::Operation;
use lockgate_tests::guests::{Machine, answer, attack, error};
use lockgate_tests::{Access, Server};

const ELSEWHERE: &str = "sparse+https://elsewhere.example/index/";

#[test]
fn what_is_kept_for_one_registry_is_not_there_for_another() {
    let machine = Machine::new();
    let kept = attack("hostile", &["save-state", "refresh", "token"]).on(&machine);
    kept.refused_with(answer("saved"))
        .works_when(|attack| attack.saying(&["load-state", "refresh"]), answer("token"));
    attack("hostile", &["load-state", "refresh"])
        .on(&machine)
        .about(ELSEWHERE)
        .refused_with(error("nothing is kept"))
        .works_when(|attack| attack.about(lockgate_tests::guests::INDEX), answer("token"));
}

#[test]
fn a_name_cannot_lead_elsewhere() {
    for name in ["../other", "a/b", ".hidden", "", "A"] {
        attack("hostile", &["save-state", name, "text"])
            .refused_with(error(
                "the name of a state is 1 to 64 of a-z, 0-9 and `._-`, the first a letter or a digit",
            ))
            .works_when(|attack| attack.saying(&["save-state", "other", "text"]), answer("saved"));
    }
}

#[test]
fn a_secret_is_not_laundered_by_keeping_it() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}", server.port());
    let grant = |more: &str| {
        format!("stores = [\"cargo-credentials\"]\nhttp = [{{ url = \"{url}\"{more} }}]")
    };
    attack("hostile", &["launder-state", &url])
        .on(&Machine::new().keeping("token"))
        .asking_for_port(server.port())
        .granted(&grant(""))
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: http");
            assert!(seen.refusals().concat().contains("came from `store:cargo-credentials`"));
            assert!(server.requests().is_empty());
        })
        .works_with(&grant(", receives = [\"store:cargo-credentials\"]"), answer("status 404"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn saving_over_and_over_ends_the_call() {
    attack("hostile", &["save-state-many", "33"])
        .refused_with(error(
            "the provider was stopped: it saved its state more than the 32 times that a call may",
        ))
        .works_when(|attack| attack.saying(&["save-state-many", "32"]), answer("saved 32 times"));
}

/// An answer would measure a secret that was put together.
#[test]
fn a_state_that_is_too_long_ends_the_call() {
    attack("hostile", &["save-state-long", "65537"])
        .refused_with(error(
            "the provider was stopped: it kept a secret longer than 65536 bytes in its state",
        ))
        .works_when(|attack| attack.saying(&["save-state-long", "65536"]), answer("saved"));
}

#[test]
fn every_kind_of_request_may_forget() {
    let machine = Machine::new();
    attack("hostile", &["remove-state", "refresh"])
        .on(&machine)
        .refused_with(answer("false"))
        .works_when(|attack| attack.saying(&["save-state", "refresh", "token"]), answer("saved"));
    attack("hostile", &["remove-state", "refresh"])
        .on(&machine)
        .during(Operation::Logout)
        .refused_with(answer("logged out"))
        .works_when(
            |attack| {
                let get = Operation::Get(lockgate_core::Purpose::Read);
                attack.saying(&["load-state", "refresh"]).during(get)
            },
            error("nothing is kept"),
        );
}
