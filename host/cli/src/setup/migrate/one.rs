//! The move of one token. Each question is a request like any other, in a process of its own which
//! confines itself to it, and is in the audit.

use std::hint::black_box;
use std::io::{self, Write};

use lockgate_broker::{Broker, Choice, Context, End, Person};
use lockgate_core::{
    Answer, Credential, LoginInput, Operation, Origin, Purpose, Registry, Request, Secret, escape,
    shorten,
};
use lockgate_system::{ChildEnd, read_all, serve_in_child};
use zeroize::Zeroizing;

use super::PLAIN_FILE;
use crate::cargo::{context, tell_notice, tell_refusals};
use crate::error::CommandError;
use crate::setup::SHELL;

/// The store of cargo's own file, as origins name it.
const PLAIN_STORE: &str = "cargo-credentials";

/// Longest answer of a child: half of what a pipe surely takes without a reader. Tokens have some
/// hundred bytes.
const MAX_ANSWER: usize = 32 << 10;

/// Longest reason that a child gives.
const MAX_REASON: usize = 4 << 10;

const DONE: u8 = 0;
const FAILED: u8 = 1;

/// Saves the token with the target, compares what that gives back, and only then removes it from the
/// file. Whatever ends this before leaves the token in the file; it can be done again. What the target
/// holds already is not overwritten: it may be the token that works.
pub(super) fn move_token(registry: &Registry, target: &Choice) -> Result<(), String> {
    let plain = plain_file()?;
    let token = in_the_file(registry, &plain)?;
    let held = asked(registry, target, &token)?;
    if held == Held::Nothing {
        child(|| log_in(registry, target, &token))?;
        child(|| compare(registry, target, &token))?;
    }
    if let Err(reason) = child(|| remove_from_the_file(registry, &plain, &token)) {
        return Err(match held {
            Held::Nothing => taken_back(registry, (&plain, target), &token, reason),
            Held::Same => reason,
        });
    }
    let Err(reason) = child(|| compare(registry, target, &token)) else { return Ok(()) };
    match child(|| log_in(registry, &plain, &token)) {
        Ok(_) => Err(format!("it was put back into the file, since afterwards {reason}")),
        Err(again) => Err(format!(
            "afterwards {reason}, and it could not be put back into the file: {again}; log in again"
        )),
    }
}

/// Takes the token out of the target again while there is one in the file: cargo may ask the target
/// first, and somebody who logged in meanwhile has a newer one.
fn taken_back(
    registry: &Registry,
    (plain, target): (&Choice, &Choice),
    token: &Secret,
    reason: String,
) -> String {
    let is_needed =
        in_the_file(registry, plain).is_ok() && child(|| compare(registry, target, token)).is_ok();
    match is_needed.then(|| child(|| log_out(configured()?, registry, target))) {
        None | Some(Ok(_)) => reason,
        Some(Err(why)) => {
            let shown = escape(&target.provider);
            format!("{reason}; `{shown}` has the one that was there before: {why}")
        }
    }
}

/// Whether the token could be moved, as far as that can be known without changing anything.
pub(super) fn can_be_moved(registry: &Registry, target: &Choice) -> Result<(), String> {
    let token = in_the_file(registry, &plain_file()?)?;
    asked(registry, target, &token).map(drop)
}

fn plain_file() -> Result<Choice, String> {
    let plain = Choice::of_line(PLAIN_FILE).map(Choice::trusted);
    plain.ok_or_else(|| "there is no provider".to_owned())
}

/// What the target has for a registry.
#[derive(PartialEq, Eq)]
enum Held {
    Nothing,
    /// The very token that is to be moved.
    Same,
}

/// Anything else than these two keeps the token in the file.
fn asked(registry: &Registry, target: &Choice, token: &Secret) -> Result<Held, String> {
    let said = child(|| holds(registry, target, token))?;
    Ok(if said.is_empty() { Held::Nothing } else { Held::Same })
}

fn in_the_file(registry: &Registry, plain: &Choice) -> Result<Secret, String> {
    Ok(Secret::new(child(|| token_in_the_file(registry, plain))?.to_vec()))
}

type Outcome = Result<Zeroizing<Vec<u8>>, String>;

/// Runs this in a child and gives back what it says.
fn child(work: impl FnOnce() -> Outcome) -> Outcome {
    let failed = |error: io::Error| format!("there is no process for it: {error}");
    let (reader, mut writer) = io::pipe().map_err(failed)?;
    let ended = serve_in_child(move || {
        let (code, said) = match work() {
            Ok(said) if said.len() > MAX_ANSWER => {
                (FAILED, Zeroizing::new(b"the token is too long to be moved".to_vec()))
            }
            Ok(said) => (DONE, said),
            Err(reason) => {
                (FAILED, Zeroizing::new(shorten(&reason, MAX_REASON).as_bytes().to_vec()))
            }
        };
        match writer.write_all(&said) {
            Ok(()) => code,
            Err(_) => FAILED,
        }
    });
    let said = read_all(reader, MAX_ANSWER, MAX_ANSWER).map_err(failed)?.unwrap_or_default();
    match ended.map_err(failed)? {
        ChildEnd::Code(DONE) => Ok(said),
        ChildEnd::Code(FAILED) => Err(String::from_utf8_lossy(&said).into_owned()),
        ChildEnd::Signal(signal) => Err(format!("it was interrupted by signal {signal}")),
        ChildEnd::Code(_) | ChildEnd::Unknown => Err("it ended before its time".to_owned()),
    }
}

