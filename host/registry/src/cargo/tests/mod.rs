//! What a user sees of cargo's configuration, by fixture.

mod binding;
mod discovery;
mod fixture;
mod hostile;
mod including;
mod merging;
mod plain;
mod providers;
mod selection;
mod settings;
mod sources;
