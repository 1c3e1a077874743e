//! wasi:random, from the operating system, a little at a time.

use wasmtime::Result;

use crate::bindings::wasi::wasi::random::{insecure, insecure_seed, random};
use crate::limits::RANDOM_BYTES;
use crate::state::{State, Violation};

fn bytes(length: u64) -> Result<Vec<u8>> {
    if length > RANDOM_BYTES {
        return Err(Violation::Random.into());
    }
    let mut bytes = vec![0; usize::try_from(length)?];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

fn number() -> Result<u64> {
    Ok(getrandom::u64()?)
}

impl random::Host for State {
    fn get_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        bytes(length)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        number()
    }
}

impl insecure::Host for State {
    fn get_insecure_random_bytes(&mut self, length: u64) -> Result<Vec<u8>> {
        bytes(length)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        number()
    }
}

impl insecure_seed::Host for State {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((number()?, number()?))
    }
}
