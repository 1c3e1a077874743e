//! What was not granted.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use lockgate_core::{LoginInput, Operation};
use lockgate_tests::guests::{Machine, Seen, TOKEN_VARIABLE, answer, attack, error};
use lockgate_tests::{Access, Server};

const STORE: &str = "stores = [\"cargo-credentials\"]";

/// Expects this answer of the provider's, and this one record of the host's.
fn refused(message: &str, refusal: &str) -> impl FnOnce(&Seen) {
    move |seen| {
        assert_eq!(seen.error(), message);
        assert_eq!(seen.refusals(), [refusal]);
    }
}

#[test]
fn the_variable_of_another_registrys_token_needs_a_grant() {
    const OTHER: &str = "CARGO_REGISTRIES_OTHER_TOKEN";
    attack("hostile", &["read-environment", OTHER])
        .on(&Machine::new().variable(OTHER, "other").variable(TOKEN_VARIABLE, "own"))
        .granted("environment = [\"{registry.token}\"]")
        .refused_with(refused(
            "denied: environment",
            "environment `CARGO_REGISTRIES_OTHER_TOKEN` was refused: it is not granted",
        ))
        .works_with(&format!("environment = [\"{OTHER}\"]"), answer("other"));
}

#[test]
fn the_registrys_own_variable_is_the_hosts_choice() {
    attack("hostile", &["read-environment", TOKEN_VARIABLE])
        .on(&Machine::new().variable(TOKEN_VARIABLE, "own"))
        .granted("environment = [\"{registry.token}\"]")
        .refused_with(refused(
            "denied: environment",
            "environment `CARGO_REGISTRIES_CORP_TOKEN` was refused: it is not granted",
        ))
        .works_when(
            |attack| attack.saying(&["read-environment", "{registry.token}"]),
            answer("own"),
        );
}

#[test]
fn a_file_needs_a_grant() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("hostile.txt"), "content").unwrap();
    attack("hostile", &["read-file", "~/hostile.txt"])
        .on(&Machine::new().living_in(home.path()))
        .refused_with(refused(
            "denied: files",
            "files `~/hostile.txt` was refused: it is not granted",
        ))
        .works_with("files = [\"~/hostile.txt\"]", answer("content"));
}

#[test]
fn a_file_is_granted_in_one_spelling() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("hostile.txt"), "content").unwrap();
    attack("hostile", &["read-file", "~/./hostile.txt"])
        .on(&Machine::new().living_in(home.path()))
        .granted("files = [\"~/hostile.txt\"]")
        .refused_with(refused(
            "denied: files",
            "files `~/./hostile.txt` was refused: it is not granted",
        ))
        .works_when(|attack| attack.saying(&["read-file", "~/hostile.txt"]), answer("content"));
}

#[test]
fn a_store_needs_a_grant() {
    attack("hostile", &["load-store", "cargo-credentials"])
        .on(&Machine::new().keeping("token"))
        .refused_with(refused(
            "denied: stores",
            "stores `cargo-credentials` was refused: it is not granted",
        ))
        .works_with(STORE, answer("token"));
}

#[test]
fn a_get_cannot_save() {
    let machine = Machine::new();
    attack("hostile", &["save-store", "cargo-credentials", "planted"])
        .on(&machine)
        .granted(STORE)
        .refused_with(|seen| {
            refused(
                "denied: stores",
                "stores `cargo-credentials` was refused: `save` is not for a get request",
            )(seen);
            assert_eq!(machine.kept(), None);
        })
        .works_when(
            |attack| attack.during(Operation::Login(LoginInput::default())),
            |seen| {
                assert_eq!(seen.answer(), "logged in");
                assert_eq!(machine.kept().as_deref(), Some("planted"));
            },
        );
}

#[test]
fn a_login_cannot_remove() {
    let machine = Machine::new().keeping("token");
    attack("hostile", &["remove-store", "cargo-credentials"])
        .on(&machine)
        .granted(STORE)
        .during(Operation::Login(LoginInput::default()))
        .refused_with(|seen| {
            refused(
                "denied: stores",
                "stores `cargo-credentials` was refused: `remove` is not for a login request",
            )(seen);
            assert_eq!(machine.kept().as_deref(), Some("token"));
        })
        .works_when(
            |attack| attack.during(Operation::Logout),
            |seen| {
                assert_eq!(seen.answer(), "logged out");
                assert_eq!(machine.kept(), None);
            },
        );
}

