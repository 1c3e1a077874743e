//! How a registry wants to be logged in to.

use url::Url;

use crate::RealmError;
use crate::challenge::challenges;
use crate::realm;

/// What is sent with the second request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing: the registry did not say what it wants.
    Plain,
    /// User and password.
    Basic,
    /// A token that is had for them.
    Bearer(Bearer),
}

/// Where a token is had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The token server, which has been checked.
    pub realm: Url,
    /// What it is asked for.
    pub service: Option<String>,
}

/// Why no credentials are sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlanError {
    /// The token server.
    #[error(transparent)]
    Realm(#[from] RealmError),
}

/// What the challenges of a registry ask for. Where user and password may go to the registry itself,
/// no other server gets them, and they do not go anywhere that was neither the registry's own domain nor
/// one of `allowed`, of which origins count.
///
/// # Errors
/// If credentials would go where they may not.
pub fn plan(headers: &[String], registry: &Url, allowed: &[Url]) -> Result<Plan, PlanError> {
    let all: Vec<_> = headers.iter().flat_map(|header| challenges(header)).collect();
    if all.iter().any(|challenge| challenge.is("basic")) {
        return Ok(Plan::Basic);
    }
    let Some(bearer) = all.iter().rfind(|challenge| challenge.is("bearer")) else {
        return Ok(Plan::Plain);
    };
    let text = bearer.values("realm").last().filter(|text| !text.is_empty());
    let realm = Url::parse(text.ok_or(RealmError::Missing)?).map_err(RealmError::NotAUrl)?;
    realm::check(registry, &realm, allowed)?;
    let service = bearer.values("service").last().filter(|service| !service.is_empty());
    Ok(Plan::Bearer(Bearer { realm, service: service.map(str::to_owned) }))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{Bearer, Plan, plan};

    fn planned(headers: &[&str]) -> Result<Plan, String> {
        let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
        let registry = Url::parse("https://r.example/").unwrap();
        plan(&headers, &registry, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_registry_itself_is_preferred_to_a_token_server() {
        let bearer = r#"Bearer realm="https://auth.r.example/t",service="s",scope="x""#;
        let realm = Url::parse("https://auth.r.example/t").unwrap();
        let expected = Plan::Bearer(Bearer { realm, service: Some("s".into()) });
        assert_eq!(planned(&[bearer]), Ok(expected));
        assert_eq!(planned(&[bearer, "Basic realm=\"x\""]), Ok(Plan::Basic));
        assert_eq!(planned(&["Negotiate"]), Ok(Plan::Plain));
        assert_eq!(planned(&[]), Ok(Plan::Plain));
    }

    #[test]
    fn a_token_server_has_to_be_named_and_the_registrys() {
        let missing = planned(&["Bearer service=\"s\""]).unwrap_err();
        assert_eq!(missing, "no realm specified for token auth challenge");
        let elsewhere = planned(&[r#"Bearer realm="https://evil.example/t""#]).unwrap_err();
        assert!(elsewhere.contains("--allow-realm https://evil.example"), "{elsewhere}");
        assert!(planned(&[r#"Bearer realm="/token""#]).is_err());
    }
}
