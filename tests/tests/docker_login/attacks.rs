//! What a hostile registry, or somebody between, comes to. Beside each the twin that shows what would
//! happen without the guard, or with the person's word.

use std::time::{Duration, Instant};

use lockgate_tests::docker::docker;
use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, Tokens, USER};

use crate::machine::{Machine, encoded};
use crate::server::{Server, basic, giving, wanting};

#[test]
fn a_token_server_of_another_domain_gets_no_password_unless_the_person_allows_it() {
    let machine = Machine::new();
    let tokens = Server::with_tls(giving());
    let realm = format!("https://127.0.0.1:{}", tokens.port);
    let registry = Server::with_tls(wanting(format!("{realm}/token")));
    let server = format!("localhost:{}", registry.port);
    let both = format!("{}{}", registry.certificate, tokens.certificate);
    machine.believe(&server, &both);
    let before = machine.config();
    let _ = machine
        .login(&server)
        .run()
        .exits_with(1)
        .says(&format!("--allow-realm {realm}"))
        .nowhere_has(PASSWORD);
    assert_eq!(tokens.asked(), [""; 0]);
    assert_eq!(registry.asked(), ["/v2/ -"]);
    assert_eq!(machine.config(), before);
    // The twin: the same, with the person's word.
    let words = ["login", "-u", USER, "--password-stdin", "--allow-realm", &realm, &server];
    let _ = machine.docker(&words).stdin(PASSWORD).run().succeeds().prints("Login Succeeded\n");
    let basic = format!("Basic {}", encoded(USER, PASSWORD));
    assert!(tokens.asked()[0].ends_with(&basic), "{:?}", tokens.asked());
}

#[test]
fn no_other_server_decides_about_a_login_by_a_redirection_and_with_docker_it_does() {
    let machine = Machine::new();
    let thief = Server::plain(Box::new(|_, _| (200, Vec::new(), String::new())));
    let elsewhere = format!("Location: http://{}/v2/", thief.server());
    let registry = Server::plain(basic(move |_| (307, vec![elsewhere.clone()], String::new())));
    let _ = machine
        .login(&registry.server())
        .run()
        .exits_with(1)
        .says("nothing was sent there")
        .nowhere_has(PASSWORD);
    assert_eq!(thief.asked(), [""; 0]);
    // The twin: docker believes the other one.
    let Some(docker) = docker() else { return };
    let words = ["login", "-u", USER, "--password-stdin", &registry.server()];
    let _ = machine.real_docker(docker, &words).stdin(PASSWORD).run().succeeds();
    assert_eq!(thief.asked(), ["/v2/ -"]);
}

#[test]
fn a_redirection_on_the_same_server_is_followed() {
    let machine = Machine::new();
    let registry = Server::plain(basic(|path| match path {
        "/v2/" => (307, vec!["Location: /v2/here".to_owned()], String::new()),
        _ => (200, Vec::new(), String::new()),
    }));
    let _ = machine.login(&registry.server()).run().succeeds();
    assert!(registry.asked().last().unwrap().starts_with("/v2/here Basic"));
}

#[test]
fn a_certificate_that_nobody_vouches_for_gets_no_password_until_docker_s_folder_has_it() {
    let machine = Machine::new();
    let registry = Server::with_tls(basic(|_| (200, Vec::new(), String::new())));
    let _ = machine
        .login(&registry.server())
        .run()
        .exits_with(1)
        .says("was not trusted")
        .nowhere_has(PASSWORD);
    assert_eq!(registry.asked(), [""; 0]);
    // The twins: another server's folder, then its own.
    machine.believe("127.0.0.1:1", &registry.certificate);
    let _ = machine.login(&registry.server()).run().exits_with(1).says("was not trusted");
    machine.believe(&registry.server(), &registry.certificate);
    let _ = machine.login(&registry.server()).run().succeeds();
}

#[test]
fn a_variable_names_no_other_folder_of_certificates() {
    let machine = Machine::new();
    let registry = Server::with_tls(basic(|_| (200, Vec::new(), String::new())));
    machine.believe(&registry.server(), &registry.certificate);
    let planted = machine.home.user().join(".config");
    let moved = machine.home.project().join("planted");
    std::fs::rename(planted, &moved).unwrap();
    let login = machine.login(&registry.server());
    let _ = login
        .env("XDG_CONFIG_HOME", &moved)
        .env("SSL_CERT_DIR", &moved)
        .run()
        .exits_with(1)
        .says("was not trusted");
    // The twin: the same folder where it counts.
    std::fs::rename(&moved, machine.home.user().join(".config")).unwrap();
    let _ = machine.login(&registry.server()).run().succeeds();
}

#[test]
fn what_a_token_server_says_does_not_act_on_the_terminal() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::giving(Tokens::Escapes));
    let output = machine.login(&registry.server()).run().exits_with(1).says("gone");
    assert!(!output.stderr.contains(['\u{1b}', '\u{7}']), "{output}");
}

#[test]
fn an_endless_answer_ends_the_login_and_nothing_else() {
    let machine = Machine::new();
    let before = machine.config();
    let registry = FakeRegistry::start(Manner::giving(Tokens::Huge));
    let _ = machine.login(&registry.server()).run().exits_with(1).says("is larger than");
    assert_eq!(machine.config(), before);
    let start = Instant::now();
    let registry = FakeRegistry::start(Manner::giving(Tokens::Slow));
    let _ = machine.login(&registry.server()).run().exits_with(1).says("within 15 s");
    assert!(start.elapsed() < Duration::from_secs(40));
    assert_eq!(machine.config(), before);
}

#[test]
fn an_open_registry_is_pointed_out_and_one_that_asks_is_not() {
    let machine = Machine::new();
    let open = FakeRegistry::start(Manner::OPEN);
    let told = "would have accepted any password";
    let _ = machine.login(&open.server()).run().succeeds().says(told);
    assert!(machine.config().contains(&encoded(USER, PASSWORD)));
    let asking = FakeRegistry::start(Manner::BASIC);
    let _ = machine.login(&asking.server()).run().succeeds().never_says(told);
}
