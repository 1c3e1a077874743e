//! Where secrets may go.

use url::{Host, Url};

use super::{HttpGrant, ProcessGrant, Refusal};
use crate::{Ecosystem, Origin, Origins, Registry};

/// Where a secret is about to go.
#[derive(Clone, Copy, Debug)]
pub enum Sink<'a> {
    /// Into a request to this URL, under this grant.
    Http(&'a HttpGrant, &'a Url),
    /// Into the standard input of a program, under this grant.
    Program(&'a ProcessGrant),
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
