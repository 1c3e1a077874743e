//! A server that does what registries of good faith do not.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Status, further headers and body.
pub(crate) type Answer = (u16, Vec<String>, String);
/// What is answered to a path, and to who shows this.
pub(crate) type Behaviour = dyn Fn(&str, Option<&str>) -> Answer + Send + Sync;

/// It lives as long as the process.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// What makes it believed, if it speaks TLS.
    pub(crate) certificate: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn plain(behaviour: Box<Behaviour>) -> Self {
        Self::start(None, String::new(), behaviour)
    }

    /// One with a certificate of its own making for this machine's names.
    pub(crate) fn with_tls(behaviour: Box<Behaviour>) -> Self {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        let (pem, chain) = (own.pem(), vec![own.der().clone()]);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::start(Some(Arc::new(config)), pem, behaviour)
    }

    fn start(
        tls: Option<Arc<ServerConfig>>,
        certificate: String,
        behaviour: Box<Behaviour>,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (told, behaviour) = (Arc::clone(&asked), Arc::new(behaviour));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (tls, told, behaviour) =
                    (tls.clone(), Arc::clone(&told), Arc::clone(&behaviour));
                // Who does not believe it goes away.
                thread::spawn(move || drop(serve(client, tls, &told, &**behaviour)));
            }
        });
        Self { port, certificate, asked }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Each request so far: its path, and what it showed.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    client: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    told: &Mutex<Vec<String>>,
    behaviour: &Behaviour,
) -> io::Result<()> {
    match tls {
        None => talk(client, told, behaviour),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(io::Error::other)?;
            talk(StreamOwned::new(connection, client), told, behaviour)
        }
    }
}

fn talk(
    stream: impl Read + Write,
    told: &Mutex<Vec<String>>,
    behaviour: &Behaviour,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut path, mut shown) = (String::new(), None);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or("?").to_owned();
        }
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                shown = Some(value.to_owned());
            }
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    told.lock().unwrap().push(format!("{path} {}", shown.as_deref().unwrap_or("-")));
    let (status, headers, body) = behaviour(&path, shown.as_deref());
    let mut text = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n{body}", body.len());
    let stream = stream.get_mut();
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// A registry that wants a token of this server.
pub(crate) fn wanting(realm: String) -> Box<Behaviour> {
    Box::new(move |_, shown| match shown {
        Some("Bearer T") => (200, Vec::new(), String::new()),
        _ => (
            401,
            vec![format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"s\"")],
            String::new(),
        ),
    })
}

/// A token server that gives everybody a token.
pub(crate) fn giving() -> Box<Behaviour> {
    Box::new(|_, _| (200, Vec::new(), r#"{"token":"T"}"#.to_owned()))
}

/// What wants a password; behind it, an answer of the test's.
pub(crate) fn basic(then: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Box<Behaviour> {
    Box::new(move |path, shown| match shown {
        Some(_) => then(path),
        None => (401, vec!["WWW-Authenticate: Basic realm=\"x\"".to_owned()], String::new()),
    })
}
