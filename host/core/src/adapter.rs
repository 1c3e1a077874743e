//! What the native code behind each capability looks like to the sandbox. An adapter does what it
//! is told and never decides; whether it may be told is the business of [`crate::Capabilities`].

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::Secret;

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
}

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
    /// Parameters that trusted configuration gives the provider.
    pub settings: BTreeMap<String, String>,
}
