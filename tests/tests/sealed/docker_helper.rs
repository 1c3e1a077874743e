//! The bridge to docker's native helpers: neither what a helper answers nor what it is told is ever in
//! the guest.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_core::{Ecosystem, LoginInput, Operation, Purpose, Registry, Request, Secret};
use lockgate_policy::{Ceiling, Facts, Grant, Identity, decide};
use lockgate_providers::built_in;
use lockgate_tests::guests::{Machine, prepare};
use lockgate_tests::home::set_mode;

use crate::Run;
use crate::canary::random;

const BRIDGE: &str = "lockgate:docker-helper";

fn helper(folder: &Path, script: &str) -> PathBuf {
    let (made, path) = (folder.join("new"), folder.join("docker-credential-x"));
    fs::write(&made, format!("#!/bin/sh\n{script}\n")).unwrap();
    set_mode(&made, 0o755);
    fs::rename(made, &path).unwrap();
    path
}

/// The bridge with this helper, granted as a person grants it.
fn run(operation: Operation, helper: &Path, canary: &str) -> Run {
    let (provider, marker) = (built_in(BRIDGE).unwrap().unwrap(), random());
    let text = format!("process = [{{ program = {helper:?}, receives = [\"login\"] }}]");
    let grant = Grant::parse(&text, "the grant").unwrap().of_bridge(&provider.manifest);
    let request = Request {
        registry: Registry::new(Ecosystem::Oci, format!("corp.example/{marker}")).unwrap(),
        operation,
        arguments: vec![helper.display().to_string()],
    };
    let facts = Facts { registry: &request.registry, token_variable: None, home: None };
    let identity = Identity { name: BRIDGE, built_in: true, bridge: true, ..Identity::default() };
    let decided = decide(&provider.manifest, &grant, &Ceiling::default(), &identity, &facts);
    let capabilities = decided.unwrap().capabilities;
    let machine = Machine::new();
    let mut prepared = prepare(&provider.manifest, &grant, &provider.compiled, request, &machine);
    prepared.call.capabilities = capabilities;
    Run::of(prepared, canary, &marker)
}

#[test]
fn what_a_helper_of_dockers_answers_is_never_in_the_guest() {
    let (folder, canary) = (tempfile::tempdir().unwrap(), random());
    let answer = format!(r#"{{"Username":"{canary}","Secret":"{canary}"}}"#);
    let helper = helper(folder.path(), &format!("cat > /dev/null\nprintf '%s' '{answer}'"));
    let run = run(Operation::Get(Purpose::Read), &helper, &canary);
    let credential = run.seen.credential();
    for kept in [&credential.secret, credential.identity.as_ref().unwrap()] {
        assert_eq!(kept.expose_text(), Some(canary.as_str()));
    }
    run.assert_sealed();
}

#[test]
fn what_a_helper_of_dockers_is_told_is_never_in_the_guest() {
    let (folder, canary) = (tempfile::tempdir().unwrap(), random());
    let told = folder.path().join("told");
    let helper = helper(folder.path(), &format!("cat > {}", told.display()));
    let input = LoginInput {
        identity: Some("alice".to_owned()),
        secret: Some(Secret::from(canary.as_str())),
        ..LoginInput::default()
    };
    let run = run(Operation::Login(input), &helper, &canary);
    assert_eq!(run.seen.answer(), "logged in");
    assert!(fs::read_to_string(told).unwrap().contains(&canary));
    run.assert_sealed();
}
