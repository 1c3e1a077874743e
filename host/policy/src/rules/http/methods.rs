//! The methods of an address.

use crate::error::{PolicyError, Problem};
use crate::reader::Node;

/// Longest name of a method; the longest in use has half of it.
const MAX_METHOD: usize = 32;

pub(super) fn read(node: &Node<'_>) -> Result<Vec<String>, PolicyError> {
    let mut methods = Vec::new();
    for node in node.list()? {
        let method = node.text()?;
        let word = method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if method.is_empty() || method.len() > MAX_METHOD || !word {
            let reason = "is no method; write it in capitals, as in `POST`";
            return Err(node.error(Problem::value(method, reason)));
        }
        if matches!(method, "CONNECT" | "TRACE" | "TRACK") {
            return Err(node.error(Problem::value(method, "is never sent")));
        }
        if methods.iter().any(|known| known == method) {
            return Err(node.error(Problem::Repeated(method.to_owned())));
        }
        methods.push(method.to_owned());
    }
    if methods.is_empty() {
        let reason = "allows nothing; name a method, or leave the key out to allow all";
        return Err(node.error(Problem::value("methods = []", reason)));
    }
    methods.sort();
    Ok(methods)
}

/// The methods that both lists allow; none if there is no such method.
pub(super) fn meet(one: &[String], two: &[String]) -> Option<Vec<String>> {
    match (one, two) {
        ([], all) | (all, []) => Some(all.to_vec()),
        (one, two) => {
            let both: Vec<_> = one.iter().filter(|method| two.contains(method)).cloned().collect();
            (!both.is_empty()).then_some(both)
        }
    }
}
