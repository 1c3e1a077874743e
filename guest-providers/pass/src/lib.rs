//! The built-in provider `lockgate:pass`: keeps entries in the store of `pass` by running that program.
//! It never sees a secret.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod place;
mod program;

use lockgate_provider::{
    Credential, Document, Failure, GetRequest, Identity, Lifetime, LoginRequest, LogoutRequest,
    Provider, Secret, prompt,
};

use place::Place;

struct PassStore;

/// The first argument is the program's path, the second the place of the registry's entry, and the
/// others are the entries that there are, in the order in which they count.
impl Provider for PassStore {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let place = Place::of(&request.registry, &request.arguments)?;
        let entry = place.found.first().ok_or(Failure::NotFound)?;
        let content = place.program.show(entry)?;
        let secret = match place.has_users {
            true => content.whole()?,
            false => first_line(&content)?,
        };
        Ok(Credential {
            identity: place.user_of(entry).map(|user| Identity::Text(user.into())),
            secret,
            lifetime: Lifetime::Session,
            any_purpose: true,
        })
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        let place = Place::of(&request.registry, &request.arguments)?;
        let entry = place.entry_for(request.identity.as_deref())?;
        let secret = match request.secret {
            Some(secret) => secret,
            None => {
                let question = stored::question(&request.registry, request.link.as_deref());
                prompt::ask(&question, true)?
            }
        };
        place.program.insert(&entry, &secret)?;
        // Of several users the first one by name would be found, and not who logged in last.
        for other in place.found.iter().filter(|other| **other != entry) {
            place.program.remove(other)?;
        }
        Ok(())
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        let place = Place::of(&request.registry, &request.arguments)?;
        if place.found.is_empty() {
            return Err(Failure::NotFound);
        }
        place.found.iter().try_for_each(|entry| place.program.remove(entry))
    }
}

/// Where people keep notes below the secret, as `pass` proposes.
fn first_line(content: &Document) -> Result<Secret, Failure> {
    match content.split("\n") {
        Ok((first, _)) => Ok(first.line()?),
        Err(_) => Ok(content.line()?),
    }
}

lockgate_provider::without_std!();
lockgate_provider::export!(PassStore, manifest = "../manifest.toml");
