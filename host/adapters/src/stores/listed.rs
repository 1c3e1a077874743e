//! What a store tells of its entries without their secrets.

/// An entry that is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The registry, as its client names it.
    pub server: String,
    /// The account, where the store keeps one.
    pub identity: Option<String>,
}
