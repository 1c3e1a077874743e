//! The real `docker-registry`, of Debian's package of that name.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::manner::{Manner, PASSWORD, Tokens, USER};
use super::{FakeRegistry, signed};
use crate::{Run, programs};

/// Longest time until it answers.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a port is tried, which somebody else may take in between.
const ATTEMPTS: usize = 5;
/// What nobody but the test asks for, so that everything before it is in the log.
const MARK: &str = "/v2/the-end-of-what-was-asked";

/// What the registry wants of those who ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// Nothing.
    Nothing,
    /// The password, whose hash is kept by `htpasswd`.
    Password,
    /// Likewise, over TLS, with a certificate that nobody vouches for.
    PasswordOverTls,
    /// A token of a token server, which says this to who has the password.
    Token(Tokens),
}

/// A running registry. It ends when it is dropped, and what was pushed to it is gone.
pub struct RealRegistry {
    folder: TempDir,
    program: Child,
    port: u16,
    wants: Wants,
    tokens: Option<FakeRegistry>,
}

impl RealRegistry {
    /// Starts an empty one.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(wants: Wants) -> Self {
        programs::require("docker-registry");
        let started = (0..ATTEMPTS).find_map(|_| Self::attempt(wants));
        started.unwrap_or_else(|| panic!("docker-registry does not start"))
    }

    fn attempt(wants: Wants) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut tokens = None;
        let guard = match wants {
            Wants::Nothing => String::new(),
            Wants::Password | Wants::PasswordOverTls => password_guard(&folder),
            Wants::Token(said) => {
                let keys = signed::Keys::make(folder.path());
                let server = FakeRegistry::giving(Manner::giving(said), &keys.token());
                let guard = token_guard(&folder, &server);
                tokens = Some(server);
                guard
            }
        };
        let tls = match wants {
            Wants::PasswordOverTls => {
                signed::Keys::make(folder.path());
                let path = folder.path().display();
                format!("\n  tls: {{certificate: {path}/certificate, key: {path}/key}}")
            }
            _ => String::new(),
        };
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let configuration = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{inmemory: {{}}}}\n\
             http:\n  addr: 127.0.0.1:{port}{tls}\n{guard}"
        );
        let file = folder.path().join("configuration.yml");
        fs::write(&file, configuration).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let program = Command::new("/usr/bin/docker-registry")
            .arg("serve")
            .arg(&file)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut registry = Self { folder, program, port, wants, tokens };
        registry.answers().then_some(registry)
    }

    fn answers(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE && matches!(self.program.try_wait(), Ok(None)) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// How a client names it: `127.0.0.1:PORT`.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What it wants.
    pub fn wants(&self) -> Wants {
        self.wants
    }

    /// Its token server, if it wants tokens.
    pub fn tokens(&self) -> Option<&FakeRegistry> {
        self.tokens.as_ref()
    }

    /// What it was asked since it started, by its own log, each with the status of the answer.
    ///
    /// # Panics
    /// If it wants TLS, or does not answer.
    pub fn asked(&self) -> Vec<String> {
        assert_ne!(self.wants, Wants::PasswordOverTls, "the end of its log cannot be marked");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {MARK} HTTP/1.0\r\n\r\n").unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        let start = Instant::now();
        while !self.log().contains(MARK) && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(2));
        }
        let log = self.log();
        log.lines().filter(|line| !line.contains(MARK)).filter_map(request).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// The certificate that it shows, if it speaks TLS.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate")
    }
}

impl Drop for RealRegistry {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// `GET /v2/ 401`, from a line of the log.
fn request(line: &str) -> Option<String> {
    let mut parts = line.split('"').skip(1);
    let (asked, status) = (parts.next()?, parts.next()?);
    let mut words = asked.split(' ');
    let (method, path, protocol) = (words.next()?, words.next()?, words.next()?);
    let status = status.split_whitespace().next()?;
    protocol.starts_with("HTTP/").then(|| format!("{method} {path} {status}"))
}

fn password_guard(folder: &TempDir) -> String {
    programs::require("htpasswd");
    let made = Run::new("/usr/bin/htpasswd", folder.path()).args(["-Bbn", USER, PASSWORD]).run();
    let file = folder.path().join("htpasswd");
    fs::write(&file, made.succeeds().stdout).unwrap();
    format!("auth: {{htpasswd: {{realm: a registry, path: {}}}}}\n", file.display())
}

fn token_guard(folder: &TempDir, tokens: &FakeRegistry) -> String {
    format!(
        "auth:\n  token:\n    realm: http://{}/token\n    service: {}\n    issuer: {}\n    \
         rootcertbundle: {}\n",
        tokens.server(),
        signed::SERVICE,
        signed::ISSUER,
        folder.path().join("certificate").display()
    )
}
