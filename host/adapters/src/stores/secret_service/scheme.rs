//! How each ecosystem's own programs keep their entries, so that they find ours and we find theirs.

use std::collections::BTreeMap;

use lockgate_core::{Ecosystem, Registry};

use crate::stores::Listed;

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
    /// What stands before the registry in an entry's label.
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

/// Those of docker's `docker-credential-secretservice`. The label is the server alone, as its versions
/// before 0.9 have it: all of its versions list an entry by the label and not by the server, so that
/// another one would be listed under a name that nobody can ask for.
pub const DOCKER_ENTRIES: EntryScheme = EntryScheme {
    schema: "io.docker.Credentials",
    registry: "server",
    account: Some("username"),
    marks: &[("docker_cli", "1")],
    notes: &[("label", "Docker Credentials")],
    label: "",
};

impl EntryScheme {
    /// The scheme of an ecosystem whose entries are read and written.
    pub fn of(ecosystem: Ecosystem) -> Option<&'static Self> {
        match ecosystem {
            Ecosystem::Cargo => Some(&CARGO_ENTRIES),
            Ecosystem::Oci => Some(&DOCKER_ENTRIES),
            _ => None,
        }
    }

    /// What an entry with these attributes is for; none if they do not say.
    pub(super) fn listed(&self, attributes: &BTreeMap<String, String>) -> Option<Listed> {
        let server = attributes.get(self.registry)?.clone();
        let identity = self.account.and_then(|account| attributes.get(account)).cloned();
        Some(Listed { server, identity })
    }

    /// The attributes that all of its entries have, and are found by.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        [(SCHEMA, self.schema)].into_iter().chain(self.marks.iter().copied())
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
        let shown = match scheme.account {
            Some(_) => registry.url(),
            None => registry.display_name(),
        };
        let label = format!("{}{shown}", scheme.label);
        Some(Self { scheme, url: registry.url().to_owned(), label })
    }

    /// Whether it is the entry of the same registry, whatever stands in its label.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.url == other.url
    }

    /// Whether entries like this have an account, and a registry may have one for each.
    pub(super) fn has_account(&self) -> bool {
        self.scheme.account.is_some()
    }

    /// The attributes by which it is found.
    pub(super) fn attributes(&self) -> Attributes<'_> {
        let mut attributes: Attributes<'_> = self.scheme.all().collect();
        attributes.push((self.scheme.registry, &self.url));
        attributes
    }

    /// The attributes with which it is kept, for this account if it has one.
    pub(super) fn kept_attributes<'a>(&'a self, account: Option<&'a str>) -> Attributes<'a> {
        let mut kept = self.attributes();
        kept.extend(self.scheme.account.zip(account));
        kept.extend(self.scheme.notes);
        kept
    }

    /// Whether an entry with these attributes is of this very registry: some services do not tell
    /// upper and lower case apart when they search.
    pub(super) fn is_of_registry(&self, attributes: &BTreeMap<String, String>) -> bool {
        attributes.get(self.scheme.registry) == Some(&self.url)
    }

    /// The account that an entry with these attributes is for.
    pub(super) fn account<'a>(&self, attributes: &'a BTreeMap<String, String>) -> Option<&'a str> {
        self.scheme.account.and_then(|name| attributes.get(name)).map(String::as_str)
    }
}

/// Names and values.
pub(super) type Attributes<'a> = Vec<(&'a str, &'a str)>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_core::{Ecosystem, Registry};

    use super::Entry;

    #[test]
    fn an_entry_of_cargo_is_the_one_that_cargo_keeps() {
        let registry = Registry::new(Ecosystem::Cargo, "sparse+https://A/i").unwrap();
        let entry = Entry::of(&registry).unwrap();
        let attributes =
            [("xdg:schema", "org.rust-lang.cargo.registry"), ("url", "sparse+https://A/i")];
        assert_eq!(entry.attributes(), attributes);
        assert_eq!(entry.kept_attributes(None), attributes);
        assert_eq!(entry.label, "cargo-registry:sparse+https://A/i");
        let named = Entry::of(&registry.named(Some("corp".to_owned()))).unwrap();
        assert_eq!(named.label, "cargo-registry:corp");
        assert_eq!(named.attributes(), attributes);
    }

    #[test]
    fn an_entry_of_docker_is_the_one_that_its_own_helper_keeps() {
        let server = Registry::new(Ecosystem::Oci, "https://index.docker.io/v1/").unwrap();
        let entry = Entry::of(&server.named(Some("hub".to_owned()))).unwrap();
        let found = [
            ("xdg:schema", "io.docker.Credentials"),
            ("docker_cli", "1"),
            ("server", "https://index.docker.io/v1/"),
        ];
        assert_eq!(entry.attributes(), found);
        let kept = [("username", "alice"), ("label", "Docker Credentials")];
        assert_eq!(entry.kept_attributes(Some("alice")), [found.as_slice(), &kept].concat());
        assert_eq!(entry.label, "https://index.docker.io/v1/");
    }

    #[test]
    fn an_entry_of_another_server_is_told_apart_to_the_byte() {
        let entry = Entry::of(&Registry::new(Ecosystem::Oci, "ghcr.io").unwrap()).unwrap();
        let attributes = |server: &str| {
            BTreeMap::from([
                ("server".to_owned(), server.to_owned()),
                ("username".to_owned(), "alice".to_owned()),
            ])
        };
        assert!(entry.is_of_registry(&attributes("ghcr.io")));
        assert_eq!(entry.account(&attributes("ghcr.io")), Some("alice"));
        for other in ["Ghcr.io", "ghcr.io/", "https://ghcr.io", ""] {
            assert!(!entry.is_of_registry(&attributes(other)), "{other}");
        }
        assert!(!entry.is_of_registry(&BTreeMap::new()));
    }
}
