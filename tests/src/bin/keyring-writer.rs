//! One of many who write entries of the desktop's keyring at once: `keyring-writer ADDRESS cargo|oci
//! NUMBER`, with the address of the session bus.
#![allow(clippy::expect_used, clippy::panic, reason = "it is a part of a test")]

use lockgate_adapters::SecretService;
use lockgate_contract::{Accounts, Names, Promise, writes_among_others};
use lockgate_core::{Ecosystem, Registry, SecretStore};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, ecosystem, number] = words.as_slice() else {
        panic!("three words, not {words:?}")
    };
    let number = number.parse().expect("a number");
    let (ecosystem, names, accounts) = match ecosystem.as_str() {
        "cargo" => (Ecosystem::Cargo, Names::Cargo, Accounts::None),
        _ => (Ecosystem::Oci, Names::Docker, Accounts::Required),
    };
    let service = SecretService::connect(Some(address), None);
    let open = |url: &str| -> Box<dyn SecretStore> {
        let registry = Registry::new(ecosystem, url).expect("a registry");
        Box::new(service.store(&registry, false).expect("an entry"))
    };
    let promise = Promise { names, limit: Some(64 << 10), accounts, bytes: true, case: true };
    writes_among_others(&open, &promise, number);
}
