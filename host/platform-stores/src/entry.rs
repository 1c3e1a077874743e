//! Under which names the clients' own helpers keep their entries, so that both find each other's.

#[cfg(any(windows, test))]
use crate::StoreError;

/// Most bytes of a secret that the Credential Manager keeps (`CRED_MAX_CREDENTIAL_BLOB_SIZE`). It
/// answers a longer one with an error that says nothing of it.
#[cfg(any(windows, test))]
pub(crate) const LONGEST_CREDENTIAL: usize = 2560;
/// Most UTF-16 units of an entry's name there (`CRED_MAX_GENERIC_TARGET_NAME_LENGTH`).
#[cfg(any(windows, test))]
pub(crate) const LONGEST_NAME: usize = 32_767;

/// One entry of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The target name on Windows, the service on macOS.
    pub(crate) name: String,
    /// What the Credential Manager shows beside it.
    #[cfg(any(windows, test))]
    pub(crate) comment: &'static str,
}

impl Entry {
    /// The entry of `cargo:wincred` and `cargo:macos-keychain` for an index URL, which is taken
    /// byte for byte as cargo sends it.
    #[must_use]
    pub fn of_cargo(index_url: &str) -> Self {
        Self {
            name: format!("cargo-registry:{index_url}"),
            #[cfg(any(windows, test))]
            comment: "Cargo registry token",
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
    use super::{Entry, LONGEST_CREDENTIAL, LONGEST_NAME, check_credential};

    #[test]
    fn an_entry_of_cargos_has_the_name_that_cargo_gives_it() {
        let entry = Entry::of_cargo("sparse+https://registry.example/index/");
        assert_eq!(entry.name, "cargo-registry:sparse+https://registry.example/index/");
        assert_eq!(entry.comment, "Cargo registry token");
        let wide = entry.wide_name().unwrap();
        assert_eq!(wide.last(), Some(&0));
        assert_eq!(String::from_utf16_lossy(&wide[..wide.len() - 1]), entry.name);
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
