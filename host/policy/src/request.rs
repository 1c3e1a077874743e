//! What a person is asked to consent to.

use crate::manifest::Manifest;
use crate::rules::Item;

/// One thing that a provider asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The key in the grammar.
    pub capability: &'static str,
    /// The very thing.
    pub subject: String,
    /// Why it is asked for, in the provider's own words; none where the grammar wants none.
    pub reason: Option<String>,
    /// Whether the provider can do without.
    pub optional: bool,
    /// Why a person should look twice; nothing if there is no reason to.
    pub risks: Vec<&'static str>,
    /// The `CAPABILITY=VALUE` that grants it. Where the user chooses the program, an example.
    pub grant_argument: String,
}

impl Manifest {
    /// Everything that it asks for, in the order of the grammar's keys.
    pub fn requests(&self) -> Vec<Request> {
        let request = |item: Item| Request {
            capability: item.capability,
            reason: self.reasons.get(item.capability).cloned(),
            optional: self.optional.contains(item.capability),
            grant_argument: item.argument(),
            risks: item.risks,
            subject: item.subject,
        };
        self.asks.items().into_iter().map(request).collect()
    }
}
