//! Under which names the clients' own helpers keep their entries, so that both find each other's.

use lockgate_core::Secret;

use crate::StoreError;

/// Most bytes of a secret that the Credential Manager keeps (`CRED_MAX_CREDENTIAL_BLOB_SIZE`). It
/// answers a longer one with an error that says nothing of it.
#[cfg(any(windows, test))]
pub(crate) const LONGEST_CREDENTIAL: usize = 2560;
/// Most UTF-16 units of an entry's name there (`CRED_MAX_GENERIC_TARGET_NAME_LENGTH`).
#[cfg(any(windows, test))]
pub(crate) const LONGEST_NAME: usize = 32_767;

/// Most UTF-16 units of an account's name there (`CRED_MAX_USERNAME_LENGTH`). The keychain has no limit of
/// its own; nobody's account is longer.
pub(crate) const LONGEST_ACCOUNT: usize = 513;

/// One entry of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The target name on Windows; on macOS cargo's service and docker's server.
    pub(crate) name: String,
    /// What the store keeps beside it.
    pub(crate) kind: Kind,
}

/// Whose entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// cargo's, with a comment and no account.
    Cargo,
    /// docker's, with an account and a mark by which its helper knows it.
    Docker,
}

/// The label of docker's entries, on both systems.
pub(crate) const DOCKER_LABEL: &str = "Docker Credentials";
/// Their mark in the Credential Manager: the name of an attribute, and its value.
#[cfg(any(windows, test))]
pub(crate) const DOCKER_MARK: (&str, &str) = ("label", DOCKER_LABEL);

#[cfg(any(windows, test))]
impl Kind {
    /// What the Credential Manager shows beside an entry.
    pub(crate) fn comment(self) -> Option<&'static str> {
        match self {
            Self::Cargo => Some("Cargo registry token"),
            Self::Docker => None,
        }
    }
}

impl Entry {
    /// The entry of `cargo:wincred` and `cargo:macos-keychain` for an index URL, which is taken
    /// byte for byte as cargo sends it.
    #[must_use]
    pub fn of_cargo(index_url: &str) -> Self {
        Self { name: format!("cargo-registry:{index_url}"), kind: Kind::Cargo }
    }

    /// The entry of `docker-credential-wincred` or `docker-credential-osxkeychain` for a server as docker
    /// names it. docker's helpers also find entries whose name has a scheme, port or path more; here a
    /// server's other names are asked for one by one.
    ///
    /// On Windows each name has an entry of its own. On macOS `HOST` and `https://HOST` are one entry, as
    /// for docker's helper, so that removing it by one name removes it by the other.
    #[must_use]
    pub fn of_docker(server: &str) -> Self {
        Self { name: server.to_owned(), kind: Kind::Docker }
    }

    /// The account with which the store keeps the entry: docker's have one, cargo's none.
    pub(crate) fn account(&self, identity: Option<&Secret>) -> Result<Option<String>, StoreError> {
        match (self.kind, identity) {
            (Kind::Cargo, None) => Ok(None),
            (Kind::Cargo, Some(_)) => Err(StoreError::NoAccounts),
            (Kind::Docker, None) => Err(StoreError::NoAccount),
            (Kind::Docker, Some(account)) => account
                .expose_text()
                .filter(|text| (1..=LONGEST_ACCOUNT).contains(&text.encode_utf16().count()))
                .filter(|text| !text.contains('\0'))
                .map(|text| Some(text.to_owned()))
                .ok_or(StoreError::BadAccount { limit: LONGEST_ACCOUNT }),
        }
    }

    /// The name as Windows takes it, with its zero.
    #[cfg(any(windows, test))]
    pub(crate) fn wide_name(&self) -> Result<Vec<u16>, StoreError> {
        let mut wide: Vec<u16> = self.name.encode_utf16().collect();
        if wide.len() > LONGEST_NAME {
            return Err(StoreError::NameTooLong { limit: LONGEST_NAME });
        }
        if wide.contains(&0) {
            return Err(StoreError::NameWithZero);
        }
        wide.push(0);
        Ok(wide)
    }
}

