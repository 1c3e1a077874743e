//! How each ecosystem's own programs keep their entries, so that they find ours and we find theirs.

use lockgate_core::{Ecosystem, Registry};

/// The attribute in which libsecret keeps the name of a schema.
pub(super) const SCHEMA: &str = "xdg:schema";

/// The entries of one family of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryScheme {
    /// The name of libsecret's schema.
    pub schema: &'static str,
    /// The attribute that holds the registry, byte for byte as the client names it.
    pub registry: &'static str,
    /// The attribute that holds the account, where there is one.
    pub account: Option<&'static str>,
    /// Attributes that are the same in every entry, and looked for.
    pub marks: &'static [(&'static str, &'static str)],
    /// Attributes that are the same in every entry, and not looked for.
    pub notes: &'static [(&'static str, &'static str)],
    /// What stands before the registry in an entry's label, which is for people.
    pub label: &'static str,
}

/// Those of cargo's `cargo:libsecret`.
pub const CARGO_ENTRIES: EntryScheme = EntryScheme {
    schema: "org.rust-lang.cargo.registry",
    registry: "url",
    account: None,
    marks: &[],
    notes: &[],
    label: "cargo-registry:",
};

/// Those of docker's `docker-credential-secretservice`.
pub const DOCKER_ENTRIES: EntryScheme = EntryScheme {
    schema: "io.docker.Credentials",
    registry: "server",
    account: Some("username"),
    marks: &[("docker_cli", "1")],
    notes: &[("label", "Docker Credentials")],
    label: "Registry credentials for ",
};

impl EntryScheme {
    /// The scheme of an ecosystem whose entries are read and written.
    pub fn of(ecosystem: Ecosystem) -> Option<&'static Self> {
        match ecosystem {
            Ecosystem::Cargo => Some(&CARGO_ENTRIES),
            // They have accounts, and several for one server.
            _ => None,
        }
    }
}

/// The entry of one registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    scheme: &'static EntryScheme,
    url: String,
    pub(super) label: String,
}

impl Entry {
    pub(super) fn of(registry: &Registry) -> Option<Self> {
        let scheme = EntryScheme::of(registry.ecosystem())?;
        let label = format!("{}{}", scheme.label, registry.display_name());
        Some(Self { scheme, url: registry.url().to_owned(), label })
    }

    /// The attributes by which it is found.
    pub(super) fn attributes(&self) -> Vec<(&str, &str)> {
        let own = [(SCHEMA, self.scheme.schema), (self.scheme.registry, self.url.as_str())];
        own.into_iter().chain(self.scheme.marks.iter().copied()).collect()
    }

    /// The attributes with which it is kept.
    pub(super) fn kept_attributes(&self) -> Vec<(&str, &str)> {
        let found = self.attributes().into_iter();
        found.chain(self.scheme.notes.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Registry};

    use super::{DOCKER_ENTRIES, Entry};

    #[test]
    fn an_entry_of_cargo_is_the_one_that_cargo_keeps() {
        let registry = Registry::new(Ecosystem::Cargo, "sparse+https://A/i").unwrap();
        let entry = Entry::of(&registry).unwrap();
        let attributes =
            [("xdg:schema", "org.rust-lang.cargo.registry"), ("url", "sparse+https://A/i")];
        assert_eq!(entry.attributes(), attributes);
        assert_eq!(entry.kept_attributes(), attributes);
        assert_eq!(entry.label, "cargo-registry:sparse+https://A/i");
        let named = Entry::of(&registry.named(Some("corp".to_owned()))).unwrap();
        assert_eq!(named.label, "cargo-registry:corp");
        assert_eq!(named.attributes(), attributes);
    }

    #[test]
    fn what_is_known_of_docker_is_not_used_yet() {
        assert!(Entry::of(&Registry::new(Ecosystem::Oci, "ghcr.io").unwrap()).is_none());
        assert_eq!(DOCKER_ENTRIES.account, Some("username"));
    }
}
