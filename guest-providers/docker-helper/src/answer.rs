//! What a helper answers, taken apart without seeing it.

use alloc::string::String;
use alloc::vec::Vec;

use lockgate_provider::{
    Credential, Document, Failure, Format, Identity, Lifetime, Problem, Secret,
};

use crate::helper::{NOT_FOUND, says};

/// The credential of an answer that ended well; none if there is neither a user nor a secret in it,
/// which is how some say that they have none.
pub(crate) fn credential(
    output: Document,
    servers: &[&str],
) -> Result<Option<Credential>, Failure> {
    let answer = object(output)?;
    let user = text(&answer, "Username")?.filter(|user| !user.is_empty);
    let secret = text(&answer, "Secret")?;
    if user.is_none() && secret.as_ref().is_none_or(|secret| secret.is_empty) {
        return Ok(None);
    }
    is_about(&answer, servers)?;
    let secret = secret.ok_or_else(|| wrong("it has a user name and no `Secret`"))?;
    Ok(Some(Credential {
        identity: user.map(|user| Identity::Sealed(user.content)),
        secret: secret.content,
        lifetime: Lifetime::Session,
        any_purpose: true,
    }))
}

/// Whether a list names a user for the server who is not this one.
pub(crate) fn lists_another(list: &Document, server: &str, user: &str) -> bool {
    let listed = list.inner(Format::Json, &[server.into()]);
    listed.is_ok_and(|listed| matches!(listed.matches(user), Ok(false)))
}

/// Whether an answer names a user who is not this one.
pub(crate) fn is_of_another(answer: &Document, user: &str) -> bool {
    let answered = answer.inner(Format::Json, &path("Username"));
    answered.is_ok_and(|name| !name.is_empty() && matches!(name.matches(user), Ok(false)))
}

/// The answer, if it is an object of JSON. Lines behind one that is whole are no part of it, as for
/// docker.
fn object(output: Document) -> Result<Document, Failure> {
    if says(&output, "")? {
        return Err(wrong("it is empty"));
    }
    if says(&output, NOT_FOUND)? {
        return Err(wrong(
            "it says that there are no credentials, and the program ended as if there were some",
        ));
    }
    let not_json = || wrong("it is no object of JSON, or a key stands in it twice");
    let before = match output.split("{") {
        Ok((before, _)) => before,
        Err(_) => return Err(not_json()),
    };
    if !says(&before, "")? {
        return Err(not_json());
    }
    if output.inner(Format::Json, &[]).is_ok() {
        return Ok(output);
    }
    let first = output.split("\n").map(|(first, _)| first);
    let first = first.ok().filter(|first| first.inner(Format::Json, &[]).is_ok());
    first.ok_or_else(not_json)
}

struct Text {
    content: Secret,
    is_empty: bool,
}

/// The string under this name, if it is there. The host has put each name into this spelling.
fn text(answer: &Document, name: &str) -> Result<Option<Text>, Failure> {
    let path = path(name);
    match answer.field(Format::Json, &path) {
        Ok(content) => {
            let is_empty = answer.inner(Format::Json, &path)?.is_empty();
            Ok(Some(Text { content, is_empty }))
        }
        Err(Problem::NoSuchField) => Ok(None),
        Err(Problem::Malformed(why)) => Err(wrong(&why)),
        Err(problem) => Err(problem.into()),
    }
}

/// An answer may leave the server out, or spell it otherwise.
fn is_about(answer: &Document, servers: &[&str]) -> Result<(), Failure> {
    let Ok(said) = answer.inner(Format::Json, &path("ServerURL")) else { return Ok(()) };
    if said.is_empty() {
        return Ok(());
    }
    for server in servers {
        if says(&said, server)? {
            return Ok(());
        }
    }
    Err(wrong("its `ServerURL` is another server's"))
}

fn path(name: &str) -> Vec<String> {
    [name].map(String::from).to_vec()
}

fn wrong(why: &str) -> Failure {
    Failure::other(["its answer cannot be used: ", why].concat())
}
