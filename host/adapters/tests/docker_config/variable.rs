//! `DOCKER_AUTH_CONFIG`, which goes before the file.

use std::sync::{Arc, Mutex};

use lockgate_adapters::DockerConfigStore;
use lockgate_core::{Ecosystem, Registry, Secret, SecretStore};

use crate::{Docker, is, loaded, login};

const FILE: &str =
    r#"{"auths":{"ghcr.io":{"auth":"YTpmaWxl"},"other.example":{"auth":"YTpvdGhlcg=="}}}"#;
const VARIABLE: &str = r#"{"auths":{"ghcr.io":{"auth":"YTp2YXJpYWJsZQ=="}}}"#;

fn store(docker: &Docker, variable: &str, server: &str) -> DockerConfigStore {
    let registry = Registry::new(Ecosystem::Oci, server).unwrap();
    DockerConfigStore::new(docker.file(), Some(Secret::from(variable)), &registry)
}

#[test]
fn its_entries_go_before_those_of_the_file_and_by_the_very_key_alone() {
    let docker = Docker::with(FILE);
    assert_eq!(loaded(&store(&docker, VARIABLE, "ghcr.io")), is("a:variable"));
    assert_eq!(loaded(&store(&docker, VARIABLE, "https://ghcr.io")), Ok(None));
    assert_eq!(loaded(&store(&docker, VARIABLE, "other.example")), is("a:other"));
    assert_eq!(loaded(&store(&docker, "", "ghcr.io")), is("a:file"));
}

#[test]
fn one_that_docker_would_not_heed_is_told_and_the_file_is_read() {
    for wrong in ["{", "[]", r#"{"auths":{"ghcr.io":{"username":"a"}}}"#, r#"{"auths":{}} {}"#] {
        let docker = Docker::with(FILE);
        let told = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&told);
        let store = store(&docker, wrong, "ghcr.io");
        let store = store.on_ignored(move |error| *heard.lock().unwrap() = error.to_string());
        assert_eq!(loaded(&store), is("a:file"), "{wrong}");
        assert!(told.lock().unwrap().contains("DOCKER_AUTH_CONFIG"), "{told:?}");
    }
}

/// As docker: what is stored and erased is in the file, and the variable holds again.
#[test]
fn logins_and_logouts_change_the_file_and_not_what_the_variable_says() {
    let docker = Docker::with(FILE);
    login(&store(&docker, VARIABLE, "ghcr.io"), "alice", "new").unwrap();
    assert_eq!(loaded(&docker.store("ghcr.io")), is("alice:new"));
    assert_eq!(loaded(&store(&docker, VARIABLE, "ghcr.io")), is("a:variable"));
    assert!(store(&docker, VARIABLE, "ghcr.io").remove().unwrap());
    assert_eq!(loaded(&docker.store("ghcr.io")), Ok(None));
    assert_eq!(loaded(&store(&docker, VARIABLE, "ghcr.io")), is("a:variable"));
}

#[test]
fn its_servers_are_listed_with_those_of_the_file() {
    let docker = Docker::with(FILE);
    let variable =
        Secret::from(r#"{"auths":{"c.example":{"auth":"YTpi"},"ghcr.io":{"auth":"Yzpk"}}}"#);
    let listed = DockerConfigStore::list(&docker.file(), Some(&variable)).unwrap();
    let shown: Vec<_> =
        listed.iter().map(|one| format!("{:?} {}", one.identity, one.server)).collect();
    let expected = ["Some(\"a\") c.example", "Some(\"c\") ghcr.io", "Some(\"a\") other.example"];
    assert_eq!(shown, expected);
}
