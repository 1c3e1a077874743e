//! WASI, and what is not linked at all.

use std::fs;

use lockgate_providers::component::examine;
use lockgate_tests::guests::{Guest, Machine, Seen, answer, attack, error};

#[test]
fn sockets_are_refused_at_install_and_before_the_start() {
    let examined = examine(Guest::named("sockets").component).unwrap_err().to_string();
    assert!(examined.contains("imports `wasi:sockets/"), "{examined}");
    let advice = "which the host does not have; a provider reaches the network through `lockgate:provider/http`, where a grant decides";
    assert!(examined.ends_with(advice), "{examined}");
    let server = lockgate_tests::Server::start(lockgate_tests::Access::Public);
    attack("sockets", &[&format!("127.0.0.1:{}", server.port())])
        .refused_with(|seen| {
            assert_not_started(seen, "wasi:sockets/");
            assert!(server.requests().is_empty());
        })
        .works_when(
            |attack| {
                let url = format!("http://127.0.0.1:{}/", server.port());
                let grant = format!("http = [\"{url}\"]");
                attack
                    .by("hostile")
                    .asking_for_port(server.port())
                    .saying(&["send-http", &url, "text"])
                    .granted(&grant)
            },
            answer("status 404"),
        );
    assert_eq!(server.requests().len(), 1);
    assert!(examine(Guest::named("hostile").component).is_ok());
}

#[test]
fn another_hosts_http_is_refused_at_install_and_before_the_start() {
    let examined = examine(Guest::named("imports-http").component).unwrap_err().to_string();
    assert!(examined.contains("imports `wasi:http/types@0.2.0`"), "{examined}");
    attack("imports-http", &[])
        .refused_with(|seen| assert_not_started(seen, "wasi:http/types@0.2.0"))
        .works_when(|attack| attack.by("hostile").saying(&["answer", "text"]), answer("text"));
}

fn assert_not_started(seen: &Seen, import: &str) {
    let start = format!("the provider was not started: it imports `{import}");
    let end = "which this host does not have; a provider reaches the network through `lockgate:provider/http`, where a grant decides";
    let error = seen.error();
    assert!(error.starts_with(&start) && error.ends_with(end), "{error}");
}

/// With `optional` in its manifest, the guest would be linked and denied.
#[test]
fn an_interface_without_its_grant_is_not_linked() {
    const ALL_BUT_REVEAL: &str =
        "stores = [\"cargo-credentials\"]\nhttp = [\"https://elsewhere.example\"]";
    attack("revealer", &["reverse"])
        .on(&Machine::new().keeping("token"))
        .granted(ALL_BUT_REVEAL)
        .refused_with(|seen| {
            assert_eq!(
                seen.error(),
                "the provider was not started: it imports `lockgate:provider/reveal@0.1.0`, and `reveal` is not granted"
            );
            let refusal =
                "reveal `lockgate:provider/reveal@0.1.0` was refused: it is not granted";
            assert_eq!(seen.refusals(), [refusal]);
        })
        .works_with(&format!("{ALL_BUT_REVEAL}\nreveal = true"), answer("nekot"));
}

#[test]
fn the_file_system_of_wasi_is_empty() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("hostile.txt");
    fs::write(&file, "content").unwrap();
    attack("hostile", &["read-std-file", file.to_str().unwrap()])
        .on(&Machine::new().living_in(home.path()))
        .refused_with(error("No such file or directory (os error 44)"))
        .works_when(
            |attack| {
                attack
                    .saying(&["read-file", "~/hostile.txt"])
                    .granted("files = [\"~/hostile.txt\"]")
            },
            answer("content"),
        );
}

#[test]
fn arguments_variables_and_folders_are_none() {
    attack("hostile", &["dump-world"])
        .on(&Machine::new().variable("CARGO_REGISTRIES_OTHER_TOKEN", "other"))
        .refused_with(answer("arguments=0 variables=0 folders=0"))
        .works_when(
            |attack| {
                attack
                    .saying(&["read-environment", "CARGO_REGISTRIES_OTHER_TOKEN"])
                    .granted("environment = [\"CARGO_REGISTRIES_OTHER_TOKEN\"]")
            },
            answer("other"),
        );
}

/// The twin is the clock of this very process.
#[test]
fn clocks_are_too_coarse_to_time_a_comparison() {
    let start = std::time::Instant::now();
    let native = (0..1_000_000).map(|_| start.elapsed()).find(|step| !step.is_zero()).unwrap();
    assert!(native.as_nanos() < 1_000_000, "{native:?}");
    attack("hostile", &["measure-clock"])
        .refused_with(|seen| {
            let step: u128 = seen.answer().parse().unwrap();
            assert!(step >= 1_000_000 && step.is_multiple_of(1_000_000), "{step} ns");
        })
        .works_when(|attack| attack.saying(&["sleep", "1"]), answer("slept"));
}
