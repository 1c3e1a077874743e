//! What every store must do, against the real keyring, and by many processes at once.

use lockgate_adapters::SecretService;
use lockgate_contract::{Promise, check};
use lockgate_core::{Ecosystem, Registry, SecretStore};
use lockgate_tests::plugin::{get, login};

use crate::{Desktop, Home, LIBSECRET};

const PROCESSES: usize = 32;

#[test]
fn the_keyring_keeps_the_contract_of_stores() {
    let desktop = Desktop::new();
    let address = desktop.address();
    let open = |url: &str| {
        let registry = Registry::new(Ecosystem::Cargo, url).unwrap();
        let service = SecretService::connect(Some(&address), None);
        Box::new(service.store(&registry, false).unwrap()) as Box<dyn SecretStore>
    };
    let promise = Promise { limit: Some(64 << 10), accounts: false, bytes: true, case: true };
    check(&open, &promise);
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
