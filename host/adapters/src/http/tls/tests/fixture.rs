//! Authorities, and servers with certificates from them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConnection, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig, StreamOwned};

/// A certificate with its key, and whatever signed it.
pub(crate) struct Signed {
    pub(crate) chain: String,
    pub(crate) key: String,
}

pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn sign(&self, name: &str, change: impl Fn(&mut CertificateParams)) -> Signed {
        let (params, key) = leaf(name, change);
        let chain = params.signed_by(&key, &self.issuer).unwrap().pem();
        Signed { chain, key: key.serialize_pem() }
    }

    pub(crate) fn good(&self) -> Signed {
        self.sign("good.example", |_| {})
    }
}

pub(crate) fn leaf(
    name: &str,
    change: impl Fn(&mut CertificateParams),
) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    change(&mut params);
    (params, KeyPair::generate().unwrap())
}

pub(crate) fn server_config(signed: &Signed, clients: Option<&Authority>) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let chain = CertificateDer::pem_slice_iter(signed.chain.as_bytes());
    let chain = chain.collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(signed.key.as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}

/// A server on this machine, which is whichever name it is asked as. Hands over what each client
/// said after a handshake: nothing at all, if there was none.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) said: Receiver<String>,
}

impl Server {
    pub(crate) fn new(config: ServerConfig) -> Self {
        Self::answering(config, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    }

    pub(crate) fn answering(config: ServerConfig, response: &'static [u8]) -> Self {
        let config = Arc::new(config);
        Self::speaking(move |stream| {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut said = Vec::new();
            let mut byte = [0];
            while !said.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                said.push(byte[0]);
            }
            let _ = stream.write_all(response).and_then(|()| stream.flush());
            String::from_utf8(said).unwrap()
        })
    }

    pub(crate) fn speaking(mut speak: impl FnMut(TcpStream) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, said) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                if sender.send(speak(stream)).is_err() {
                    return;
                }
            }
        });
        Self { address, said }
    }

    pub(crate) fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/token", self.address.port())
    }

    pub(crate) fn said(&self) -> String {
        self.said.recv_timeout(Duration::from_secs(5)).unwrap()
    }
}
