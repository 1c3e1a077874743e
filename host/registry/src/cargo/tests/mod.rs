//! What a user sees of cargo's configuration, by fixture.

mod binding;
mod discovery;
mod fixture;
mod hostile;
mod merging;
mod providers;
mod selection;
