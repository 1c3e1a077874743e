//! Container registries on this machine: the real one, and one that does what that one does not.

mod answer;
mod daemon;
mod manner;
mod real;
mod signed;

use std::io::{BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::registry::http::Request;
use answer::{Place, Response, account};
pub use manner::{
    ACCESS_TOKEN, Guard, IDENTITY_TOKEN, Manner, NEXT_IDENTITY_TOKEN, PASSWORD, Realm, Tokens, USER,
};
pub use real::{RealRegistry, Wants};

/// The first byte of what a client of TLS says.
const TLS: u8 = 0x16;
/// Longest time that a client may take for one request.
const PATIENCE: Duration = Duration::from_secs(30);

/// A registry, its token server, and a daemon of docker's, on one port of 127.0.0.1, all of which do
/// as they are told. It ends when it is dropped.
pub struct FakeRegistry {
    shared: Arc<Shared>,
}

struct Shared {
    own: SocketAddr,
    other: SocketAddr,
    manner: Manner,
    token: String,
    stopping: AtomicBool,
    asked: Mutex<Vec<String>>,
}

impl FakeRegistry {
    /// Starts one.
    pub fn start(manner: Manner) -> Self {
        Self::giving(manner, ACCESS_TOKEN)
    }

    /// Starts one whose token server gives this token.
    pub fn giving(manner: Manner, token: &str) -> Self {
        let listen = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let listeners = [listen(), listen()];
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            own: address(&listeners[0]),
            other: address(&listeners[1]),
            manner,
            token: token.to_owned(),
            stopping: AtomicBool::new(false),
            asked: Mutex::default(),
        });
        for listener in listeners {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || serve_all(&listener, &shared));
        }
        Self { shared }
    }

    /// How a client names it: `127.0.0.1:PORT`.
    pub fn server(&self) -> String {
        self.shared.own.to_string()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.shared.own.port()
    }

    /// The other port, at which the same answers.
    pub fn other_port(&self) -> u16 {
        self.shared.other.port()
    }

    /// Where a daemon of docker's answers.
    pub fn daemon(&self) -> String {
        format!("tcp://{}", self.server())
    }

    /// Every request since the last time, in order: what was asked, and by whom. A client that speaks
    /// TLS to it is one too. What its daemon was asked is not among them.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock())
    }
}

impl Drop for FakeRegistry {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listeners wait for a connection; these wake them.
        for address in [self.shared.own, self.shared.other] {
            let _ = TcpStream::connect(address);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn serve_all(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        // A client that goes away in the middle is its own business.
        std::thread::spawn(move || drop(serve(&stream, &shared)));
    }
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut first = [0];
    if stream.peek(&mut first)? == 1 && first == [TLS] {
        shared.lock().push("TLS".to_owned());
        return stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n");
    }
    let Some(request) = Request::read(&mut BufReader::new(stream), stream)? else {
        return Ok(());
    };
    if let Some(response) = daemon::answer(&request) {
        return response.write(stream);
    }
    shared.lock().push(shown(&request));
    let (own, other) = (shared.own.to_string(), shared.other.to_string());
    let place =
        Place { manner: shared.manner, address: &own, other_address: &other, token: &shared.token };
    place.answer(&request).map_or(Ok(()), |response: Response| response.write(stream))
}

/// What was asked, and by whom, in one line. The order of a query's parts does not matter.
fn shown(request: &Request) -> String {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let sorted = |pairs: &str| {
        let mut pairs: Vec<_> = pairs.split('&').collect();
        pairs.sort_unstable();
        pairs.join("&")
    };
    let mut line = format!("{} {path}", request.method);
    if !query.is_empty() {
        line += &format!("?{}", sorted(query));
    }
    if !request.body.is_empty() {
        line += &format!(" {}", sorted(&String::from_utf8_lossy(&request.body)));
    }
    match (account(request), request.header("authorization")) {
        (Some(account), _) => line + &format!(" [{account}]"),
        (None, Some(other)) => line + &format!(" [{other}]"),
        (None, None) => line,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use serde_json::Value;

    use super::{FakeRegistry, Manner, RealRegistry, Tokens, Wants};

    const ALICE: &str = "Basic YWxpY2U6czNjcmV0";

    /// The status and the body of an answer.
    fn ask(server: &str, path: &str, authorization: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(server).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nAuthorization: {authorization}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    #[test]
    fn who_has_no_password_is_not_let_in_and_each_request_is_told() {
        let registry = FakeRegistry::start(Manner::BASIC);
        assert_eq!(ask(&registry.server(), "/v2/", "Basic YWxpY2U6d3Jvbmc=").0, 401);
        assert_eq!(ask(&registry.server(), "/v2/", ALICE).0, 200);
        assert_eq!(registry.asked(), ["GET /v2/ [alice:wrong]", "GET /v2/ [alice:s3cret]"]);
        assert!(registry.asked().is_empty());
    }

    #[test]
    fn the_real_registry_believes_the_token_of_its_token_server_alone() {
        let registry = RealRegistry::start(Wants::Token(Tokens::Plain));
        let (_, given) = ask(&registry.tokens().unwrap().server(), "/token", ALICE);
        let given: Value = serde_json::from_str(&given).unwrap();
        let token = given["token"].as_str().unwrap();
        let status = |token: &str| ask(&registry.server(), "/v2/", &format!("Bearer {token}")).0;
        assert_eq!((status("x"), status(token)), (401, 200));
        assert_eq!(registry.asked(), ["GET /v2/ 401", "GET /v2/ 200"]);
    }
}
