//! Whose grant is changed: an installed provider's or a built-in bridge's.

use lockgate_broker::{CARGO_PLUGIN, DOCKER_HELPER, PASS, docker_helper_grant, pass_grant};
use lockgate_core::escape;
use lockgate_policy::{Change, Grant, Identity, Manifest};
use lockgate_providers::{Installed, Store, built_in};

use super::useless::Question;
use super::{installed_name, store};
use crate::error::CommandError;

/// What of a bridge's grant its user has a say in. It has all else that it asks for.
const OF_BRIDGES: [&str; 3] = ["process", "registries", "limits"];

/// Whose grant is changed, as it was looked at.
pub(super) struct Subject {
    pub(super) name: String,
    pub(super) manifest: Manifest,
    pub(super) grant: Grant,
    /// The grant's text.
    text: String,
    store: Store,
    /// None for a bridge.
    installed: Option<Installed>,
}

impl Subject {
    pub(super) fn find(name: &str) -> Result<Self, CommandError> {
        let store = store()?;
        let found = built_in(name).transpose();
        let bridge = found.map_err(|error| CommandError::from_error(&error))?;
        match bridge.filter(|provider| provider.bridge) {
            Some(bridge) => {
                let (text, grant) = store.bridge_grant(name)?;
                let (name, manifest) = (bridge.name, bridge.manifest);
                Ok(Self { name, manifest, grant, text, store, installed: None })
            }
            None => {
                let installed = store.get(installed_name(name)?.as_str())?;
                Ok(Self {
                    name: installed.name().to_string(),
                    manifest: installed.manifest()?,
                    grant: installed.grant()?,
                    text: installed.grant_text()?,
                    store,
                    installed: Some(installed),
                })
            }
        }
    }

    /// The arguments as they are meant for it.
    ///
    /// # Errors
    /// If a bridge's user has no say in it.
    pub(super) fn meant(&self, arguments: &[String]) -> Result<Vec<String>, CommandError> {
        arguments.iter().map(|argument| self.one_meant(argument)).collect()
    }

    fn one_meant(&self, argument: &str) -> Result<String, CommandError> {
        if self.installed.is_some() {
            return Ok(argument.to_owned());
        }
        let change = Change::parse(argument).map_err(|error| CommandError::from_error(&error))?;
        if !OF_BRIDGES.contains(&change.capability) {
            return Err(CommandError::new(format!(
                "`{}` cannot be granted `{}`: it is built in, and has all that it asks for but the \
                 programs; there are `process`, `registries` and `limits`",
                escape(&self.name),
                escape(argument)
            )));
        }
        let meant = argument.strip_prefix("process=").and_then(|path| match self.name.as_str() {
            CARGO_PLUGIN => told_of_logins(path),
            DOCKER_HELPER => docker_helper_grant(path),
            PASS => pass_grant(path),
            _ => None,
        });
        Ok(meant.unwrap_or_else(|| argument.to_owned()))
    }

    /// A sentence for each line of a grant of which nothing comes.
    pub(super) fn useless(&self, grant: &Grant) -> Result<Vec<String>, CommandError> {
        // A bridge's has all else that it needs, and its programs are what its user chose.
        let Some(installed) = &self.installed else { return Ok(Vec::new()) };
        let digest = installed.digest().hex();
        let identity = Identity {
            name: &self.name,
            digest: &digest,
            built_in: false,
            bridge: false,
            source: Some(installed.source()),
            signer: installed.signer(),
        };
        let machine = crate::machine()?;
        Question { machine: &machine, identity, manifest: &self.manifest }.useless(grant)
    }

    /// Keeps another grant.
    pub(super) fn set(&self, grant: &str) -> Result<(), CommandError> {
        match &self.installed {
            Some(installed) => self.store.set_grant(installed, &self.text, grant)?,
            None => self.store.set_bridge_grant(&self.name, &self.text, grant)?,
        }
        Ok(())
    }
}

/// A native credential provider that is named by nothing but its path gets the token of a login: that
/// is what it is for, and the person sees it in what is granted.
fn told_of_logins(path: &str) -> Option<String> {
    let is_path = path.starts_with('/') && !path.contains([' ', '"', '\\']);
    let receives = "receives = [\"login\", \"prompt\"]";
    is_path.then(|| format!("process={{ program = \"{path}\", {receives} }}"))
}

#[cfg(test)]
mod tests {
    use super::told_of_logins;

    #[test]
    fn a_path_alone_is_told_of_logins_and_a_table_says_so_itself() {
        let meant = told_of_logins("/usr/bin/cargo-credential-x").unwrap();
        assert!(meant.contains("receives = [\"login\", \"prompt\"]"), "{meant}");
        assert!(lockgate_policy::Change::parse(&meant).is_ok(), "{meant}");
        for other in ["{ program = \"/usr/bin/x\" }", "/usr/bin/x --flag", "x", "/a\"b"] {
            assert_eq!(told_of_logins(other), None, "{other}");
        }
    }
}
