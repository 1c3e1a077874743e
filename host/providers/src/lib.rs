//! The provider store: identity and the built-in providers.
