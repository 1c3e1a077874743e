//! Where in the store of `pass` a registry's entries are, as the host names it.

use alloc::string::String;

use lockgate_provider::{Failure, Registry};

use crate::program::Pass;

/// One registry's place.
pub(crate) struct Place<'a> {
    pub(crate) program: Pass<'a>,
    /// The entry itself or, for docker, the folder that has one for each user.
    path: &'a str,
    /// Whether each user has an entry.
    pub(crate) has_users: bool,
    /// The entries that are there: those of docker's other names of the server too.
    pub(crate) found: &'a [String],
}

impl<'a> Place<'a> {
    pub(crate) fn of(registry: &Registry, arguments: &'a [String]) -> Result<Self, Failure> {
        let has_users = match registry.ecosystem.as_str() {
            "cargo" => false,
            "oci" => true,
            _ => return Err(Failure::UnsupportedRegistry),
        };
        match arguments {
            [program, path, found @ ..] => {
                Ok(Self { program: Pass(program), path, has_users, found })
            }
            _ => Err(Failure::other("the arguments of `lockgate:pass` come from the host")),
        }
    }

    /// The entry of who logs in.
    pub(crate) fn entry_for(&self, user: Option<&str>) -> Result<String, Failure> {
        match (self.has_users, user.filter(|user| !user.is_empty())) {
            (false, _) => Ok(self.path.into()),
            (true, Some(user)) => Ok([self.path, "/", user].concat()),
            (true, None) => {
                Err(Failure::other("each entry has the name of its user, and there is none"))
            }
        }
    }

    /// Whose entry it is.
    pub(crate) fn user_of<'e>(&self, entry: &'e str) -> Option<&'e str> {
        let (_, user) = entry.rsplit_once('/').filter(|_| self.has_users)?;
        Some(user)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use lockgate_provider::Registry;

    use super::Place;

    fn registry(ecosystem: &str) -> Registry {
        let (url, challenges) = ("h".into(), Vec::new());
        Registry { ecosystem: ecosystem.into(), url, name: None, challenges }
    }

    #[test]
    fn docker_has_an_entry_for_each_user_and_cargo_one() {
        let arguments = ["/usr/bin/pass", "folder/name", "folder/name/bob"].map(String::from);
        let place = Place::of(&registry("oci"), &arguments).unwrap();
        assert_eq!(place.entry_for(Some("alice")).unwrap(), "folder/name/alice");
        assert!(place.entry_for(None).is_err() && place.entry_for(Some("")).is_err());
        assert_eq!(place.user_of("folder/name/bob"), Some("bob"));
        assert_eq!(place.found, ["folder/name/bob"]);

        let place = Place::of(&registry("cargo"), &arguments).unwrap();
        assert_eq!(place.entry_for(None).unwrap(), "folder/name");
        assert_eq!(place.user_of("folder/name"), None);
    }

    #[test]
    fn nothing_is_done_without_the_hosts_words_or_for_another_client() {
        let arguments = ["/usr/bin/pass".into()];
        assert!(Place::of(&registry("oci"), &arguments).is_err());
        let arguments = ["/usr/bin/pass", "folder/name"].map(String::from);
        assert!(Place::of(&registry("git"), &arguments).is_err());
    }
}
