//! What every store must do, against the real keyring, and by many processes at once.

use std::process::Command;

use lockgate_adapters::SecretService;
use lockgate_contract::{Accounts, Names, Promise, check, loses_nothing_to_other_processes};
use lockgate_core::{Ecosystem, Registry, SecretStore};
use lockgate_tests::plugin::{get, login};

use crate::{Desktop, Home, LIBSECRET};

const PROCESSES: usize = 32;

/// What one user sees of the keyring, and what many processes do.
fn keeps_the_contract(names: Names, accounts: Accounts) {
    let desktop = Desktop::new();
    let address = desktop.address();
    let ecosystem = match names {
        Names::Cargo => Ecosystem::Cargo,
        Names::Docker | Names::DockerInKeychain => Ecosystem::Oci,
    };
    let open = |url: &str| {
        let registry = Registry::new(ecosystem, url).unwrap();
        let service = SecretService::connect(Some(&address), None);
        Box::new(service.store(&registry, false).unwrap()) as Box<dyn SecretStore>
    };
    let promise = Promise { names, limit: Some(64 << 10), accounts, bytes: true, case: true };
    check(&open, &promise);
    loses_nothing_to_other_processes(&open, &promise, &|writer| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyring-writer"));
        command.args([&address, ecosystem.name(), &writer.to_string()]);
        command
    });
}

#[test]
fn the_keyring_keeps_the_contract_of_stores() {
    keeps_the_contract(Names::Cargo, Accounts::None);
}

#[test]
fn the_keyring_keeps_the_contract_of_stores_for_docker() {
    keeps_the_contract(Names::Docker, Accounts::Required);
}

#[test]
fn many_processes_at_once_each_find_their_own() {
    let (desktop, home) = (Desktop::new(), Home::new());
    let shared = "sparse+https://shared.example/".to_owned();
    let asks = |request: serde_json::Value| {
        desktop.within(home.plugin().stdin(format!("{request}\n"))).run().succeeds()
    };
    std::thread::scope(|scope| {
        for number in 0..PROCESSES {
            let (asks, shared) = (&asks, &shared);
            scope.spawn(move || {
                let own = format!("sparse+https://a.example/{number}/");
                let token = format!("token-{number}");
                let _ = asks(login(&own, &token, &[LIBSECRET])).shows("\"Ok\"");
                let _ = asks(login(shared, &token, &[LIBSECRET])).shows("\"Ok\"");
                let _ = asks(get(&own, &[LIBSECRET])).shows(&format!("\"token\":\"{token}\""));
                let _ = asks(get(shared, &[LIBSECRET])).shows("\"token\":\"token-");
            });
        }
    });
    let shown = desktop.search(&crate::entry_of(&shared));
    assert_eq!(shown.stdout.matches("label = ").count(), 1, "{shown}");
}
