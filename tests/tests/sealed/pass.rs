//! The bridge to `pass`: neither what it holds nor what it is to keep is ever in the guest.

use std::fs;
use std::path::Path;

use lockgate_core::{Ecosystem, LoginInput, Operation, Purpose, Registry, Request, Secret};
use lockgate_policy::{Ceiling, Facts, Grant, Identity, decide};
use lockgate_providers::built_in;
use lockgate_tests::guests::{Machine, prepare};
use lockgate_tests::home::set_mode;

use crate::Run;
use crate::canary::random;

const BRIDGE: &str = "lockgate:pass";
const CLIENTS: [Ecosystem; 2] = [Ecosystem::Cargo, Ecosystem::Oci];

/// The bridge with a `pass` of this script, granted as a person grants it; what it keeps goes to the
/// file `kept`.
fn run(
    operation: Operation,
    ecosystem: Ecosystem,
    script: &str,
    machine: &Machine,
    canary: &str,
) -> (Run, Option<String>) {
    let (folder, marker) = (tempfile::tempdir().unwrap(), random());
    let (made, pass) = (folder.path().join("new"), folder.path().join("pass"));
    let kept = folder.path().join("kept");
    fs::write(&made, format!("#!/bin/sh\nkept='{}'\n{script}\n", kept.display())).unwrap();
    set_mode(&made, 0o755);
    fs::rename(made, &pass).unwrap();
    let run = run_granted(operation, ecosystem, &pass, machine, (canary, &marker));
    (run, fs::read_to_string(kept).ok())
}

fn run_granted(
    operation: Operation,
    ecosystem: Ecosystem,
    pass: &Path,
    machine: &Machine,
    (canary, marker): (&str, &str),
) -> Run {
    let provider = built_in(BRIDGE).unwrap().unwrap();
    let text = format!("process = [{{ program = {pass:?}, receives = [\"login\", \"prompt\"] }}]");
    let grant = Grant::parse(&text, "the grant").unwrap().of_bridge(&provider.manifest);
    let url = match ecosystem {
        Ecosystem::Oci => format!("corp.example/{marker}"),
        _ => format!("sparse+https://corp.example/{marker}/"),
    };
    let entry = if ecosystem == Ecosystem::Oci { "folder/place/alice" } else { "folder/place" };
    let words = [&pass.display().to_string(), "folder/place", entry];
    let registry = Registry::new(ecosystem, url).unwrap();
    let request = Request { registry, operation, arguments: words.map(str::to_owned).to_vec() };
    let facts = Facts { registry: &request.registry, token_variable: None, home: None };
    let identity = Identity { name: BRIDGE, built_in: true, bridge: true, ..Identity::default() };
    let decided = decide(&provider.manifest, &grant, &Ceiling::default(), &identity, &facts);
    let capabilities = decided.unwrap().capabilities;
    let mut prepared = prepare(&provider.manifest, &grant, &provider.compiled, request, machine);
    prepared.call.capabilities = capabilities;
    Run::of(prepared, canary, marker)
}

fn login(secret: Option<&str>) -> Operation {
    let (identity, secret) = (Some("alice".to_owned()), secret.map(Secret::from));
    Operation::Login(LoginInput { identity, secret, ..LoginInput::default() })
}

#[test]
fn what_pass_holds_is_never_in_the_guest() {
    for ecosystem in CLIENTS {
        let (canary, machine) = (random(), Machine::new());
        // With notes behind it, which cargo's line is taken out of.
        let notes = if ecosystem == Ecosystem::Cargo { "\\nof: me\\n" } else { "" };
        let script = format!("printf '{canary}{notes}'");
        let get = Operation::Get(Purpose::Read);
        let (run, _) = run(get, ecosystem, &script, &machine, &canary);
        assert_eq!(run.seen.credential().secret.expose_text(), Some(canary.as_str()));
        run.assert_sealed();
    }
}

#[test]
fn what_pass_is_to_keep_is_never_in_the_guest() {
    for ecosystem in CLIENTS {
        let canary = random();
        for (operation, machine) in
            [(login(Some(&canary)), Machine::new()), (login(None), Machine::new().typing(&canary))]
        {
            let (run, kept) = run(operation, ecosystem, "cat > \"$kept\"", &machine, &canary);
            assert_eq!(run.seen.answer(), "logged in");
            assert_eq!(kept.unwrap().trim_end(), canary, "the twin: it was there");
            run.assert_sealed();
        }
    }
}
