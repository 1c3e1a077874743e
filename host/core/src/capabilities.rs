//! What one call may use: the outcome of policy, asked at the moment of use.

mod http;
mod sink;

use std::collections::BTreeSet;
use std::path::PathBuf;

use url::{Host, Url};

use crate::{ArgumentTemplate, Limits, OriginPattern, escape, shorten};
use http::{check_url, shown};
pub use sink::Sink;

/// Everything that one call may use. The default is nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Capabilities {
    /// Secret stores, by name.
    pub stores: BTreeSet<String>,
    /// Environment variables.
    pub environment: Vec<EnvironmentGrant>,
    /// Files.
    pub files: Vec<FileGrant>,
    /// HTTP origins.
    pub http: Vec<HttpGrant>,
    /// Addresses that are refused whatever `http` says.
    pub denied_http: Vec<HttpGrant>,
    /// Native programs.
    pub process: Vec<ProcessGrant>,
    /// Fields of documents that may be read in the clear.
    pub plain: Vec<PlainField>,
    /// Whether the person at the terminal may be asked.
    pub prompt: bool,
    /// Whether the bytes of secrets may be seen.
    pub reveal: bool,
    /// Capabilities that the manifest asks for as optional: linked, and denied, without a grant.
    pub optional: BTreeSet<String>,
    /// Bounds of the call.
    pub limits: Limits,
}

/// One environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentGrant {
    /// The name as the grant writes it, which is what a provider asks for.
    pub name: String,
    /// The variable itself, its holes filled; `None` when there is nothing to fill them with.
    pub variable: Option<String>,
    /// Whether the value may be read in the clear.
    pub plain: bool,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileGrant {
    /// The path as the grant writes it, which is what a provider asks for.
    pub name: String,
    /// The absolute path.
    pub path: std::path::PathBuf,
}

/// One HTTP origin, with what may be sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpGrant {
    /// `https`, or `http` for a loopback address.
    pub scheme: String,
    /// The host in canonical form; with `subdomains`, the part behind `*.`.
    pub host: Host<String>,
    /// Whether the grant is for names below `host` (`*.example.com`), and not for itself.
    pub subdomains: bool,
    /// The port, explicit or the scheme's own.
    pub port: u16,
    /// The path and what is below it, by whole segments; `/` for all.
    pub path: String,
    /// Methods in upper case; empty for all.
    pub methods: Vec<String>,
    /// Origins of secrets that may be sent here, beside what is always allowed.
    pub receives: Vec<OriginPattern>,
    /// Whether addresses of loopback and private networks may be connected to.
    pub private_network: bool,
    /// The absolute path of a PEM file with a certificate chain and its private key, with which the
    /// client shows who it is in TLS.
    pub client_certificate: Option<PathBuf>,
}

/// One native program, with the arguments that it may be started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessGrant {
    /// Its absolute path, which is what a provider asks for.
    pub program: String,
    /// One template for each argument; `None` for any arguments (bridges only).
    pub arguments: Option<Vec<ArgumentTemplate>>,
    /// Variables to hand on with the host's values, beside the fixed few.
    pub environment: Vec<String>,
    /// SHA-256 that the program's file must have.
    pub digest: Option<[u8; 32]>,
    /// Whether it may use the controlling terminal.
    pub terminal: bool,
    /// Whether it may gain privileges (setuid and setgid programs).
    pub new_privileges: bool,
    /// Origins of secrets that may be written to it, beside what is always allowed.
    pub receives: Vec<OriginPattern>,
}

/// A field that may be read in the clear, by format and path; `*` stands for one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainField {
    /// `json`, `toml`, `ini`, `form` or `header`.
    pub format: String,
    /// The steps.
    pub path: Vec<String>,
}

/// Longest subject of a refusal that is kept, in bytes: a provider chooses what it asks for.
const MAX_SUBJECT: usize = 256;

/// A refusal by the host: the record that people are told of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{capability} `{subject}` was refused: {reason}")]
pub struct Refusal {
    /// The capability's name in grants.
    pub capability: &'static str,
    /// The very thing that was asked for.
    pub subject: String,
    /// Why, in words.
    pub reason: String,
}

