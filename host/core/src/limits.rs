//! What one call of a provider may use.

use std::time::Duration;

/// Bounds of one call. The defaults are what a provider gets that asks for nothing; each is several
/// times what the built-in providers need, and small enough that a hostile one does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Linear memory of all of the component's instances together, in bytes.
    pub memory: usize,
    /// Wall time of the call. It stops while a prompt or a program runs; those have deadlines of
    /// their own.
    pub wall: Duration,
    /// Processor time of the call.
    pub cpu: Duration,
    /// The longest lifetime that a credential may claim, from now. `None`: as the provider says.
    pub lifetime: Option<Duration>,
    /// Whether a provider's word that a credential serves every purpose is passed on.
    pub any_purpose: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 64 << 20,
            wall: Duration::from_secs(10),
            cpu: Duration::from_secs(2),
            lifetime: None,
            any_purpose: true,
        }
    }
}
