//! What a user sees of cargo's configuration, by fixture.

mod binding;
mod discovery;
mod fixture;
mod hostile;
mod http;
mod including;
mod kept;
mod merging;
mod plain;
mod properties;
mod providers;
mod selection;
mod settings;
mod sources;
