//! Everything that a provider should not get away with. The first argument of a call says which
//! attack to run, the others are its parameters. What an attack got is answered as the secret;
//! what the host said to it comes back as a failure in words, so that a test sees it.

mod output;
mod process;
mod reach;
mod resources;
mod secrets;
mod state;
mod world;

use lockgate_provider::{
    Credential, Failure, GetRequest, Identity, Lifetime, LoginRequest, LogoutRequest, Provider,
    Secret,
};

/// What an attack got, or why it got nothing.
type Outcome = Result<Secret, Failure>;

struct Hostile;

impl Provider for Hostile {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let words = words(&request.arguments);
        let forever = words.first() == Some(&"answer-forever");
        let secret = attack(&words)?;
        Ok(Credential {
            identity: forever.then(|| Identity::Text("nobody\nhost=elsewhere".into())),
            secret,
            lifetime: if forever { Lifetime::Until(u64::MAX) } else { Lifetime::Session },
            any_purpose: true,
        })
    }

    fn login(request: LoginRequest) -> Result<(), Failure> {
        attack(&words(&request.arguments)).map(drop)
    }

    fn logout(request: LogoutRequest) -> Result<(), Failure> {
        attack(&words(&request.arguments)).map(drop)
    }
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn attack(words: &[&str]) -> Outcome {
    let outcome = match words {
        ["answer" | "answer-forever", text] => return got(text),
        ["not-found"] => return Err(Failure::NotFound),
        ["unsupported-registry"] => return Err(Failure::UnsupportedRegistry),
        ["claim-denied", what] => return Err(Failure::Denied((*what).into())),
        ["fail", messages @ ..] => {
            return Err(Failure::Other(messages.iter().map(|text| (*text).into()).collect()));
        }
        [name, parameters @ ..] => output::attack(name, parameters)
            .or_else(|| process::attack(name, parameters))
            .or_else(|| reach::attack(name, parameters))
            .or_else(|| resources::attack(name, parameters))
            .or_else(|| secrets::attack(name, parameters))
            .or_else(|| state::attack(name, parameters))
            .or_else(|| world::attack(name, parameters)),
        [] => None,
    };
    let outcome = outcome.unwrap_or_else(|| Err(Failure::other("there is no such attack")));
    outcome.map_err(in_words)
}

fn got(text: &str) -> Outcome {
    Ok(Secret::seal(text.as_bytes()))
}

/// A refusal in words: `denied` alone would only say what was refused, as every provider's does.
fn in_words(failure: Failure) -> Failure {
    match failure {
        Failure::Other(messages) => Failure::Other(messages),
        Failure::Denied(what) => Failure::other(format!("denied: {what}")),
        failure => Failure::other(format!("{failure:?}")),
    }
}

lockgate_provider::export!(Hostile);
