//! Runs one call of a provider under its capabilities.
