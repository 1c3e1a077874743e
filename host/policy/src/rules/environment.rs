//! `environment`: variables of the process.

use lockgate_core::misleads_programs;
use toml_edit::{InlineTable, Value};

use super::Speaker;
use crate::ceiling::{CapList, Caps};
use crate::decide::Facts;
use crate::error::{PolicyError, Problem};
use crate::meet::Rule;
use crate::reader::{Keys, Node};

/// Stands for the variable in which the client looks for the token of the registry in hand.
pub(crate) const TOKEN_HOLE: &str = "{registry.token}";

const KEYS: Keys = Keys { known: &["name", "plain"], later: &[] };

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnvironmentRule {
    /// As written: a name, or the hole for the registry's token.
    pub(crate) name: String,
    /// Whether the value may be read in the clear.
    pub(crate) plain: bool,
}

/// Checks a variable's name.
pub(crate) fn check(name: &str) -> Result<(), Problem> {
    if name == TOKEN_HOLE {
        return Ok(());
    }
    let word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !word || name.bytes().next().is_none_or(|first| first.is_ascii_digit()) {
        let reason = "is no name of a variable: letters, digits and `_`, or `{registry.token}`";
        return Err(Problem::value(name, reason));
    }
    if misleads_programs(name) {
        let reason = "makes programs run other code or look elsewhere, and is never granted";
        return Err(Problem::value(name, reason));
    }
    Ok(())
}

impl Rule for EnvironmentRule {
    const KEY: &'static str = "environment";

    fn read(node: &Node<'_>, _: Speaker) -> Result<Self, PolicyError> {
        if node.is_string() {
            return Self::named(node, false);
        }
        let fields = node.fields(&KEYS)?;
        let plain = fields.get("plain");
        let value = plain.as_ref().map(Node::flag).transpose()?.unwrap_or(false);
        let rule = Self::named(&fields.need("name")?, value)?;
        match plain {
            Some(plain) if value && rule.name == TOKEN_HOLE => {
                let reason = "is always sealed; what has to see it asks for `reveal`";
                Err(plain.error(Problem::value(TOKEN_HOLE, reason)))
            }
            _ => Ok(rule),
        }
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        let plain = self.plain && other.plain;
        (self.name == other.name).then(|| Self { name: self.name.clone(), plain })
    }

    fn subject(&self) -> String {
        match self.plain {
            true => format!("{} in the clear", self.name),
            false => self.name.clone(),
        }
    }

    fn key(&self) -> String {
        self.name.clone()
    }

    fn value(&self) -> Value {
        if !self.plain {
            return Value::from(self.name.as_str());
        }
        let mut table = InlineTable::new();
        table.insert("name", self.name.as_str().into());
        table.insert("plain", true.into());
        table.into()
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.environment.as_ref()
    }

    /// By the variable that is meant: on either side the hole of the registry's token stands for one.
    fn is_denied_by(&self, denied: &Self, facts: &Facts<'_>) -> bool {
        self.meant(facts).eq_ignore_ascii_case(denied.meant(facts))
    }

    fn risks(&self) -> Vec<&'static str> {
        let said = [
            (self.name == TOKEN_HOLE, "it uses the registry's token"),
            (self.plain, "it reads the value in the clear"),
        ];
        said.into_iter().filter_map(|(holds, risk)| holds.then_some(risk)).collect()
    }
}

impl EnvironmentRule {
    fn named(node: &Node<'_>, plain: bool) -> Result<Self, PolicyError> {
        let name = node.text()?;
        check(name).map_err(|problem| node.error(problem))?;
        Ok(Self { name: name.to_owned(), plain })
    }

    fn meant<'a>(&'a self, facts: &Facts<'a>) -> &'a str {
        let filled = facts.token_variable.filter(|_| self.name == TOKEN_HOLE);
        filled.unwrap_or(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn names_are_words_and_never_load_code() {
        for good in ["CI_JOB_JWT", "_x", "a1", "{registry.token}", "LDAP_TOKEN", "ENVIRONMENT"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "1A", "A-B", "A=B", "A B", "É", "{registry.host}", "{registry.token}x", "*"]
        {
            assert!(check(bad).unwrap_err().to_string().contains("no name"), "{bad}");
        }
        for loader in ["LD_PRELOAD", "ld_preload", "GIT_ASKPASS", "NODE_OPTIONS", "ENV"] {
            assert!(check(loader).unwrap_err().to_string().contains("never granted"), "{loader}");
        }
    }
}
