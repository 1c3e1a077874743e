//! A hostile provider tries what it was not granted, and then does what it was.

#![allow(clippy::unwrap_used, reason = "a demo that cannot go on ends there")]

use std::fs;

use lockgate_tests::guests::{Attack, Machine, Seen, attack};
use lockgate_tests::{Access, Server};

use crate::show;

/// The token of a registry that the request is not about.
const OTHER: &str = "CARGO_REGISTRIES_OTHER_TOKEN";

/// Shows a file, another registry's token and the network, each refused and then granted.
pub(crate) fn under_its_grant() {
    show::chapter("A hostile provider, asked for a token: what it tries, and what the host says");
    file();
    other_token();
    network();
}

fn file() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("hostile.txt"), "what the file holds\n").unwrap();
    let machine = Machine::new().living_in(home.path());
    show::explain("it reads a file of the user's: no file is open to it, unless a grant names it");
    both(
        attack("hostile", &["read-file", "~/hostile.txt"]).on(&machine),
        r#"files = ["~/hostile.txt"]"#,
    );
}

fn other_token() {
    let machine = Machine::new().variable(OTHER, "the-other-registrys-token");
    show::explain("it reads another registry's token: a variable, too, is there only by grant");
    both(
        attack("hostile", &["read-environment", OTHER]).on(&machine),
        &format!("environment = [\"{OTHER}\"]"),
    );
}

fn network() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}/collect", server.port());
    show::explain("it sends a request to a server of its own, which listens on this machine");
    both(
        attack("hostile", &["send-http", &url, "text"]).asking_for_port(server.port()),
        &format!("http = [\"{url}\"]"),
    );
    for seen in server.requests() {
        println!("the server saw: {} {}", seen.method, seen.path);
    }
}

fn both(attack: Attack, grant: &str) {
    println!("without a grant:");
    attack.refused_with(print_refusal).works_with(grant, |seen| print_answer(grant, seen));
}

fn print_refusal(seen: &Seen) {
    println!("  the provider says: {}", seen.error());
    for refusal in seen.refusals() {
        println!("  the host's record: {refusal}");
    }
}

fn print_answer(grant: &str, seen: &Seen) {
    println!("with `{grant}`:");
    println!("  it gets: {}", seen.answer().trim_end());
}
