//! A proxy of the test's own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::server::ServerConnection;
use rustls::{ServerConfig, StreamOwned};

/// A proxy on this machine, for which every host is the same server. It keeps what it was asked, and
/// what went through it.
pub(super) struct ProxyServer {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    carried: Arc<Mutex<Vec<u8>>>,
}

/// How it answers CONNECT.
type Answer = dyn Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync;

/// What it does with each request.
#[derive(Clone)]
pub(super) struct Manner {
    /// Where everything leads.
    pub(super) target: SocketAddr,
    /// The value of `Proxy-Authorization` that it wants.
    pub(super) login: Option<&'static str>,
    /// Its own TLS.
    pub(super) tls: Option<Arc<ServerConfig>>,
    /// The answer to CONNECT.
    pub(super) answer: Arc<Answer>,
}

impl Manner {
    pub(super) fn leading_to(target: SocketAddr) -> Self {
        let answer = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n";
        Self { target, login: None, tls: None, answer: Arc::new(|stream| stream.write_all(answer)) }
    }

    pub(super) fn answering(
        self,
        answer: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { answer: Arc::new(answer), ..self }
    }
}

trait Stream: Read + Write {
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

impl ProxyServer {
    pub(super) fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, carried) = (Arc::default(), Arc::default());
        let proxy = Self { address, asked: Arc::clone(&asked), carried: Arc::clone(&carried) };
        thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                let (manner, asked, carried) =
                    (manner.clone(), Arc::clone(&asked), Arc::clone(&carried));
                // The client may be gone by now, which is what some tests are about.
                thread::spawn(move || serve(stream, &manner, &asked, &carried));
            }
        });
        proxy
    }

    pub(super) fn url(&self, scheme: &str, login: &str) -> String {
        format!("{scheme}://{login}{}", self.address)
    }

    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(super) fn carried(&self) -> Vec<u8> {
        self.carried.lock().unwrap().clone()
    }
}

fn serve(
    stream: TcpStream,
    manner: &Manner,
    asked: &Mutex<Vec<String>>,
    carried: &Mutex<Vec<u8>>,
) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut stream: Box<dyn Stream> = match &manner.tls {
        None => Box::new(stream),
        Some(config) => {
            let connection = ServerConnection::new(Arc::clone(config)).unwrap();
            Box::new(StreamOwned::new(connection, stream))
        }
    };
    let head = read_head(&mut *stream)?;
    asked.lock().unwrap().push(head.clone());
    let expected = manner.login.map(|login| format!("proxy-authorization: {login}\r\n"));
    if expected.is_some_and(|expected| !head.contains(&expected)) {
        let answer = b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(answer).and_then(|()| stream.flush()).ok();
    }
    let mut target = match head.starts_with("CONNECT ") {
        true => {
            (manner.answer)(&mut *stream).and_then(|()| stream.flush()).ok()?;
            connect(manner.target)?
        }
        false => {
            let mut target = connect(manner.target)?;
            target.write_all(head.as_bytes()).ok()?;
            target
        }
    };
    carry(&mut *stream, &mut target, carried)
}

#[allow(clippy::disallowed_methods, reason = "the proxy is a program of its own")]
fn connect(target: SocketAddr) -> Option<TcpStream> {
    TcpStream::connect(target).ok()
}

fn read_head(stream: &mut dyn Stream) -> Option<String> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

fn carry(client: &mut dyn Stream, target: &mut TcpStream, carried: &Mutex<Vec<u8>>) -> Option<()> {
    let short = Some(Duration::from_millis(5));
    client.socket().set_read_timeout(short).ok()?;
    target.set_read_timeout(short).ok()?;
    let mut buffer = [0; 16 << 10];
    loop {
        for to_target in [true, false] {
            let read = match to_target {
                true => client.read(&mut buffer),
                false => target.read(&mut buffer),
            };
            let bytes = match read {
                Ok(0) => return None,
                Ok(count) => &buffer[..count],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(_) => return None,
            };
            carried.lock().unwrap().extend(bytes);
            match to_target {
                true => target.write_all(bytes).ok()?,
                false => client.write_all(bytes).and_then(|()| client.flush()).ok()?,
            }
        }
    }
}
