//! What a user gave a provider.

use lockgate_core::Registry;

use crate::error::{PolicyError, Problem};
use crate::manifest::Manifest;
use crate::meet::{Entry, Rule};
use crate::reader::{Fields, Source};
use crate::rules::{self, ProcessRule, Rules, Speaker};

/// What a user gave a provider, and for which registries. An empty one gives nothing.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    pub(crate) rules: Rules,
}

impl Grant {
    /// Reads a grant. `source` is what errors and decisions call the text: a file's path.
    ///
    /// # Errors
    /// If anything in the text is not enforced, with the line.
    pub fn parse(text: &str, source: &str) -> Result<Self, PolicyError> {
        let source = Source::new(text, source);
        let document = source.document()?;
        let root = source.root(&document, &rules::KEYS)?;
        check_limits_first(&root)?;
        Ok(Self { rules: Rules::read(&root, Speaker::User)? })
    }

    /// Exactly what a manifest asks for: how built-in providers are granted. A program of the
    /// user's choice is not in it, since nobody has chosen one.
    pub fn all(manifest: &Manifest) -> Self {
        let mut rules = manifest.asks.clone();
        rules.process.retain(|entry| !entry.value.is_chosen());
        Self { rules }
    }

    /// What a built-in bridge may do: these programs, and all else that its manifest asks for. These
    /// registries and limits count, where there are any.
    #[must_use]
    pub fn of_bridge(self, manifest: &Manifest) -> Self {
        let asked = Self::all(manifest).rules;
        let Rules { process, registries, limits, .. } = self.rules;
        let registries = if registries.is_empty() { asked.registries } else { registries };
        Self { rules: Rules { process, registries, limits, ..asked } }
    }

    /// The same, and this program with any arguments, where no line is about it. `source` is what
    /// decisions call the new line.
    ///
    /// # Errors
    /// If a grant could not name such a program.
    pub fn and_program(mut self, program: &str, source: &str) -> Result<Self, PolicyError> {
        let text = format!("process = [{}]", toml_edit::Value::from(program));
        let named = Self::parse(&text, source)?.rules.process;
        let is_known = |new: &Entry<ProcessRule>| {
            self.rules.process.iter().any(|known| known.value.is_withdrawn_by(&new.value))
        };
        if !named.iter().any(is_known) {
            self.rules.process.extend(named);
        }
        Ok(self)
    }

    /// Whether it is for this registry.
    pub fn serves(&self, registry: &Registry) -> bool {
        self.rules.registries.iter().any(|entry| entry.value.matches(registry))
    }

    /// What it gives.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

/// A lost line of any other key takes something away; a lost limit would give back the default. So
/// limits stand first and in one piece: a file that was cut short has them, or nothing at all.
fn check_limits_first(root: &Fields<'_>) -> Result<(), PolicyError> {
    let Some(limits) = root.get("limits") else { return Ok(()) };
    let first = root.all().all(|(_, other)| limits.start <= other.start);
    match first && limits.is_inline_table() {
        true => Ok(()),
        false => Err(limits.error(Problem::value(
            "limits",
            "has to be a grant's first key, written as `limits = { ... }`",
        ))),
    }
}
