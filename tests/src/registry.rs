//! A sparse registry on the loopback interface, as cargo needs one: index, downloads and the web
//! API. It remembers every request, so that a test can say which credentials it saw.

mod api;
pub(crate) mod http;
mod index;
mod publish;

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

pub use index::Release;

/// Longest time that a client may take to send its request or to read the answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who may read the index and the packages. The web API wants a token either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Only who has a token (`auth-required` in `config.json`).
    Private,
}

/// A way in which the server is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `config.json` is answered with this status.
    ConfigStatus(u16),
    /// `config.json` names no web API.
    NoApi,
    /// A refusal carries no `WWW-Authenticate` challenge.
    NoChallenge,
}

/// A request that the server got, and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// In upper case.
    pub method: String,
    /// With the query, if there was one.
    pub path: String,
    /// The header's value, byte for byte where it is UTF-8.
    pub authorization: Option<String>,
    /// The status of the answer.
    pub status: u16,
}

impl Seen {
    /// Whether the server did what it was asked.
    pub fn accepted(&self) -> bool {
        self.status < 400
    }
}

/// A running registry. It ends when it is dropped.
pub struct Server {
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    address: SocketAddr,
    access: Access,
    stopping: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tokens: Vec<String>,
    faults: Vec<Fault>,
    requests: Vec<Seen>,
    packages: BTreeMap<String, index::Package>,
}

impl Server {
    /// Starts an empty registry on a free port of 127.0.0.1, which accepts no token.
    pub fn start(access: Access) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let shared = Arc::new(Shared {
            address: listener.local_addr().unwrap(),
            access,
            stopping: AtomicBool::new(false),
            state: Mutex::default(),
        });
        let for_thread = Arc::clone(&shared);
        let listener = std::thread::spawn(move || listen(&listener, &for_thread));
        Self { shared, listener: Some(listener) }
    }

    /// From now on these tokens are accepted, and no other.
    pub fn accept(&self, tokens: &[&str]) {
        self.shared.lock().tokens = tokens.iter().map(|&token| token.to_owned()).collect();
    }

    /// From now on the server is broken in this way too.
    pub fn break_with(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Adds a package with an empty library to the index, as if somebody had published it.
    pub fn add_package(&self, name: &str, version: &str) {
        let archive = publish::empty_library(name, version);
        let release = index::Release::new(name, version, archive);
        self.shared.lock().packages.entry(name.to_owned()).or_default().releases.push(release);
    }

    /// The index URL as cargo's configuration names it, with `sparse+` and the final slash.
    pub fn index_url(&self) -> String {
        format!("sparse+{}/index/", self.shared.origin())
    }

    /// Where a person gets a token; what the challenge of a refusal names.
    pub fn login_url(&self) -> String {
        self.shared.login_url()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.shared.address.port()
    }

    /// Every request since the start or the last [`Server::forget_requests`], in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.lock().requests.clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.lock().requests.clear();
    }

    /// The requests with this method whose path contains `part`.
    pub fn requests_of(&self, method: &str, part: &str) -> Vec<Seen> {
        let mut requests = self.requests();
        requests.retain(|seen| seen.method == method && seen.path.contains(part));
        requests
    }

    /// Every value of an `Authorization` header that was seen, in order.
    pub fn authorizations(&self) -> Vec<String> {
        self.requests().into_iter().filter_map(|seen| seen.authorization).collect()
    }

    /// The published versions of a package, oldest first; none if there is no such package.
    pub fn releases(&self, name: &str) -> Vec<Release> {
        self.shared.lock().packages.get(name).map_or_else(Vec::new, |found| found.releases.clone())
    }

    /// The owners that were added to a package, by login name.
    pub fn owners(&self, name: &str) -> Vec<String> {
        self.shared.lock().packages.get(name).map_or_else(Vec::new, |found| found.owners.clone())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // The listener waits for a connection; this one wakes it.
        let woken = TcpStream::connect(self.shared.address);
        if let (Ok(_), Some(listener)) = (woken, self.listener.take()) {
            let _ = listener.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    fn login_url(&self) -> String {
        format!("{}/tokens", self.origin())
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // A client that goes away in the middle is its own business.
            let _ = serve(&stream, &shared);
        });
    }
}

fn serve(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let Some(request) = http::Request::read(&mut BufReader::new(stream), stream)? else {
        return Ok(());
    };
    let response = api::answer(shared, &request);
    shared.lock().requests.push(Seen {
        method: request.method.clone(),
        path: request.path.clone(),
        authorization: request.header("authorization").map(str::to_owned),
        status: response.status,
    });
    response.write(stream)
}
