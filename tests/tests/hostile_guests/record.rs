//! What a witness is told, and what happens when it cannot be told.

use lockgate_core::{LoginInput, Operation};
use lockgate_tests::guests::{Machine, answer, attack, error};
use lockgate_tests::{Access, Server};

const STORE: &str = "stores = [\"cargo-credentials\"]";
const NO_RECORD: &str = "the host could not do it, and tells the user why";

#[test]
fn a_use_and_a_refusal_are_recorded() {
    let machine = Machine::new().keeping("token");
    attack("hostile", &["load-store", "cargo-credentials"])
        .on(&machine)
        .refused_with(error("denied: stores"))
        .works_with(STORE, answer("token"));
    assert_eq!(
        machine.recorded(),
        ["stores cargo-credentials: it is not granted", "stores cargo-credentials"]
    );
}

#[test]
fn a_save_is_recorded_once() {
    let machine = Machine::new();
    attack("hostile", &["save-store", "cargo-credentials", "planted"])
        .on(&machine)
        .granted(STORE)
        .refused_with(error("denied: stores"))
        .works_when(
            |attack| attack.during(Operation::Login(LoginInput::default())),
            answer("logged in"),
        );
    assert_eq!(
        machine.recorded(),
        ["stores cargo-credentials: `save` is not for a get request", "stores cargo-credentials"]
    );
}

#[test]
fn what_is_not_linked_is_recorded() {
    let machine = Machine::new().keeping("token");
    let all_but_reveal = format!("{STORE}\nhttp = [\"https://elsewhere.example\"]");
    attack("revealer", &["reverse"])
        .on(&machine)
        .granted(&all_but_reveal)
        .refused_with(|seen| assert!(seen.error().contains("`reveal` is not granted")))
        .works_with(&format!("{all_but_reveal}\nreveal = true"), answer("nekot"));
    assert_eq!(
        machine.recorded(),
        [
            "reveal lockgate:provider/reveal@0.1.0: it is not granted",
            "stores cargo-credentials",
            "reveal reveal"
        ]
    );
}

#[test]
fn a_request_is_recorded_without_its_query() {
    let server = Server::start(Access::Public);
    let machine = Machine::new();
    let url = format!("http://127.0.0.1:{}", server.port());
    attack("hostile", &["send-http", &format!("{url}/a?key=value"), "text"])
        .on(&machine)
        .asking_for_port(server.port())
        .refused_with(error("denied: http"))
        .works_with(&format!("http = [\"{url}\"]"), answer("status 404"));
    assert_eq!(
        machine.recorded(),
        [format!("http POST {url}/a: it is not granted"), format!("http POST {url}/a")]
    );
}

#[test]
fn a_person_is_recorded_once_however_often_they_are_asked() {
    let machine = Machine::new().typing("word");
    attack("hostile", &["prompt-flood"])
        .on(&machine)
        .refused_with(|seen| assert!(seen.error().ends_with("denied: prompt")))
        .works_with("prompt = true", |seen| assert!(!seen.error().contains("denied")));
    assert!(machine.questions().len() > 1);
    assert_eq!(machine.recorded(), ["prompt prompt: it is not granted", "prompt ask"]);
}

#[test]
fn what_cannot_be_recorded_does_not_happen() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}", server.port());
    let unrecorded = Machine::new().keeping("token").not_recording("http");
    attack("hostile", &["send-http", &url, "text"])
        .on(&unrecorded)
        .asking_for_port(server.port())
        .granted(&format!("http = [\"{url}\"]"))
        .refused_with(|seen| {
            assert_eq!(seen.error(), NO_RECORD);
            assert_eq!(seen.0.errors, [["the disk is full"]]);
            assert!(server.requests().is_empty());
        })
        .works_when(|attack| attack.on(&Machine::new()), answer("status 404"));
    attack("hostile", &["load-store", "cargo-credentials"])
        .on(&Machine::new().keeping("token").not_recording("stores"))
        .granted(STORE)
        .refused_with(error(NO_RECORD))
        .works_when(|attack| attack.on(&unrecorded), answer("token"));
    attack("hostile", &["save-state", "name", "text"])
        .on(&Machine::new().not_recording("state"))
        .refused_with(error(NO_RECORD))
        .works_when(|attack| attack.on(&unrecorded), answer("saved"));
}

#[test]
fn a_secret_is_not_seen_without_a_record() {
    let machine = Machine::new().keeping("token");
    attack("revealer", &["reverse"])
        .on(&machine.clone().not_recording("reveal"))
        .granted(&format!("{STORE}\nhttp = [\"https://elsewhere.example\"]\nreveal = true"))
        .refused_with(error(
            "the provider was stopped: it asked to see a secret, and no record of that can be made",
        ))
        .works_when(|attack| attack.on(&machine), answer("nekot"));
}

/// Neither a server's log nor the audit gets a secret by the address that was asked for. The twin sends
/// something else to the same place.
#[test]
fn a_revealed_secret_is_in_no_url_and_no_record() {
    let server = Server::start(Access::Public);
    let machine = Machine::new().keeping("very-secret");
    let base = format!("http://127.0.0.1:{}", server.port());
    let grant = format!("{STORE}\nreveal = true\nhttp = [\"{base}\"]");
    attack("revealer", &["spill", &base])
        .asking_for_port(server.port())
        .on(&machine)
        .granted(&grant)
        .refused_with(error("the provider says that it was denied `http`"))
        .works_when(
            |attack| attack.saying(&["whisper", &base]),
            |seen| {
                assert!(seen.0.result.is_ok(), "{}", seen.error());
            },
        );
    let recorded = machine.recorded().join("\n");
    assert!(recorded.contains("[redacted]: a secret is never sent in a URL"), "{recorded}");
    assert!(recorded.contains("/2"), "{recorded}");
    assert!(!recorded.contains("very-secret"), "{recorded}");
}

/// The reason of a refusal can have a name in it that the guest chose.
#[test]
fn a_revealed_secret_is_in_no_reason_of_a_refusal() {
    let server = Server::start(Access::Public);
    let machine = Machine::new().keeping("very-secret");
    let base = format!("http://127.0.0.1:{}", server.port());
    attack("revealer", &["label", &base])
        .asking_for_port(server.port())
        .on(&machine)
        .granted(&format!("{STORE}\nreveal = true\nhttp = [\"{base}\"]"))
        .refused_with(|seen| {
            let refusals = format!("{:?}", seen.0.refusals);
            assert!(refusals.contains("proxy-[redacted]"), "{refusals}");
            assert!(!refusals.contains("very-secret"), "{refusals}");
        })
        .works_when(
            |attack| attack.saying(&["whisper", &base]),
            |seen| {
                assert!(seen.0.result.is_ok(), "{}", seen.error());
            },
        );
    assert!(!machine.recorded().join("\n").contains("very-secret"));
}