/// Whether the Credential Manager takes a secret of this length: told before it is asked.
#[cfg(any(windows, test))]
pub(crate) fn check_credential(length: usize) -> Result<(), StoreError> {
    match length <= LONGEST_CREDENTIAL {
        true => Ok(()),
        false => Err(StoreError::SecretTooLong { length, limit: LONGEST_CREDENTIAL }),
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::Secret;

    use super::{
        DOCKER_MARK, Entry, LONGEST_ACCOUNT, LONGEST_CREDENTIAL, LONGEST_NAME, check_credential,
    };

    #[test]
    fn an_entry_of_cargos_has_the_name_that_cargo_gives_it() {
        let entry = Entry::of_cargo("sparse+https://registry.example/index/");
        assert_eq!(entry.name, "cargo-registry:sparse+https://registry.example/index/");
        assert_eq!(entry.kind.comment(), Some("Cargo registry token"));
        let wide = entry.wide_name().unwrap();
        assert_eq!(wide.last(), Some(&0));
        assert_eq!(String::from_utf16_lossy(&wide[..wide.len() - 1]), entry.name);
    }

    #[test]
    fn an_entry_of_dockers_has_the_name_and_the_mark_that_docker_gives_it() {
        for server in ["ghcr.io", "https://index.docker.io/v1/", "127.0.0.1:5000"] {
            let entry = Entry::of_docker(server);
            assert_eq!((entry.name.as_str(), entry.kind.comment()), (server, None));
        }
        assert_eq!(DOCKER_MARK, ("label", "Docker Credentials"));
    }

    #[test]
    fn an_account_is_what_docker_needs_and_cargo_has_none_of() {
        let (cargo, docker) = (Entry::of_cargo("https://a"), Entry::of_docker("a"));
        let of = |entry: &Entry, account: Option<&str>| {
            let kept = entry.account(account.map(Secret::from).as_ref());
            kept.map_err(|error| error.to_string())
        };
        assert_eq!(of(&cargo, None), Ok(None));
        assert!(of(&cargo, Some("a")).unwrap_err().contains("no account"));
        assert!(of(&docker, None).unwrap_err().contains("needs an account"));
        let longest = "\u{fc}".repeat(LONGEST_ACCOUNT);
        for good in ["a", "<token>", longest.as_str()] {
            assert_eq!(of(&docker, Some(good)), Ok(Some(good.to_owned())));
        }
        for wrong in ["", "a\0b", &(longest + "x"), &"\u{1f511}".repeat(257)] {
            assert!(of(&docker, Some(wrong)).unwrap_err().contains("513"), "{wrong}");
        }
    }

    #[test]
    fn a_name_that_windows_would_cut_short_is_refused() {
        let zero = Entry::of_cargo("https://a\0b").wide_name().unwrap_err();
        assert!(zero.to_string().contains("a NUL character"), "{zero}");
        let long = Entry::of_cargo(&"a".repeat(LONGEST_NAME)).wide_name().unwrap_err();
        assert!(long.to_string().contains("32767"), "{long}");
        let longest = LONGEST_NAME - "cargo-registry:".len();
        assert!(Entry::of_cargo(&"a".repeat(longest)).wide_name().is_ok());
    }

    /// Wine does not enforce it.
    #[test]
    fn the_limit_of_the_credential_manager_is_told_before_it_is_asked() {
        for length in [0, LONGEST_CREDENTIAL - 1, LONGEST_CREDENTIAL] {
            assert!(check_credential(length).is_ok(), "{length}");
        }
        let error = check_credential(LONGEST_CREDENTIAL + 1).unwrap_err().to_string();
        assert!(error.contains("2561 bytes") && error.contains("at most 2560"), "{error}");
    }
}
