//! What the native code behind each capability looks like to the sandbox. An adapter does what it
//! is told and never decides; whether it may be told is the business of [`crate::Capabilities`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::{Origins, ProcessGrant, Refusal, Secret};

/// An adapter's failure: a message for people and its causes, never a secret.
pub type AdapterError = Box<dyn std::error::Error + Send + Sync>;

/// An entry of a secret store.
#[derive(Clone, Debug)]
pub struct StoredSecret {
    /// The account, where the store keeps one.
    pub identity: Option<Secret>,
    /// The token or password.
    pub secret: Secret,
}

/// A secret store, already bound to the registry of the request in hand.
pub trait SecretStore: Send {
    /// The entry, if there is one.
    ///
    /// # Errors
    /// If the store cannot be read, so that nothing is known about the entry.
    fn load(&self) -> Result<Option<StoredSecret>, AdapterError>;
    /// Replaces the entry.
    ///
    /// # Errors
    /// If it is not certain that the new entry is kept; the old one is untouched then.
    fn save(&self, identity: Option<&Secret>, secret: &Secret) -> Result<(), AdapterError>;
    /// Removes the entry and says whether there was one.
    ///
    /// # Errors
    /// If it is not certain that the entry is gone.
    fn remove(&self) -> Result<bool, AdapterError>;
    /// The same if it holds this very secret. A store with a lock looks and removes under it, so that
    /// nothing is removed that somebody keeps meanwhile.
    ///
    /// # Errors
    /// [`OtherSecret`] if it holds another one, which stays; and as for both others.
    fn remove_only(&self, secret: &Secret) -> Result<bool, AdapterError> {
        match self.load()? {
            None => Ok(false),
            Some(found) if found.secret.expose() == secret.expose() => self.remove(),
            Some(_) => Err(OtherSecret.into()),
        }
    }
}

/// What is to be removed is not what is there.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("another credential was kept there meanwhile, and stays there")]
pub struct OtherSecret;

/// The environment of the process.
pub trait Environment: Send {
    /// The value of a variable; `None` if it is not set or not UTF-8.
    fn variable(&self, name: &str) -> Option<Secret>;
}

/// The files of the machine.
pub trait Files: Send {
    /// The content of a regular file of at most `limit` bytes; `None` if there is none.
    ///
    /// # Errors
    /// If it is there and cannot be read, or is not a file that may be trusted.
    fn read(&self, path: &Path, limit: usize) -> Result<Option<Secret>, AdapterError>;
}

/// One HTTP request whose address, method and headers have been decided on.
#[derive(Debug)]
pub struct HttpRequest {
    /// In upper case.
    pub method: String,
    /// Without user, password or fragment.
    pub url: Url,
    /// Names in lower case; values checked for control characters.
    pub headers: Vec<(String, Secret)>,
    /// The whole body.
    pub body: Secret,
    /// Whether addresses of loopback and private networks may be connected to.
    pub private_network: bool,
    /// The absolute path of a PEM file with a certificate chain and its private key, with which the
    /// client shows who it is in TLS, where the server asks for that.
    pub client_certificate: Option<PathBuf>,
    /// For the whole exchange.
    pub deadline: Duration,
    /// Most bytes of the response's body.
    pub max_body: usize,
}

/// What came back.
#[derive(Debug)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, Secret)>,
    /// The whole body.
    pub body: Secret,
}

/// HTTP, one request at a time, without redirects.
pub trait Http: Send {
    /// Sends one request.
    ///
    /// # Errors
    /// If there is no whole response within the deadline and the caps.
    fn send(&self, request: HttpRequest) -> Result<HttpResponse, AdapterError>;
}

/// What a provider kept for itself.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The bytes.
    pub secret: Secret,
    /// Where they came from when they were saved.
    pub origins: Origins,
    /// Seconds since the Unix epoch, after which it is forgotten.
    pub until: Option<u64>,
}

