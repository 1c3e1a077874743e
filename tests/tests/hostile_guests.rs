//! What a hostile provider tries, each with the refusal that it meets and the twin in which the
//! same works: granted, under another limit, or on the other side of a bound.
#![cfg(unix)]
#![deny(unused_must_use)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

#[path = "hostile_guests/courier.rs"]
mod courier;
#[path = "hostile_guests/output.rs"]
mod output;
#[path = "hostile_guests/process.rs"]
mod process;
#[path = "hostile_guests/reach.rs"]
mod reach;
#[path = "hostile_guests/record.rs"]
mod record;
#[path = "hostile_guests/resources.rs"]
mod resources;
#[path = "hostile_guests/secrets.rs"]
mod secrets;
#[path = "hostile_guests/state.rs"]
mod state;
#[path = "hostile_guests/world.rs"]
mod world;
