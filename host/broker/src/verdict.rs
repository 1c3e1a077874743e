//! What a provider's call comes to: an answer that keeps the client's rules, the next provider's turn,
//! or the end of the request and why.

use lockgate_audit::Outcome;
use lockgate_core::{
    Answer, Ecosystem, Failure, Operation, Request, Secret, TokenError, check_identity, check_token,
};
use lockgate_providers::Provider;
use lockgate_sandbox::CallError;

use crate::{End, ProviderError, Tried};

/// How one provider ended.
pub(crate) enum Step {
    Answer(Answer),
    /// The next one is asked.
    Next(Failure),
    End(ProviderError),
}

/// For the audit: why the next provider is asked.
pub(crate) fn outcome_of(failure: &Failure) -> Outcome {
    match failure {
        Failure::NotFound => Outcome::NotFound,
        Failure::UnsupportedRegistry | Failure::UnsupportedOperation => Outcome::Unsupported,
        Failure::Denied(_) => Outcome::Denied,
        Failure::Other(_) => Outcome::Failed,
    }
}

/// For the audit: how it ended, and the rule that refused it. Never a provider's words.
pub(crate) fn ended(result: &Result<Answer, End>) -> (Outcome, String) {
    match result {
        Ok(_) => (Outcome::Answered, String::new()),
        Err(End::NotFound) => (Outcome::NotFound, String::new()),
        Err(End::NotServed | End::NotKept { .. }) => (Outcome::Unsupported, String::new()),
        Err(End::Forbidden(forbidden)) => (Outcome::Refused, forbidden.to_string()),
        Err(End::NotRecorded(_) | End::Unavailable(_) | End::NoLauncher(_)) => {
            (Outcome::Failed, String::new())
        }
        Err(End::Failed { source, .. }) => match &**source {
            ProviderError::Forbidden(forbidden) => (Outcome::Refused, forbidden.to_string()),
            ProviderError::Refused { refusal, .. } => (Outcome::Refused, refusal.reason.clone()),
            ProviderError::UnsupportedOperation => (Outcome::Unsupported, String::new()),
            _ => (Outcome::Failed, String::new()),
        },
    }
}

/// What came of a call, by the host's own record where there is one.
pub(crate) fn judge(
    request: &Request,
    provider: &Provider,
    result: Result<Answer, CallError>,
    tried: &Tried,
) -> Result<Step, ProviderError> {
    let refused = || {
        let refusal = tried.refusals.last()?.clone();
        Some(ProviderError::Refused { refusal, advice: tried.advice.clone() })
    };
    match result {
        Ok(answer) => checked(request, answer),
        Err(CallError::Failure(failure @ (Failure::NotFound | Failure::UnsupportedRegistry))) => {
            Ok(Step::Next(failure))
        }
        Err(CallError::Failure(failure @ Failure::UnsupportedOperation)) if hands_on(request) => {
            Ok(Step::Next(failure))
        }
        Err(CallError::Failure(Failure::UnsupportedOperation)) => {
            Err(ProviderError::UnsupportedOperation)
        }
        Err(CallError::Failure(Failure::Denied(capability))) => {
            Err(refused().unwrap_or_else(|| unproven(&capability)))
        }
        Err(CallError::Failure(Failure::Other(messages))) => Err(tried
            .errors
            .last()
            .cloned()
            .map_or_else(|| said(provider, messages), ProviderError::Host)),
        Err(error @ CallError::Link(_)) => Err(refused().unwrap_or(ProviderError::Call(error))),
        Err(error) => Err(ProviderError::Call(error)),
    }
}

/// A built-in provider's words are the host's own.
fn said(provider: &Provider, messages: Vec<String>) -> ProviderError {
    match provider.built_in {
        true => ProviderError::Host(messages),
        false => ProviderError::Says(messages),
    }
}

/// A refusal that the host has no record of is only the provider's word.
fn unproven(capability: &str) -> ProviderError {
    let message = format!("it says that it was denied `{capability}`, which the host did not do");
    ProviderError::Says(vec![message])
}

/// The answer, if it keeps the client's rules.
pub(crate) fn checked(request: &Request, answer: Answer) -> Result<Step, ProviderError> {
    match (&request.operation, &answer) {
        (Operation::Get(_), Answer::Credential(credential)) => {
            let ecosystem = request.registry.ecosystem();
            check_token(ecosystem, &credential.secret)?;
            check_account(ecosystem, credential.identity.as_ref())?;
        }
        (Operation::Login(_), Answer::LoggedIn) | (Operation::Logout, Answer::LoggedOut) => {}
        _ => return Err(ProviderError::WrongAnswer),
    }
    Ok(Step::Answer(answer))
}

/// Whether a provider that cannot do it leaves it to the next: docker's helpers are many that only
/// read, and a login has to go somewhere.
pub(crate) fn hands_on(request: &Request) -> bool {
    matches!(request.operation, Operation::Login(_))
        && request.registry.ecosystem() == Ecosystem::Oci
}

/// Whether the account is one that the client can use: docker always needs one.
pub(crate) fn check_account(
    ecosystem: Ecosystem,
    account: Option<&Secret>,
) -> Result<(), TokenError> {
    match account {
        Some(account) => check_identity(account),
        None if ecosystem == Ecosystem::Oci => Err(TokenError::NoAccount),
        None => Ok(()),
    }
}
