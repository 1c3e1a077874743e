//! The command line of Lockgate.
fn main() {}
