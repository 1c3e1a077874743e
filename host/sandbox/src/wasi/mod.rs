//! The WASI that toolchains import by themselves: nothing to read, a buffer to write to, coarse
//! clocks, capped randomness. Our own, since wasmtime-wasi needs an async runtime.

#![allow(unreachable_pub, reason = "the generated bindings re-export their resources' types")]

mod cli;
mod clocks;
mod filesystem;
mod io;
mod random;

pub(crate) use filesystem::add_stub as add_filesystem_stub;
pub use io::{Empty, Never, Pollable, Sink};