impl Refusal {
    /// A refusal of `subject` for `reason`.
    pub fn new(
        capability: &'static str,
        subject: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        // A provider chose it: it may neither begin a line of its own nor drive the terminal.
        let subject = escape(&shorten(&subject.into(), MAX_SUBJECT));
        Self { capability, subject, reason: reason.into() }
    }

    fn not_granted(capability: &'static str, subject: &str) -> Self {
        Self::new(capability, subject, "it is not granted")
    }
}

impl Capabilities {
    /// Whether this store may be used.
    ///
    /// # Errors
    /// The refusal.
    pub fn store(&self, name: &str) -> Result<(), Refusal> {
        match self.stores.contains(name) {
            true => Ok(()),
            false => Err(Refusal::not_granted("stores", name)),
        }
    }

    /// The grant for a variable, by the name as granted.
    ///
    /// # Errors
    /// The refusal; also if `plain` is wanted and not granted.
    pub fn variable(&self, name: &str, plain: bool) -> Result<&EnvironmentGrant, Refusal> {
        let grant = self
            .environment
            .iter()
            .find(|grant| grant.name == name)
            .ok_or_else(|| Refusal::not_granted("environment", name))?;
        if plain && !grant.plain {
            let reason = "it is granted as a secret, not as plain text";
            return Err(Refusal::new("environment", name, reason));
        }
        Ok(grant)
    }

    /// The grant for a file, by the path as granted.
    ///
    /// # Errors
    /// The refusal.
    pub fn file(&self, name: &str) -> Result<&FileGrant, Refusal> {
        self.files
            .iter()
            .find(|grant| grant.name == name)
            .ok_or_else(|| Refusal::not_granted("files", name))
    }

    /// The grant under which `method` may be sent to `url`: of several that cover it, the one that
    /// says most about it, so that a broad one does not hide what a narrow one receives.
    ///
    /// # Errors
    /// The refusal.
    pub fn http(&self, method: &str, url: &Url) -> Result<&HttpGrant, Refusal> {
        check_url(url)?;
        if self.denied_http.iter().any(|denied| denied.denies(method, url)) {
            let reason = "the administrator's policy denies this address";
            return Err(Refusal::new("http", format!("{method} {}", shown(url)), reason));
        }
        self.http
            .iter()
            .filter(|grant| grant.covers(method, url))
            .max_by_key(|grant| grant.specificity())
            .ok_or_else(|| Refusal::not_granted("http", &format!("{method} {}", shown(url))))
    }

    /// The grant under which a program may be started with these arguments, which hands on these
    /// variables.
    ///
    /// # Errors
    /// The refusal.
    pub fn program(
        &self,
        program: &str,
        arguments: &[String],
        environment: &[String],
    ) -> Result<&ProcessGrant, Refusal> {
        let of_program = || self.process.iter().filter(|grant| grant.program == program);
        if of_program().next().is_none() {
            return Err(Refusal::not_granted("process", program));
        }
        let grant =
            of_program().find(|grant| grant.covers_arguments(arguments)).ok_or_else(|| {
                let subject = format!("{program} {}", arguments.join(" "));
                Refusal::new("process", subject, "its grant has other arguments")
            })?;
        match environment.iter().find(|name| !grant.environment.contains(name)) {
            None => Ok(grant),
            Some(name) => {
                let reason = format!("its grant does not hand on the variable `{}`", escape(name));
                Err(Refusal::new("process", program, reason))
            }
        }
    }

    /// Whether a field may be read in the clear.
    pub fn is_plain(&self, format: &str, path: &[String]) -> bool {
        self.plain.iter().any(|field| {
            field.format == format
                && field.path.len() == path.len()
                && field
                    .path
                    .iter()
                    .zip(path)
                    .all(|(pattern, step)| pattern == "*" || pattern == step)
        })
    }
}

impl ProcessGrant {
    /// Whether the program may be started with these arguments.
    pub fn covers_arguments(&self, arguments: &[String]) -> bool {
        match &self.arguments {
            None => arguments.iter().all(|argument| !argument.contains('\0')),
            Some(templates) => {
                templates.len() == arguments.len()
                    && templates.iter().zip(arguments).all(|(template, word)| template.covers(word))
            }
        }
    }
}