/// A provider's own state, already bound to the provider and the registry of the request in hand.
/// Names have been checked: 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, the first a letter or a digit.
pub trait StateStore: Send {
    /// What is kept under a name; none if there is nothing, or its time is over.
    ///
    /// # Errors
    /// If it cannot be read, so that nothing is known about it.
    fn load(&self, name: &str) -> Result<Option<Kept>, AdapterError>;
    /// Replaces what is kept under a name.
    ///
    /// # Errors
    /// If it is not certain that it is kept, or there are too many names.
    fn save(&self, name: &str, kept: &Kept) -> Result<(), AdapterError>;
    /// Removes what is kept under a name and says whether there was anything.
    ///
    /// # Errors
    /// If it is not certain that it is gone.
    fn remove(&self, name: &str) -> Result<bool, AdapterError>;
}

/// A program to start, whose grant, arguments and variables have been decided on.
#[derive(Clone, Debug)]
pub struct ProcessRequest {
    /// The grant that covers it.
    pub grant: ProcessGrant,
    /// Its arguments, without its own name.
    pub arguments: Vec<String>,
    /// Names of variables to hand on, all of the grant.
    pub environment: Vec<String>,
}

/// Native programs.
pub trait Process: Send {
    /// Starts one.
    ///
    /// # Errors
    /// If its file is not what was granted, or may not be trusted, or does not start.
    fn start(&self, request: ProcessRequest) -> Result<Box<dyn Program>, AdapterError>;
}

/// A running program. It ends with this value.
pub trait Program: Send + Sync {
    /// Writes to its standard input.
    ///
    /// # Errors
    /// If it does not take it within its deadline, or has ended.
    fn write(&mut self, bytes: &Secret) -> Result<(), AdapterError>;
    /// The next line of its standard output, without its line end (LF or CRLF); none at its end.
    ///
    /// # Errors
    /// If there is none within its deadline, or it is longer than `limit` bytes.
    fn read_line(&mut self, limit: usize) -> Result<Option<Secret>, AdapterError>;
    /// Closes its input, reads what is left of its output and waits for its end.
    ///
    /// # Errors
    /// If that takes longer than its deadline, or is more than `limit` bytes.
    fn finish(&mut self, limit: usize) -> Result<ProgramEnd, AdapterError>;
    /// What it wrote to standard error up to now, capped. Untrusted.
    fn diagnostics(&self) -> Vec<u8>;
}

/// How a program ended.
#[derive(Debug)]
pub struct ProgramEnd {
    /// Its exit status, or 128 and the number of the signal that ended it.
    pub status: i32,
    /// What was left of its standard output.
    pub output: Secret,
}

/// Who is told of each use of a capability, before it happens.
pub trait Witness: Send {
    /// Takes note that a provider uses `subject` of `capability`, or that the host refuses it.
    ///
    /// # Errors
    /// If no note can be taken and nothing may happen without one.
    fn record(
        &self,
        capability: &'static str,
        subject: &str,
        refusal: Option<&Refusal>,
    ) -> Result<(), AdapterError>;
}

/// The person at the terminal.
pub trait Prompt: Send {
    /// Asks one question and returns the line without its end.
    ///
    /// # Errors
    /// If there is nobody to ask.
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError>;
    /// Shows a message, and a link to open.
    ///
    /// # Errors
    /// If there is nobody to show it to.
    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError>;
}

/// The adapters of one call. What is `None`, or not in `stores`, is not on this machine.
#[derive(Default)]
pub struct Adapters {
    /// Secret stores by name, each bound to the registry of the request.
    pub stores: BTreeMap<String, Box<dyn SecretStore>>,
    /// The environment of the process.
    pub environment: Option<Box<dyn Environment>>,
    /// The files of the machine.
    pub files: Option<Box<dyn Files>>,
    /// HTTP.
    pub http: Option<Box<dyn Http>>,
    /// The person at the terminal.
    pub prompt: Option<Box<dyn Prompt>>,
    /// The provider's own state.
    pub state: Option<Box<dyn StateStore>>,
    /// Native programs.
    pub process: Option<Box<dyn Process>>,
    /// Who is told of each use.
    pub witness: Option<Box<dyn Witness>>,
    /// Parameters that trusted configuration gives the provider.
    pub settings: BTreeMap<String, String>,
}
