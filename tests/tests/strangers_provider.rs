//! A provider built by somebody else, from its file to the real cargo: installed without the network,
//! refused, granted, used, forbidden by the administrator.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

#[cfg(target_os = "linux")]
#[path = "strangers_provider/cache.rs"]
mod cache;
#[cfg(target_os = "linux")]
#[path = "strangers_provider/forgotten.rs"]
mod forgotten;

use std::fs;

use lockgate_tests::guests::Guest;
use lockgate_tests::sign_on::TOKEN;
use lockgate_tests::{Access, Home, Output, Policy, Run, Server, SignOn};

/// The identity that the CI job has, for which the sign-on gives a token.
const IDENTITY: &str = "identity-of-the-job-6f2c";

/// A registry that wants a token, a project that needs a package of it, and the provider's file.
struct Machine {
    home: Home,
    registry: Server,
    sign_on: SignOn,
    file: String,
}

fn machine() -> Machine {
    machine_with(SignOn::start())
}

fn machine_with(sign_on: SignOn) -> Machine {
    let (home, registry) = (Home::new(), Server::start(Access::Private));
    registry.accept(&[TOKEN]);
    registry.add_package("greeter", "1.0.0");
    let file = home.root().join("courier.wasm").display().to_string();
    fs::write(&file, Guest::named("courier").component_asking_for_port(sign_on.port)).unwrap();
    let program = home.programs().join("cargo-credential-lockgate").display().to_string();
    home.configure(&registry, &[&program, "courier"]);
    home.write_lockgate_config(&format!(
        "[provider.courier.settings]\ntoken-url = \"http://127.0.0.1:{}/token\"\n",
        sign_on.port
    ));
    home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
    Machine { home, registry, sign_on, file }
}

impl Machine {
    fn build(&self) -> Run {
        self.home.cargo(["build"]).env("CI_JOB_JWT", IDENTITY)
    }

    fn install(&self, grants: &[&str]) -> Output {
        let words = ["provider", "install", &self.file].into_iter();
        let grants = grants.iter().flat_map(|grant| ["--grant", grant]);
        self.home.lockgate(words.chain(grants)).run()
    }
}

const WITHOUT_NETWORK: [&str; 3] =
    ["registries=cargo:*", "environment=CI_JOB_JWT", "plain=json:/expires_in"];

/// The words of the command that an error says grants what was refused.
fn command_in(output: &Output, port: u16) -> Vec<String> {
    let (_, after) = output
        .stderr
        .split('`')
        .map(|part| (part.starts_with("lockgate provider grant"), part))
        .find(|(is_command, part)| *is_command && part.contains(&port.to_string()))
        .unwrap_or_else(|| panic!("no command\n{output}"));
    let (words, value) = after.split_once('\'').unwrap();
    let words = words.split_whitespace().skip(1).map(str::to_owned);
    words.chain([value.trim_end_matches('\'').to_owned()]).collect()
}

#[test]
fn it_is_installed_refused_the_network_granted_it_and_used() {
    let machine = machine();
    let _ = machine.install(&WITHOUT_NETWORK).succeeds();
    let refused = machine.build().run().exits_with(101).nowhere_has(IDENTITY);
    let refused = refused
        .says("http `lockgate:provider/http@0.1.0` was refused: it is not granted")
        .says("lockgate provider grant courier");
    assert!(machine.sign_on.requests().is_empty(), "it was asked without a grant");

    let mut command = command_in(&refused, machine.sign_on.port);
    command.push("--yes".to_owned());
    let _ = machine.home.lockgate(command).run().succeeds();
    let _ = machine.build().run().succeeds().nowhere_has(IDENTITY).nowhere_has(TOKEN);
    let asked = machine.sign_on.requests();
    assert!(asked.iter().all(|request| request.contains(IDENTITY)) && !asked.is_empty());
    assert!(machine.registry.authorizations().iter().all(|token| token == TOKEN));
    assert!(!machine.registry.authorizations().is_empty());

    let token = ["cargo", "token", "--registry", "corp", "--json"];
    let found = machine.home.lockgate(token).env("CI_JOB_JWT", IDENTITY).run().succeeds();
    assert_eq!(found.json()["provider"], "courier");
    assert_eq!(found.json()["cache"], "expires");
    let audit = machine.home.lockgate(["audit", "show", "--json"]).run().succeeds();
    let audit = audit.nowhere_has(IDENTITY).nowhere_has(TOKEN);
    let _ = audit.shows("\"capability\":\"http\"").shows("\"outcome\":\"answered\"");
    let _ = machine.home.lockgate(["audit", "verify"]).run().succeeds();
}

#[test]
fn nobody_to_ask_and_nothing_granted_installs_nothing() {
    let machine = machine();
    let words = ["provider", "install", &machine.file];
    let refused = machine.home.lockgate(words).run().exits_with(1);
    let _ = refused.says("--grant environment=CI_JOB_JWT").says("--grant-all");
    let _ = machine.build().run().exits_with(101).says("there is no provider `courier`");
    let all = words.into_iter().chain(["--grant-all"]);
    let _ = machine.home.lockgate(all).run().succeeds();
    let _ = machine.build().run().succeeds();
}

#[test]
fn an_administrator_forbids_the_network_with_four_lines() {
    let four = "message = \"No network for providers. Ask security@corp.example.\"\n\n[allow]\nhttp = []\n";
    let Some(policy) = Policy::new(four) else { return };
    let machine = machine();
    let all = ["provider", "install", &machine.file, "--grant-all"];
    let _ = machine.home.lockgate(all).run().succeeds();
    let token = || {
        let token = machine.home.lockgate(["cargo", "token", "--registry", "corp"]);
        policy.over(token.env("CI_JOB_JWT", IDENTITY))
    };
    let _ = token()
        .run()
        .exits_with(101)
        .says("No network for providers. Ask security@corp.example.")
        .says("/etc/lockgate/policy.toml:4")
        .never_says("lockgate provider grant");
    assert!(machine.sign_on.requests().is_empty(), "the ceiling did not hold");
    policy.write("");
    let _ = token().run();
    assert!(!machine.sign_on.requests().is_empty(), "the twin");
}

#[test]
fn what_is_taken_back_is_gone() {
    let machine = machine();
    let words = ["provider", "install", &machine.file, "--grant-all"];
    let _ = machine.home.lockgate(words).run().succeeds();
    let _ = machine.build().run().succeeds();
    let revoke = ["provider", "revoke", "courier", "environment=CI_JOB_JWT", "--yes"];
    let _ = machine.home.lockgate(revoke).run().succeeds();
    let token = ["cargo", "token", "--registry", "corp"];
    let refused = machine.home.lockgate(token).env("CI_JOB_JWT", IDENTITY).run().exits_with(101);
    let _ =
        refused.says("environment").says("lockgate provider grant courier environment=CI_JOB_JWT");
    let _ = machine.home.lockgate(["provider", "remove", "courier", "--yes"]).run().succeeds();
    let _ =
        machine.home.lockgate(token).run().exits_with(101).says("there is no provider `courier`");
}
