//! The stores of the contract that many processes use at once, by names that tests and their child know.

use std::collections::BTreeMap;
use std::path::Path;

use lockgate_adapters::{DockerConfigStore, EncryptedFiles, FileStore, KernelKeyring};
use lockgate_contract::{Accounts, Names, Promise};
use lockgate_core::{Ecosystem, Registry, SecretStore};

pub(crate) const FILE_OF_CARGO: &str = "file-of-cargo";
pub(crate) const FILE_OF_DOCKER: &str = "file-of-docker";
pub(crate) const ENCRYPTED_OF_CARGO: &str = "encrypted-of-cargo";
pub(crate) const ENCRYPTED_OF_DOCKER: &str = "encrypted-of-docker";
pub(crate) const DOCKER_CONFIG: &str = "docker-config";
pub(crate) const KEYRING_OF_CARGO: &str = "keyring-of-cargo";
pub(crate) const KEYRING_OF_DOCKER: &str = "keyring-of-docker";

/// The file with the key of the encrypted store, which a test makes.
pub(crate) const KEY: &str = "key.txt";

/// What a store of this kind promises.
pub(crate) fn promise(kind: &str) -> Promise {
    let limit = match kind {
        KEYRING_OF_CARGO | KEYRING_OF_DOCKER => 24 << 10,
        _ => 1 << 20,
    };
    let accounts = if kind == DOCKER_CONFIG { Accounts::Required } else { Accounts::Optional };
    Promise { names: names(kind), limit: Some(limit), accounts, bytes: true, case: true }
}

fn names(kind: &str) -> Names {
    match kind {
        FILE_OF_CARGO | ENCRYPTED_OF_CARGO | KEYRING_OF_CARGO => Names::Cargo,
        _ => Names::Docker,
    }
}

/// The entry of a registry; what is in files is in this folder.
pub(crate) fn open(kind: &str, folder: &Path, url: &str) -> Box<dyn SecretStore> {
    let ecosystem = match names(kind) {
        Names::Cargo => Ecosystem::Cargo,
        Names::Docker | Names::DockerInKeychain => Ecosystem::Oci,
    };
    let registry = Registry::new(ecosystem, url).unwrap();
    match kind {
        FILE_OF_CARGO | FILE_OF_DOCKER => Box::new(FileStore::new(folder, &registry)),
        ENCRYPTED_OF_CARGO | ENCRYPTED_OF_DOCKER => {
            let key = folder.join(KEY).display().to_string();
            let settings = BTreeMap::from([("key-file".to_owned(), key)]);
            Box::new(EncryptedFiles::new(folder, &settings, None).store(&registry))
        }
        DOCKER_CONFIG => {
            Box::new(DockerConfigStore::new(folder.join("config.json"), None, &registry))
        }
        KEYRING_OF_CARGO | KEYRING_OF_DOCKER => Box::new(KernelKeyring::new(&registry)),
        _ => panic!("the tests and their child disagree about the store {kind}"),
    }
}
