//! The nested cargo build of guests, for build scripts.
