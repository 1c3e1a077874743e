//! What cargo asks.

use lockgate_core::{
    Artifact, Ecosystem, LoginInput, Operation, Purpose, Registry, RegistryError, Request,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::LoginUrlError;
use super::fields::{self, Field};

/// The one version of the protocol that there is.
const VERSION: u64 = 1;
/// Most words for the provider: those of a configuration line and of a command line.
const MAX_ARGUMENTS: usize = 64;
/// Most headers of one response that are looked at. Servers send some tens, and HTTP clients end at
/// a hundred or a few.
const MAX_HEADERS: usize = 256;
/// Most challenges that are kept, which is what the provider interface promises.
const MAX_CHALLENGES: usize = 16;
/// Longest challenge in bytes, which is what the provider interface promises.
const MAX_CHALLENGE: usize = 8 << 10;

/// Why a line is not a request. None quotes the line, which could hold a token.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Not text.
    #[error("the client's request is not UTF-8")]
    NotUtf8(#[source] std::str::Utf8Error),
    /// Some other JSON value, or something else altogether.
    #[error("the client's request is not a JSON object")]
    NotAnObject,
    /// Broken JSON, something behind the object, or a known key twice.
    #[error("the client's request is not one well-formed JSON object")]
    Json(#[source] serde_json::Error),
    /// A version that was not offered, in the words of cargo's own library.
    #[error("unsupported protocol version {0}")]
    UnsupportedVersion(u64),
    /// A kind of request that is not known, or is no word at all: to be answered with
    /// `operation-not-supported`, as cargo's documentation asks, since later versions may add some.
    #[error("the kind of the client's request is not supported")]
    UnsupportedOperation,
    /// A field that has to be there and is not.
    #[error("the client's request has no `{field}`")]
    Missing {
        /// Its key.
        field: &'static str,
    },
    /// A field of another JSON type.
    #[error("`{field}` of the client's request is not {expected}")]
    WrongType {
        /// Its key.
        field: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// A field that is too long.
    #[error("`{field}` of the client's request is longer than {limit} bytes")]
    TooLong {
        /// Its key.
        field: &'static str,
        /// Most bytes.
        limit: usize,
    },
    /// A list that is too long.
    #[error("`{field}` of the client's request has more than {limit} entries")]
    TooMany {
        /// Its key.
        field: &'static str,
        /// Most entries.
        limit: usize,
    },
    /// A field that could forge a line of a protocol or of a terminal.
    #[error("`{field}` of the client's request contains a control character")]
    ControlCharacter {
        /// Its key.
        field: &'static str,
    },
    /// The index URL is none.
    #[error("`index-url` of the client's request is not an absolute URL")]
    NotAUrl(#[source] url::ParseError),
    /// The index URL does not name a registry.
    #[error("`index-url` of the client's request does not name a registry")]
    Registry(#[source] RegistryError),
    /// The address at which a person would get a token is not fit to be shown to one.
    #[error(
        "the login address that the registry gives cannot be used; its operator can correct it"
    )]
    LoginUrl(#[source] LoginUrlError),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Fields<'a> {
    #[serde(borrow)]
    v: Field<'a>,
    #[serde(borrow)]
    registry: Field<'a>,
    #[serde(borrow)]
    kind: Field<'a>,
    #[serde(borrow)]
    operation: Field<'a>,
    #[serde(borrow)]
    name: Field<'a>,
    #[serde(borrow)]
    vers: Field<'a>,
    #[serde(borrow)]
    cksum: Field<'a>,
    #[serde(borrow)]
    token: Field<'a>,
    #[serde(borrow)]
    login_url: Field<'a>,
    #[serde(borrow)]
    args: Field<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RegistryFields<'a> {
    #[serde(borrow)]
    index_url: Field<'a>,
    #[serde(borrow)]
    name: Field<'a>,
    #[serde(borrow)]
    headers: Field<'a>,
}

/// Reads one request line.
///
/// All of `args` becomes [`Request::arguments`], at most 64 words of 4 KiB. Of a registry's `headers`
/// (at most 256) only the values of `WWW-Authenticate` are kept, at most 16 of 8 KiB. A
/// `login-url` must be an https address, or an http address of this machine, and is kept as the URL
/// parser writes it.
///
/// # Errors
/// If the line is not a request of version 1, or is larger than it may be. The version is judged
/// first and the kind second, since those of the future may have other fields.
pub fn decode(line: &[u8]) -> Result<Request, RequestError> {
    let text = std::str::from_utf8(line).map_err(RequestError::NotUtf8)?;
    let fields: Fields<'_> = fields::object(text, RequestError::NotAnObject)?;
    match fields::number("v", fields::required("v", fields.v)?)? {
        VERSION => {}
        other => return Err(RequestError::UnsupportedVersion(other)),
    }
    let operation = operation(&fields)?;
    let registry = registry(fields::required("registry", fields.registry)?)?;
    let arguments = fields::list("args", fields.args, MAX_ARGUMENTS)?
        .into_iter()
        .map(|word| fields::bounded("args", word))
        .collect::<Result<_, _>>()?;
    Ok(Request { registry, operation, arguments })
}

fn operation(fields: &Fields<'_>) -> Result<Operation, RequestError> {
    let kind = fields::string("kind", fields::required("kind", fields.kind)?)
        .map_err(|_| RequestError::UnsupportedOperation)?;
    match kind.as_str() {
        "get" => purpose(fields).map(Operation::Get),
        "login" => login(fields).map(Operation::Login),
        "logout" => Ok(Operation::Logout),
        _ => Err(RequestError::UnsupportedOperation),
    }
}

fn purpose(fields: &Fields<'_>) -> Result<Purpose, RequestError> {
    let operation = fields::line("operation", fields::required("operation", fields.operation)?)?;
    Ok(match operation.as_str() {
        "read" => Purpose::Read,
        "publish" => Purpose::Publish(artifact(fields, fields.cksum)?),
        "yank" => Purpose::Yank(artifact(fields, None)?),
        "unyank" => Purpose::Unyank(artifact(fields, None)?),
        "owners" => Purpose::Owners(package(fields)?),
        _ => Purpose::Other(operation),
    })
}

fn artifact(fields: &Fields<'_>, checksum: Field<'_>) -> Result<Artifact, RequestError> {
    Ok(Artifact {
        name: package(fields)?,
        version: fields::line("vers", fields::required("vers", fields.vers)?)?,
        checksum: checksum.map(|value| fields::line("cksum", value)).transpose()?,
    })
}

fn package(fields: &Fields<'_>) -> Result<String, RequestError> {
    fields::line("name", fields::required("name", fields.name)?)
}

fn login(fields: &Fields<'_>) -> Result<LoginInput, RequestError> {
    let secret = fields.token.map(|value| fields::secret("token", value)).transpose()?;
    let link = fields.login_url.map(login_url).transpose()?;
    Ok(LoginInput { secret, link, ..LoginInput::default() })
}

fn login_url(value: &RawValue) -> Result<String, RequestError> {
    let text = fields::string("login-url", value)?;
    super::check_login_url(&text).map_err(RequestError::LoginUrl)
}

fn registry(value: &RawValue) -> Result<Registry, RequestError> {
    let wrong = RequestError::WrongType { field: "registry", expected: "an object" };
    let fields: RegistryFields<'_> = fields::object(value.get(), wrong)?;
    let url = fields::string("index-url", fields::required("index-url", fields.index_url)?)?;
    let name = fields.name.map(|value| fields::line("registry.name", value)).transpose()?;
    let mut registry = Registry::new(Ecosystem::Cargo, url).map_err(index_error)?.named(name);
    registry.challenges = challenges(fields.headers)?;
    Ok(registry)
}

/// What cannot be parsed may hold a password, so it is not quoted.
fn index_error(error: RegistryError) -> RequestError {
    match error {
        RegistryError::NotAUrl(source) => RequestError::NotAUrl(source),
        other => RequestError::Registry(other),
    }
}

/// The values of the `WWW-Authenticate` headers, which a server wrote.
fn challenges(headers: Field<'_>) -> Result<Vec<String>, RequestError> {
    let mut challenges = Vec::new();
    for header in fields::list("headers", headers, MAX_HEADERS)? {
        let header = fields::string("headers", header)?;
        let Some((name, value)) = header.split_once(':') else { continue };
        if !name.trim().eq_ignore_ascii_case("www-authenticate") {
            continue;
        }
        if challenges.len() == MAX_CHALLENGES {
            return Err(RequestError::TooMany { field: "WWW-Authenticate", limit: MAX_CHALLENGES });
        }
        challenges.push(challenge(value.trim_matches([' ', '\t']))?);
    }
    Ok(challenges)
}

fn challenge(value: &str) -> Result<String, RequestError> {
    let field = "WWW-Authenticate";
    if value.len() > MAX_CHALLENGE {
        return Err(RequestError::TooLong { field, limit: MAX_CHALLENGE });
    }
    if value.chars().any(|character| character.is_control() && character != '\t') {
        return Err(RequestError::ControlCharacter { field });
    }
    Ok(value.to_owned())
}