#[test]
fn an_http_address_needs_a_grant() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}/upload", server.port());
    attack("hostile", &["send-http", &url, "text"])
        .asking_for_port(server.port())
        .refused_with(|seen| {
            let refusal = format!("http `POST {url}` was refused: it is not granted");
            refused("denied: http", &refusal)(seen);
            assert!(server.requests().is_empty());
        })
        .works_with(&format!("http = [\"{url}\"]"), answer("status 404"));
    assert_eq!(server.authorizations(), ["Bearer text"]);
}

#[test]
fn a_secret_goes_nowhere_but_where_its_origin_may() {
    secret_stays("send-http", &["store"], "Bearer token");
}

/// What is left of the token cannot be compared with it; it is its origin that counts.
#[test]
fn a_composed_encoded_and_hashed_secret_keeps_its_origin() {
    secret_stays("send-mixed", &[], "");
}

fn secret_stays(how: &str, what: &[&str], arrives: &str) {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}", server.port());
    let receives = r#", receives = ["store:cargo-credentials"]"#;
    let grant = |more: &str| format!("{STORE}\nhttp = [{{ url = \"{url}\"{more} }}]");
    let words = [&[how, url.as_str()], what].concat();
    attack("hostile", &words)
        .on(&Machine::new().keeping("token"))
        .asking_for_port(server.port())
        .granted(&grant(""))
        .refused_with(|seen| {
            let refusal = format!(
                "http `{url}` was refused: its grant does not receive secrets that came from `store:cargo-credentials`"
            );
            refused("denied: http", &refusal)(seen);
            assert!(server.requests().is_empty());
        })
        .works_with(&grant(receives), answer("status 404"));
    assert_eq!(server.authorizations().concat(), arrives);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_header_of_the_connection_is_refused() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}/", server.port());
    for header in ["Host", "content-length", "Transfer-Encoding", "proxy-authorization"] {
        attack("hostile", &["send-header", &url, header, "1"])
            .asking_for_port(server.port())
            .granted(&format!("http = [\"{url}\"]"))
            .refused_with(|seen| assert_eq!(seen.error(), "denied: http"))
            .works_when(
                |attack| attack.saying(&["send-header", &url, "x-other", "1"]),
                answer("status 404"),
            );
    }
    assert_eq!(server.requests().len(), 4);
}

/// What depends on a value is not told, only that the call is over: else it would tell of a secret.
#[test]
fn a_header_that_cannot_be_sent_ends_the_call() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}/", server.port());
    attack("hostile", &["send-header", &url, "x-other", "a\r\nx-forged: 1"])
        .asking_for_port(server.port())
        .granted(&format!("http = [\"{url}\"]"))
        .refused_with(error(
            "the provider was stopped: it made a header of what no header can hold",
        ))
        .works_when(
            |attack| attack.saying(&["send-header", &url, "x-other", "a x-forged: 1"]),
            answer("status 404"),
        );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_login_does_not_get_to_try_what_a_store_takes() {
    let machine = Machine::new();
    attack("hostile", &["save-many", "cargo-credentials", "5"])
        .on(&machine)
        .during(Operation::Login(LoginInput::default()))
        .granted(STORE)
        .refused_with(error(
            "the provider was stopped: it saved more than the 4 times that a login may",
        ))
        .works_when(
            |attack| attack.saying(&["save-many", "cargo-credentials", "4"]),
            |seen| assert_eq!(seen.answer(), "logged in"),
        );
}

#[test]
fn an_echo_does_not_launder_a_secret() {
    let echo = Echo::start();
    let (from, to) = (echo.url("from"), echo.url("to"));
    let grant = |receives: &str| {
        format!(
            "{STORE}\nhttp = [{{ url = \"{from}\", receives = [\"store:cargo-credentials\"] }}, \
             {{ url = \"{to}\"{receives} }}]"
        )
    };
    attack("hostile", &["relay", &from, &to])
        .on(&Machine::new().keeping("token"))
        .asking_for_port(echo.port)
        .granted(&grant(""))
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: http");
            assert!(seen.refusals().concat().contains("came from `store:cargo-credentials`"));
        })
        .works_with(&grant(", receives = [\"store:cargo-credentials\"]"), answer("status 200"));
}

/// A server that gives back what it is sent.
struct Echo {
    port: u16,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let _ = Self::answer(&mut BufReader::new(stream.unwrap()));
            }
        });
        Self { port }
    }

    fn answer(stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let mut length = 0;
        let mut line = String::new();
        while stream.read_line(&mut line)? > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        stream.get_mut().write_all(&[head.as_bytes(), &body].concat())
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}
