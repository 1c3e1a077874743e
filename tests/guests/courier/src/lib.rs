//! Exchanges the identity of a CI job for a short-lived token. Neither of them is ever seen here: the
//! host puts one into the request and takes the other out of the response.

use std::time::{Duration, SystemTime};

use lockgate_provider::{
    Credential, Document, Failure, Format, GetRequest, Lifetime, Provider, Secret, environment,
    http, settings,
};

/// Granted, sealed, and received by the address of the sign-on.
const IDENTITY: &str = "CI_JOB_JWT";

struct Courier;

impl Provider for Courier {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        if request.registry.ecosystem != "cargo" {
            return Err(Failure::UnsupportedRegistry);
        }
        let url = address(&request.arguments)?;
        let identity = environment::get(IDENTITY)?.ok_or(Failure::NotFound)?.line()?;
        let reply = exchange(&url, &identity)?;
        let secret = reply.field(Format::Json, &["token".into()])?;
        Ok(Credential { identity: None, secret, lifetime: lifetime(&reply), any_purpose: true })
    }
}

/// The setting is the user's own word. An argument may be a cloned repository's: the grant decides
/// whether anything is sent there.
fn address(arguments: &[String]) -> Result<String, Failure> {
    let address = settings::get("token-url").or_else(|| arguments.first().cloned());
    address.ok_or_else(|| Failure::other("say where tokens are exchanged: the setting `token-url`"))
}

fn exchange(url: &str, identity: &Secret) -> Result<Document, Failure> {
    let response = http::send(&http::Request {
        method: "POST".into(),
        url: url.into(),
        headers: vec![("authorization".into(), vec!["Bearer ".into(), identity.into()])],
        body: Vec::new(),
    })?;
    match response.status {
        200 => Ok(response.body),
        401 | 403 => Err(Failure::other("the sign-on does not accept this job's identity")),
        status => Err(Failure::other(format!("the sign-on answered with status {status}"))),
    }
}

/// Once, where the reply does not say how long.
fn lifetime(reply: &Document) -> Lifetime {
    let seconds = reply.plain(Format::Json, &["expires_in".into()]);
    let seconds = seconds.ok().and_then(|text| text.parse().ok()).map(Duration::from_secs);
    let until = seconds.and_then(|seconds| SystemTime::now().checked_add(seconds));
    let until = until.and_then(|until| until.duration_since(SystemTime::UNIX_EPOCH).ok());
    until.map_or(Lifetime::Once, |until| Lifetime::Until(until.as_secs()))
}

lockgate_provider::export!(Courier);
