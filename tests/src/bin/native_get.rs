//! What Lockgate does for a `get`, without a sandbox: the same configuration, the same adapters, the
//! same protocol, called directly. The benches compare with it.
#![allow(clippy::unwrap_used, reason = "a part of a bench ends at the first failure")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};

use lockgate_adapters::{CargoCredentials, CredentialTable, Logins, ProcessEnvironment};
use lockgate_core::{Answer, Credential, Environment, Lifetime, Origins, SecretStore};
use lockgate_protocol::cargo::{HELLO, decode, encode, read_line};
use lockgate_registry::cargo::{
    CargoConfig, CargoContext, ConfigFiles, CredentialTable as Bound, cargo_home,
};
use lockgate_system::Folders;
use zeroize::Zeroizing;

struct Files;

impl ConfigFiles for Files {
    fn read(&self, path: &Path) -> io::Result<Option<Zeroizing<String>>> {
        Ok(fs::read_to_string(path).ok().map(Zeroizing::new))
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok()
    }
}

fn main() {
    let _ = lockgate_system::harden();
    let mut output = lockgate_system::take_stdout().unwrap();
    output.write_all(HELLO.as_bytes()).unwrap();
    let line = read_line(&mut BufReader::new(io::stdin())).unwrap().unwrap();
    let request = decode(&line).unwrap();

    let variables: BTreeMap<String, String> = std::env::vars().collect();
    let working_directory = std::env::current_dir().unwrap();
    let home = lockgate_system::home_folder(|name| std::env::var_os(name)).ok();
    let cargo_home = cargo_home(&variables, &working_directory, home.as_deref()).unwrap();
    let context = CargoContext { working_directory, cargo_home: cargo_home.clone(), variables };
    let config = CargoConfig::load(&context, &Files).unwrap();
    let folders = Folders::find(|name| std::env::var_os(name)).unwrap();
    let recorded = Logins::open(folders.state).recorded().unwrap();
    let binding = config.binding(&request.registry, &recorded).unwrap();

    let variable = binding.variable.and_then(|name| ProcessEnvironment.variable(&name));
    let tables = binding.tables.into_iter().map(|table| match table {
        Bound::CratesIo => CredentialTable::CratesIo,
        Bound::Named(name) => CredentialTable::Named(name),
    });
    let secret = variable.unwrap_or_else(|| {
        CargoCredentials::new(cargo_home, tables.collect(), None).load().unwrap().unwrap().secret
    });
    let answer = Answer::Credential(Credential {
        identity: None,
        secret,
        lifetime: Lifetime::Session,
        any_purpose: true,
        origins: Origins::default(),
    });
    output.write_all(encode(&request.operation, Ok(&answer)).expose()).unwrap();
}