/// Why there is no answer.
enum NoAnswer {
    /// The provider has no token for the registry.
    NotFound,
    Because(String),
}

impl From<NoAnswer> for String {
    fn from(none: NoAnswer) -> Self {
        match none {
            NoAnswer::NotFound => CommandError::from(End::NotFound).messages().join(": "),
            NoAnswer::Because(reason) => reason,
        }
    }
}

/// What it gave before is not asked for: it may have another token by now.
fn answer(
    context: Context,
    registry: &Registry,
    operation: Operation,
    choice: &Choice,
) -> Result<Answer, NoAnswer> {
    let broker = Broker::new(context, Person::AtTerminal, |notice| tell_notice(SHELL, notice));
    let request = Request { registry: registry.clone(), operation, arguments: Vec::new() };
    let reply = broker.refreshed().answer(&request, std::slice::from_ref(choice));
    tell_refusals(SHELL, &reply);
    reply.result.map_err(|end| match end {
        End::NotFound => NoAnswer::NotFound,
        end => NoAnswer::Because(CommandError::from(end).messages().join(": ")),
    })
}

fn configured() -> Result<Context, NoAnswer> {
    context().map_err(|error| NoAnswer::Because(error.messages().join(": ")))
}

fn credential(registry: &Registry, choice: &Choice) -> Result<Credential, NoAnswer> {
    match answer(configured()?, registry, Operation::Get(Purpose::Read), choice)? {
        Answer::Credential(credential) => Ok(credential),
        Answer::LoggedIn | Answer::LoggedOut => Err(something_else()),
    }
}

fn something_else() -> NoAnswer {
    NoAnswer::Because("it answered something else".to_owned())
}

fn token_in_the_file(registry: &Registry, plain: &Choice) -> Outcome {
    let found = credential(registry, plain)?;
    let is_files = |origin: &Origin| *origin == Origin::Store(PLAIN_STORE.to_owned());
    match found.origins.iter().all(is_files) {
        true => Ok(Zeroizing::new(found.secret.expose().to_vec())),
        false => Err("the token that is used is another one than that of the file".to_owned()),
    }
}

fn log_in(registry: &Registry, choice: &Choice, token: &Secret) -> Outcome {
    let input = LoginInput { secret: Some(token.clone()), ..LoginInput::default() };
    match answer(configured()?, registry, Operation::Login(input), choice)? {
        Answer::LoggedIn => Ok(Zeroizing::default()),
        Answer::LoggedOut | Answer::Credential(_) => Err(something_else().into()),
    }
}

/// What the target has before anything is done: [`Held::Nothing`] as no bytes. What it has is not
/// overwritten.
fn holds(registry: &Registry, target: &Choice, token: &Secret) -> Outcome {
    let found = match credential(registry, target) {
        Err(NoAnswer::NotFound) => return Ok(Zeroizing::default()),
        found => found?,
    };
    match is_token(&found, target, token)? {
        true => Ok(Zeroizing::new(vec![DONE])),
        false => {
            let shown = escape(&target.provider);
            Err(format!("`{shown}` already holds another token for it; log out of one of them"))
        }
    }
}

fn compare(registry: &Registry, target: &Choice, token: &Secret) -> Outcome {
    match is_token(&credential(registry, target)?, target, token)? {
        true => Ok(Zeroizing::default()),
        false => Err(format!("`{}` gave back another token", escape(&target.provider))),
    }
}

/// Whether the target has the token, and not out of the file that it is to be removed from.
fn is_token(found: &Credential, target: &Choice, token: &Secret) -> Result<bool, String> {
    let is_elsewhere = |origin: &Origin| match origin {
        Origin::Store(name) => name != PLAIN_STORE,
        Origin::Environment(_) => false,
        _ => true,
    };
    if !found.origins.iter().all(is_elsewhere) {
        let shown = escape(&target.provider);
        return Err(format!("`{shown}` gave the token of the same file or a variable"));
    }
    Ok(is_same(found.secret.expose(), token.expose()))
}

/// Removes no other token than this one: somebody may have logged in meanwhile.
fn remove_from_the_file(registry: &Registry, plain: &Choice, token: &Secret) -> Outcome {
    log_out(configured()?.removing_only(token.clone()), registry, plain)
}

fn log_out(context: Context, registry: &Registry, choice: &Choice) -> Outcome {
    match answer(context, registry, Operation::Logout, choice)? {
        Answer::LoggedOut => Ok(Zeroizing::default()),
        Answer::LoggedIn | Answer::Credential(_) => Err(something_else().into()),
    }
}

/// In a time that does not tell where they differ.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let difference = one.iter().zip(other).fold(0, |found, (one, other)| found | (one ^ other));
    black_box(difference) == 0 && one.len() == other.len()
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn tokens_are_the_same_when_every_byte_is() {
        for (one, other, same) in
            [("", "", true), ("a", "a", true), ("ab", "a", false), ("ab", "ac", false)]
        {
            assert_eq!(is_same(one.as_bytes(), other.as_bytes()), same, "{one} {other}");
        }
    }
}
