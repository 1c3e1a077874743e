//! Manifest and grant become capabilities.
