//! Wire formats of the clients, without input or output.

pub mod cargo;
pub mod docker;
mod secret;
#[cfg(test)]
mod test_streams;
