//! The registry behind https, with a certificate from an authority that no system trusts.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::{fs, io};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::machine::Machine;

/// A name that a proxy alone knows.
pub(crate) const HOST: &str = "index.corp.example";

/// It lives as long as the process.
pub(crate) struct Front {
    pub(crate) port: u16,
    /// The file of the authority.
    pub(crate) authority: PathBuf,
}

impl Front {
    /// Before the registry of this machine, which has the file `name` then.
    pub(crate) fn start(machine: &Machine, name: &str) -> Self {
        let mut of_authority = CertificateParams::new([]).unwrap();
        of_authority.distinguished_name.push(DnType::CommonName, "The company's authority");
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = machine.home.root().join(name).join("authority.pem");
        fs::create_dir_all(authority.parent().unwrap()).unwrap();
        fs::write(&authority, of_authority.self_signed(&key).unwrap().pem()).unwrap();
        let issuer = Issuer::new(of_authority, key);
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([HOST.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &issuer).unwrap().der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key);
        let config = Arc::new(config.unwrap());
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let behind = machine.registry.port;
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let config = Arc::clone(&config);
                // Who does not believe the certificate goes away.
                thread::spawn(move || serve(client, config, behind));
            }
        });
        Self { port, authority }
    }

    /// The index behind it.
    pub(crate) fn index(kind: &str) -> String {
        format!("sparse+https://{HOST}/{kind}/")
    }
}

fn serve(client: TcpStream, config: Arc<ServerConfig>, behind: u16) -> io::Result<()> {
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut client = StreamOwned::new(connection, client);
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let mut registry = TcpStream::connect(("127.0.0.1", behind))?;
    registry.write_all(&head)?;
    let mut answer = Vec::new();
    let _ = registry.read_to_end(&mut answer)?;
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}
