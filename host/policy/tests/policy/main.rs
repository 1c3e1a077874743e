//! Manifest, grant and ceiling together.
#![cfg(test)]

mod ceiling;
mod editing;
mod process;
mod properties;
mod support;
