//! The boundary to the operating system.
