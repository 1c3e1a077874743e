//! The protocol as a whole: what requests become, what attacks become, and whether cargo's own
//! library agrees.

mod hostile;
mod reference;
mod requests;

use std::error::Error;

use super::{RequestError, decode};

/// An error with its causes, as one line.
fn told(error: &RequestError) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}

/// What is said of a line that must not be taken.
fn refused(line: impl AsRef<[u8]>) -> String {
    let line = line.as_ref();
    match decode(line) {
        Ok(request) => panic!("{} was taken: {request:?}", String::from_utf8_lossy(line)),
        Err(error) => told(&error),
    }
}
