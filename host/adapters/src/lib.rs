//! The native code behind each capability.
