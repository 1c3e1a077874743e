//! What calls may do: that one set of capabilities is no more than another one.

use std::path::Path;
use std::sync::LazyLock;

use lockgate_core::{Capabilities, Ecosystem, Limits, Registry};
use lockgate_policy::{Ceiling, Facts, Forbidden, Grant, Identity, Manifest, NotServed, decide};
use url::Url;

/// A provider that asks for much of everything. The grant is all of it.
const MANIFEST: &str = r#"
name = "corp-sso"
version = "1"
description = "Asks for much"
[capabilities]
registries = ["*"]
stores = ["os", "file"]
http = ["https://*.corp.example", "https://sso.corp.example/oauth", { url = "https://api.example", methods = ["GET", "POST"] }]
process = [{ program = "/usr/bin/op", arguments = ["read", "op://corp/**"], environment = ["OP_ACCOUNT"] }]
environment = ["CI_JOB_JWT", { name = "AWS_REGION", plain = true }]
files = ["~/.config/corp/token.json", "/etc/corp/token"]
plain = ["json:/expires_in", "json:/*/b"]
prompt = true
reveal = true
limits = { memory = "128MiB", wall = "20s", cpu = "5s", lifetime = "1h" }
[reasons]
stores = "a"
http = "a"
process = "a"
environment = "a"
files = "a"
prompt = "a"
reveal = "a"
"#;

static ASKED_AND_GRANTED: LazyLock<(Manifest, Grant)> = LazyLock::new(|| {
    let manifest = Manifest::parse(MANIFEST, "manifest").expect("a manifest");
    let grant = Grant::all(&manifest);
    (manifest, grant)
});

/// Requests that one of the two may allow and the other refuse.
const REQUESTS: &[(&str, &str)] = &[
    ("GET", "https://sso.corp.example/"),
    ("POST", "https://sso.corp.example/oauth/token"),
    ("DELETE", "https://eu.corp.example/a/b"),
    ("GET", "https://api.example/v1"),
    ("POST", "https://api.example/v1/token"),
    ("PUT", "https://api.example/v1"),
];

/// Arguments of the program.
const ARGUMENTS: &[&[&str]] =
    &[&["read", "op://corp/cargo/token"], &["read", "op://corp/x"], &["write", "x"], &[]];

/// A provider of a company, and one that is built in.
const IDENTITIES: [Identity<'static>; 2] = [
    Identity {
        name: "corp-sso",
        digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        built_in: false,
        bridge: false,
        source: Some("file:/opt/corp/corp-sso.wasm"),
        signer: Some("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"),
    },
    Identity {
        name: "cargo:token",
        digest: "",
        built_in: true,
        bridge: true,
        source: None,
        signer: None,
    },
];

/// Registries that a rule may tell apart.
pub(crate) fn registries() -> [Registry; 3] {
    [
        (Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/"),
        (Ecosystem::Cargo, "https://github.com/rust-lang/crates.io-index"),
        (Ecosystem::Oci, "registry.corp.example"),
    ]
    .map(|(ecosystem, url)| Registry::new(ecosystem, url).expect("a registry"))
}

/// What is known of a request about a registry.
pub(crate) fn facts(registry: &Registry) -> Facts<'_> {
    Facts { registry, token_variable: Some("T"), home: Some(Path::new("/home/u")) }
}

/// Each call that a policy decides about: what is allowed with it, or why nothing is, and what
/// would be allowed without it.
pub(crate) fn under(ceiling: &Ceiling) -> Vec<(Result<Capabilities, Forbidden>, Capabilities)> {
    let (manifest, grant) = &*ASKED_AND_GRANTED;
    let decided = |ceiling: &Ceiling, identity, registry| {
        let decided = decide(manifest, grant, ceiling, identity, &facts(registry));
        match decided.map(|decided| decided.capabilities) {
            Err(NotServed::Forbidden(forbidden)) => Err(forbidden),
            decided => Ok(decided.expect("it asks for every registry and all is granted")),
        }
    };
    let mut calls = Vec::new();
    for registry in &registries() {
        for identity in &IDENTITIES {
            let free = decided(&Ceiling::default(), identity, registry);
            let free = free.expect("an empty policy forbids nothing");
            calls.push((decided(ceiling, identity, registry), free));
        }
    }
    calls
}

/// Asserts that nothing is possible with `less` that is not possible with `more`.
pub(crate) fn assert_no_more(less: &Capabilities, more: &Capabilities) {
    assert!(less.stores.is_subset(&more.stores));
    assert!(less.prompt <= more.prompt && less.reveal <= more.reveal);
    assert!(less.files.iter().all(|file| more.files.contains(file)));
    for variable in &less.environment {
        assert!(more.variable(&variable.name, variable.plain).is_ok(), "{variable:?}");
    }
    for field in &less.plain {
        assert!(more.is_plain(&field.format, &field.path), "{field:?}");
    }
    for (method, url) in REQUESTS {
        let url = Url::parse(url).expect("a URL");
        let is_more = less.http(method, &url).is_ok() && more.http(method, &url).is_err();
        assert!(!is_more, "{method} {url}");
    }
    for arguments in ARGUMENTS {
        let words: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        for program in less.process.iter().map(|grant| grant.program.as_str()) {
            let may = |set: &Capabilities| set.program(program, &words, &[]).is_ok();
            assert!(!may(less) || may(more), "{program} {arguments:?}");
        }
    }
    assert_lower(&less.limits, &more.limits);
}

fn assert_lower(less: &Limits, more: &Limits) {
    assert!(less.memory <= more.memory && less.wall <= more.wall && less.cpu <= more.cpu);
    assert!(less.any_purpose <= more.any_purpose);
    match (less.lifetime, more.lifetime) {
        (None, Some(most)) => panic!("the lifetime {most:?} is lost"),
        (Some(lifetime), Some(most)) => assert!(lifetime <= most),
        (_, None) => {}
    }
}
