//! What one call may use: the outcome of policy, asked at the moment of use.

use std::collections::BTreeSet;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::host::canonical_host;
use crate::{
    ArgumentTemplate, Ecosystem, Limits, Origin, OriginPattern, Origins, Registry, escape, shorten,
};

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

/// Where a secret is about to go.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// Into a request to this URL, under this grant.
    Http(&'a HttpGrant, &'a Url),
    /// Into the standard input of a program, under this grant.
    Program(&'a ProcessGrant),
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

impl HttpGrant {
    fn covers(&self, method: &str, url: &Url) -> bool {
        let methods = self.methods.is_empty() || self.methods.iter().any(|known| known == method);
        methods
            && url.scheme() == self.scheme
            && url.port_or_known_default() == Some(self.port)
            && self.covers_host(url)
            && covers_path(&self.path, url.path())
    }

    /// As [`HttpGrant::covers`], and every way in which a server could read the path as one below.
    fn denies(&self, method: &str, url: &Url) -> bool {
        let below = || {
            let (denied, path) = (read_loosely(&self.path), read_loosely(url.path()));
            path.starts_with(&denied)
        };
        let whole =
            Self { path: "/".to_owned(), host: canonical_host(self.host.clone()), ..self.clone() };
        let mut spelled = url.clone();
        if let Some(host) = url.host() {
            // What cannot be set is a domain, which has one spelling.
            let _ = spelled.set_host(Some(&canonical_host(host.to_owned()).to_string()));
        }
        whole.covers(method, &spelled) && below()
    }

    fn specificity(&self) -> (bool, usize, bool) {
        (!self.subdomains, self.path.len(), !self.methods.is_empty())
    }

    fn covers_host(&self, url: &Url) -> bool {
        match (url.host(), &self.host) {
            (Some(Host::Domain(name)), Host::Domain(granted)) if self.subdomains => name
                .strip_suffix(granted.as_str())
                .is_some_and(|left| left.len() > 1 && left.ends_with('.')),
            (Some(host), granted) => !self.subdomains && host.to_owned() == *granted,
            (None, _) => false,
        }
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

fn covers_path(granted: &str, path: &str) -> bool {
    let granted = granted.trim_end_matches('/');
    path.strip_prefix(granted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The segments of a path as the most lenient server reads them: decoded, without parameters and
/// empty ones, in whatever case.
fn read_loosely(path: &str) -> Vec<String> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let segments = decoded.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.filter(|segment| !segment.is_empty()).map(str::to_lowercase).collect()
}

/// Parts of a path, in lower case, that some servers decode once more or cut off before they resolve
/// dot segments, so that they would end at a path that was not decided on.
const AMBIGUOUS: &[&str] =
    &["\\", "%2f", "%5c", "%2e", "%25", "%00", "/.;", "/..;", "/.%3b", "/..%3b"];

/// Refuses addresses that two parsers could read differently, or that carry what belongs elsewhere.
fn check_url(url: &Url) -> Result<(), Refusal> {
    let refuse = |reason: &str| Err(Refusal::new("http", shown(url), reason));
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("a URL with a user or a password is never sent");
    }
    let path = url.path().to_ascii_lowercase();
    if AMBIGUOUS.iter().any(|part| path.contains(part)) {
        return refuse(
            "encoded slashes, backslashes, dots, percent signs and NULs, and dot segments with \
             parameters (`..;`) are never sent in a path",
        );
    }
    match url.scheme() {
        "https" | "http" => Ok(()),
        _ => refuse("only https is sent, and http to a loopback address"),
    }
}

/// A URL for people: without user and query, which may hold anything.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

impl Sink<'_> {
    /// Whether a secret with these origins may go here, for a request about `registry`.
    ///
    /// A provider's own bytes and what came from the same HTTP origin or program always may. A secret of a
    /// store, of the login or of a prompt may go to the registry's own host. Everything else needs
    /// to be listed in the grant's `receives`.
    ///
    /// # Errors
    /// The refusal, naming the origin.
    pub fn accepts(&self, origins: &Origins, registry: &Registry) -> Result<(), Refusal> {
        let (capability, target, own_host, receives) = match self {
            Self::Http(grant, url) => {
                let target = url.origin().ascii_serialization();
                ("http", target, is_own_host(url, registry), &grant.receives)
            }
            Self::Program(grant) => ("process", grant.program.clone(), false, &grant.receives),
        };
        let accepted = |origin: &Origin| match (self, origin) {
            (_, Origin::Provider) => true,
            (Self::Http(..), Origin::Http(source)) if *source == target => true,
            (Self::Program(_), Origin::Program(source)) if *source == target => true,
            (_, Origin::Store(_) | Origin::Login | Origin::Prompt) if own_host => true,
            (_, origin) => receives.iter().any(|pattern| pattern.matches(origin)),
        };
        match origins.iter().find(|origin| !accepted(origin)) {
            None => Ok(()),
            Some(origin) => Err(Refusal::new(
                capability,
                target,
                format!("its grant does not receive secrets that came from `{origin}`"),
            )),
        }
    }
}

/// Whether `url` is a service of the registry's own host. On a loopback or other bare address every
/// port can be somebody else's, so there the port has to be the same.
fn is_own_host(url: &Url, registry: &Registry) -> bool {
    if registry.is_crates_io() {
        // cargo calls it by the address of its git index, which is a host of everybody's.
        return url.scheme() == "https"
            && matches!(url.host_str(), Some("crates.io" | "index.crates.io"));
    }
    let git_index =
        registry.ecosystem() == Ecosystem::Cargo && !registry.url().starts_with("sparse+");
    let own = match registry.parsed() {
        // Git hosts serve many people's repositories.
        Ok(own) if !git_index => own,
        _ => return false,
    };
    let named = matches!(url.host(), Some(Host::Domain(name)) if name != "localhost");
    let same_port = url.port_or_known_default() == own.port_or_known_default();
    let safe_scheme = url.scheme() == "https" || url.scheme() == own.scheme();
    url.host().is_some() && url.host() == own.host() && safe_scheme && (named || same_port)
}
