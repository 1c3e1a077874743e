//! A provider that means well, as somebody else might have built it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::SystemTime;

use lockgate_core::Lifetime;
use lockgate_providers::component::examine;
use lockgate_tests::guests::{Attack, Guest, Machine, answer, attack};

const ENVIRONMENT: &str = "environment = [\"CI_JOB_JWT\"]\nplain = [\"json:/expires_in\"]";

/// A sign-on that gives a token to everybody, and tells the head of each request.
struct SignOn {
    port: u16,
    heads: Receiver<String>,
}

impl SignOn {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, heads) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut head = String::new();
                while stream.read_line(&mut head).unwrap() > 2 {}
                sender.send(head).unwrap();
                let body = r#"{"token": "short-lived", "expires_in": 3600}"#;
                let length = body.len();
                let reply = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                );
                stream.get_mut().write_all(reply.as_bytes()).unwrap();
            }
        });
        Self { port, heads }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/exchange", self.port)
    }

    fn grant(&self, receives: &str) -> String {
        format!("{ENVIRONMENT}\nhttp = [{{ url = \"{}\"{receives} }}]", self.url())
    }

    fn attack(&self) -> Attack {
        attack("courier", &[]).on(&self.machine()).asking_for_port(self.port)
    }

    fn machine(&self) -> Machine {
        Machine::new().variable("CI_JOB_JWT", "the-jobs-identity").setting("token-url", &self.url())
    }
}

const RECEIVES: &str = ", receives = [\"environment:CI_JOB_JWT\"]";

#[test]
fn the_courier_needs_the_network_and_says_so() {
    let sign_on = SignOn::start();
    sign_on
        .attack()
        .granted(ENVIRONMENT)
        .refused_with(|seen| {
            let error = seen.error();
            assert!(error.ends_with("and `http` is not granted"), "{error}");
            assert!(sign_on.heads.try_recv().is_err());
        })
        .works_with(&sign_on.grant(RECEIVES), answer("short-lived"));
    let head = sign_on.heads.recv().unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /exchange "), "{head}");
    assert!(head.contains("authorization: bearer the-jobs-identity\r\n"), "{head}");
}

#[test]
fn the_couriers_identity_goes_where_its_grant_says() {
    let sign_on = SignOn::start();
    sign_on
        .attack()
        .granted(&sign_on.grant(""))
        .refused_with(|seen| {
            assert!(seen.refusals().concat().ends_with("came from `environment:CI_JOB_JWT`"));
            assert!(sign_on.heads.try_recv().is_err());
        })
        .works_with(&sign_on.grant(RECEIVES), |seen| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
            let Lifetime::Until(until) = seen.credential().lifetime else {
                panic!("{:?}", seen.credential())
            };
            assert!((now + 3590..=now + 3600).contains(&until), "{until}");
        });
}

/// An argument comes from a client's configuration, which a cloned repository may have written.
#[test]
fn an_argument_does_not_overrule_the_couriers_setting() {
    let (sign_on, other) = (SignOn::start(), SignOn::start());
    sign_on
        .attack()
        .granted(&sign_on.grant(RECEIVES))
        .on(&Machine::new().variable("CI_JOB_JWT", "the-jobs-identity"))
        .saying(&[&other.url()])
        .refused_with(|seen| {
            let refusal = format!("http `POST {}` was refused: it is not granted", other.url());
            assert_eq!(seen.refusals(), [refusal]);
        })
        .works_when(|attack| attack.on(&sign_on.machine()), answer("short-lived"));
    assert!(other.heads.try_recv().is_err());
}

#[test]
fn a_component_can_ask_for_the_port_of_a_test() {
    let courier = Guest::named("courier");
    let moved = courier.component_asking_for_port(45678);
    let (moved, own) = (examine(&moved).unwrap(), examine(courier.component).unwrap());
    assert!(own.manifest.contains("http://127.0.0.1:57357"));
    assert_eq!(moved.manifest, own.manifest.replace("57357", "45678"));
    assert_ne!(moved.digest, own.digest);
}
