//! Prints each request as one line. The first argument says what it answers: `not-found`,
//! `unsupported-registry`, `unsupported-operation`, `broken`, or of a login and a logout alone
//! `read-only`; `no-account` is a success without one, and anything else is a success.

use lockgate_provider::{
    Credential, Failure, GetRequest, Identity, Lifetime, LoginRequest, LogoutRequest, Provider,
    Registry, Secret,
};

struct Recorder;

impl Provider for Recorder {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        record("get", &request.registry, None, &request.arguments)?;
        let has_account = request.registry.ecosystem == "oci"
            && !request.arguments.iter().any(|word| word == "no-account");
        let identity = has_account.then(|| Identity::Text("recorder".to_owned()));
        let secret = Secret::seal(b"recorded");
        Ok(Credential { identity, secret, lifetime: Lifetime::Session, any_purpose: true })
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        let kind = if request.secret.is_some() { "login with a token" } else { "login" };
        record(kind, &request.registry, request.link.as_deref(), &request.arguments)
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        record("logout", &request.registry, None, &request.arguments)
    }
}

fn record(
    kind: &str,
    registry: &Registry,
    link: Option<&str>,
    arguments: &[String],
) -> Result<(), Failure> {
    let name = registry.name.as_deref();
    let link = link.map_or_else(String::new, |link| format!(" at {link}"));
    println!("{kind}{link} {} {name:?} {arguments:?}", registry.url);
    match arguments.first().map(String::as_str) {
        Some("not-found") => Err(Failure::NotFound),
        Some("unsupported-registry") => Err(Failure::UnsupportedRegistry),
        Some("read-only") if kind != "get" => Err(Failure::UnsupportedOperation),
        Some("unsupported-operation") => Err(Failure::UnsupportedOperation),
        Some("broken") => Err(Failure::other("broken")),
        _ => Ok(()),
    }
}

lockgate_provider::export!(Recorder, manifest = "../manifest.toml");
