//! A company's single sign-on, for the provider `courier`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The token that it gives to whoever asks.
pub const TOKEN: &str = "short-lived-token-91ab";

/// A sign-on that keeps what it was asked with.
pub struct SignOn {
    /// Where it listens on this machine.
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl SignOn {
    /// Starts one. Its port has five digits, as that in the component, which a test replaces.
    pub fn start() -> Self {
        let (this, listener) = Self::silent();
        let kept = Arc::clone(&this.requests);
        thread::spawn(move || serve(&listener, |request| kept.lock().unwrap().push(request)));
        this
    }

    /// One that answers nobody, and where it is asked.
    pub fn silent() -> (Self, TcpListener) {
        let any = || TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        let listener = std::iter::repeat_with(any).find(|found| port(found) >= 10_000).unwrap();
        let port = port(&listener);
        (Self { port, requests: Arc::default() }, listener)
    }

    /// The requests so far, each with its headers.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Answers everybody, as long as the process lives, and tells of each request.
pub fn serve(listener: &TcpListener, told: impl Fn(String)) {
    for connection in listener.incoming().flatten() {
        told(answer(connection));
    }
}

/// Answers one, and what it asked.
pub fn answer(mut connection: TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    let body = format!("{{\"token\":\"{TOKEN}\",\"expires_in\":600}}");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let _ = write!(connection, "{head}content-length: {}\r\n\r\n{body}", body.len());
    String::from_utf8_lossy(&request).into_owned()
}
