//! A provider that somebody else built: what it wants, what it gets, and who has the last word.

#![allow(clippy::unwrap_used, reason = "a demo that cannot go on ends there")]

use std::fs;

use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Output, Policy, Run, SignOn};

use crate::show;

const FILE: &str = "courier.wasm";
const INSTALL: [&str; 3] = ["provider", "install", FILE];
const TOKEN: [&str; 4] = ["cargo", "token", "--registry", "corp"];
const POLICY: &str = "\
message = \"Providers have no network here. Ask security@corp.example.\"

[allow]
http = []
";

/// A machine with the provider's file, and the sign-on that it wants to ask.
struct Machine {
    home: Home,
    sign_on: SignOn,
}

/// Shows the provider installed without the network, refused, granted, used and forbidden.
pub(crate) fn installed_and_forbidden() {
    show::chapter("A provider built by somebody else, which wants the network");
    let machine = Machine { home: Home::new(), sign_on: SignOn::start() };
    let component = Guest::named("courier").component_asking_for_port(machine.sign_on.port);
    fs::write(machine.home.project().join(FILE), component).unwrap();
    install(&machine);
    grant(&machine);
    forbid(&machine);
}

fn install(machine: &Machine) {
    show::explain("what it asks for; where nobody can be asked, nothing is granted by itself");
    let _ = machine.show(&INSTALL).exits_with(1);
    show::explain("it is given everything but the network, and fails in the host's words");
    let grants = ["registries=cargo:*", "environment=CI_JOB_JWT", "plain=json:/expires_in"];
    let without_network = grants.iter().flat_map(|grant| ["--grant", grant]);
    let words: Vec<&str> = INSTALL.into_iter().chain(without_network).collect();
    show::command(&words);
    let _ = machine.home.lockgate(&words).run().succeeds();
    let _ = machine.show(&TOKEN).exits_with(101).says("lockgate provider grant courier");
    machine.show_requests();
}

fn grant(machine: &Machine) {
    show::explain("the error says what to type, and then it works");
    let address = format!(
        "http={{ url = \"http://127.0.0.1:{}\", methods = [\"POST\"], receives = [\"environment:CI_JOB_JWT\"] }}",
        machine.sign_on.port
    );
    let _ = machine.show(&["provider", "grant", "courier", &address, "--yes"]).succeeds();
    let _ = machine.show(&TOKEN).succeeds();
    machine.show_requests();
}

fn forbid(machine: &Machine) {
    show::explain("an administrator forbids the network to every provider with four lines");
    let Some(policy) = Policy::new(POLICY) else {
        println!("(not shown: only root can be the administrator here)");
        return;
    };
    show::file("/etc/lockgate/policy.toml".as_ref(), POLICY);
    let refused = show::run_words(&TOKEN, &policy.over(machine.run(&TOKEN)));
    let _ = refused.exits_with(101).says("security@corp.example");
}

impl Machine {
    fn run(&self, words: &[&str]) -> Run {
        let index = "sparse+https://cargo.corp.example/index/";
        let setting = format!("http://127.0.0.1:{}/token", self.sign_on.port);
        self.home
            .lockgate(words)
            .env("CARGO_REGISTRIES_CORP_INDEX", index)
            .env(
                "CARGO_REGISTRIES_CORP_CREDENTIAL_PROVIDER",
                format!("cargo-credential-lockgate courier {setting}"),
            )
            .env("CI_JOB_JWT", "identity-of-the-job")
    }

    fn show(&self, words: &[&str]) -> Output {
        show::run_words(words, &self.run(words))
    }

    fn show_requests(&self) {
        println!("requests at the sign-on: {}", self.sign_on.requests().len());
    }
}
