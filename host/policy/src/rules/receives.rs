//! `receives`: which secrets may go to an address or a program, by where they came from.

use lockgate_core::OriginPattern;
use toml_edit::{Array, Value};
use url::Url;

use super::path::{check_file, check_program};
use super::{environment, stores};
use crate::error::{PolicyError, Problem};
use crate::reader::Node;

/// One origin, as written and as understood.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) text: String,
    pub(crate) pattern: OriginPattern,
}

/// The list of origins.
///
/// # Errors
/// If it is no list, or one of its entries is no origin.
pub(crate) fn read_all(node: &Node<'_>) -> Result<Vec<Received>, PolicyError> {
    node.list()?.iter().map(read).collect()
}

fn read(node: &Node<'_>) -> Result<Received, PolicyError> {
    let text = node.text()?;
    let pattern = text.parse().map_err(|error| node.error(Problem::Origin(error)))?;
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    let checked = match kind {
        "store" => stores::check(name),
        "environment" => environment::check(name),
        "file" => check_file(name),
        "program" => check_program(name),
        "http" => check_origin(name),
        _ => Ok(()),
    };
    checked.map_err(|problem| node.error(problem))?;
    Ok(Received { text: text.to_owned(), pattern })
}

/// Origins are compared as text, so only the one way to write one is accepted.
fn check_origin(text: &str) -> Result<(), Problem> {
    let url = Url::parse(text).map_err(|source| Problem::Url { value: text.to_owned(), source })?;
    match url.origin().ascii_serialization() == text && url.has_host() {
        true => Ok(()),
        false => Err(Problem::value(text, "is no origin; write it as `http:https://host:port`")),
    }
}

/// Those that both lists have.
pub(crate) fn meet(one: &[Received], two: &[Received]) -> Vec<Received> {
    let listed = |received: &&Received| two.iter().any(|other| other.pattern == received.pattern);
    one.iter().filter(listed).cloned().collect()
}

pub(crate) fn patterns(received: Vec<Received>) -> Vec<OriginPattern> {
    received.into_iter().map(|received| received.pattern).collect()
}

/// As a text writes it.
pub(crate) fn value(received: &[Received]) -> Value {
    received.iter().map(|received| received.text.as_str()).collect::<Array>().into()
}
