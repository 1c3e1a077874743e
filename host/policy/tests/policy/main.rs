//! Manifest, grant and ceiling together.
#![cfg(test)]

mod admission;
mod bridges;
mod ceiling;
mod circumvention;
mod consent;
mod editing;
mod process;
mod properties;
mod support;
mod why;
