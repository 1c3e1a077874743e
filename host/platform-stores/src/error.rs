//! What goes wrong with a store of the operating system's, and what to do about it.

/// Why an entry cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The secret does not fit.
    #[error(
        "the secret has {length} bytes, and the Windows Credential Manager keeps at most {limit}; \
         use another store for this registry"
    )]
    SecretTooLong {
        /// Of the secret, in bytes.
        length: usize,
        /// In bytes.
        limit: usize,
    },
    /// cargo's entries have a token and nothing else.
    #[error("an entry for a registry of cargo's has no account name in the store")]
    NoAccounts,
    /// docker's entries have one each.
    #[error("an entry for a server of docker's needs an account name; log in with one")]
    NoAccount,
    /// It cannot stand in an entry.
    #[error(
        "the account name is empty, not text, longer than {limit} characters or has a NUL character, and \
         cannot be kept in the store"
    )]
    BadAccount {
        /// In UTF-16 units.
        limit: usize,
    },
    /// The name has no place in the keychain, or not one of its own. It is not told, since a password may
    /// stand in it.
    #[error(
        "the server's name is not one that the keychain keeps: it has to be a host or a URL that begins with \
         https:// or http://, with a port and a path if need be, and nothing else"
    )]
    NotAServer,
    /// More than one, of which none is surely the user's.
    #[error(
        "there are {count} entries for `{server}` in the {store}, and any of them could be meant: {}; \
         remove all but one, or log out and in again",
        .entries.join(", ")
    )]
    Ambiguous {
        /// In words.
        store: &'static str,
        /// As docker's helper lists it.
        server: String,
        /// How many there are.
        count: usize,
        /// The first few of them, by account and time.
        entries: Vec<String>,
    },
    /// Another program keeps something under the name.
    #[error(
        "another program keeps a secret for `{name}` in the {store}, which a login would overwrite; remove \
         it there, or use another store"
    )]
    NotOurs {
        /// In words.
        store: &'static str,
        /// The entry that is there.
        name: String,
    },
    /// The registry's URL does not fit.
    #[error("the registry's URL is too long for the store, which takes {limit} characters")]
    NameTooLong {
        /// In UTF-16 units.
        limit: usize,
    },
    /// The store would take what is before it for the whole name.
    #[error("the registry's URL holds a NUL character")]
    NameWithZero,
    /// The store takes two names for one.
    #[error(
        "the {store} does not tell upper and lower case apart, and already keeps a secret for \
         `{name}`; log out of that one first, or use another store"
    )]
    Taken {
        /// In words.
        store: &'static str,
        /// The entry that is there.
        name: String,
    },
    /// There is a store, and nobody to unlock it.
    #[error(
        "the {store} is locked, and this session has nobody to unlock it; unlock it (`security \
         unlock-keychain`), or log in to the desktop, and try again"
    )]
    Locked {
        /// In words.
        store: &'static str,
        /// What the system said.
        source: SystemError,
    },
    /// The person said no.
    #[error("access to the {store} was not allowed")]
    Dismissed {
        /// In words.
        store: &'static str,
        /// What the system said.
        source: SystemError,
    },
    /// There is none here.
    #[error(
        "this session has no {store}, as services and remote sessions may not; use another store"
    )]
    Missing {
        /// In words.
        store: &'static str,
        /// What the system said.
        source: SystemError,
    },
    /// Everything else.
    #[error("the {store} failed to {action} the entry")]
    Failed {
        /// In words.
        store: &'static str,
        /// What was done.
        action: &'static str,
        /// What the system said.
        source: SystemError,
    },
}

/// The system's own error.
pub type SystemError = Box<dyn std::error::Error + Send + Sync>;

/// What an error of the system means for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(windows, allow(dead_code, reason = "some are macOS' alone"))]
pub(crate) enum Meaning {
    /// There is no such entry.
    NotFound,
    Locked,
    Dismissed,
    Missing,
    /// There is one already.
    Taken,
    Other,
}

impl Meaning {
    /// Of a status of macOS' Security framework (`SecBase.h`).
    #[cfg(any(target_os = "macos", test))]
    pub(crate) fn of_keychain(status: i32) -> Self {
        match status {
            // errSecItemNotFound
            -25300 => Self::NotFound,
            // errSecDuplicateItem
            -25299 => Self::Taken,
            // errSecInteractionNotAllowed, errSecInteractionRequired, errSecInDarkWake
            -25308 | -25315 | -25320 => Self::Locked,
            // errSecUserCanceled, errSecAuthFailed, errSecNoAccessForItem
            -128 | -25293 | -25243 => Self::Dismissed,
            // errSecNotAvailable, errSecNoSuchKeychain, errSecNoDefaultKeychain
            -25291 | -25294 | -25307 => Self::Missing,
            _ => Self::Other,
        }
    }

    /// Of an error of the Credential Manager (`WinError.h`).
    #[cfg(any(windows, test))]
    pub(crate) fn of_credential_manager(code: Option<i32>) -> Self {
        match code {
            // ERROR_NOT_FOUND
            Some(1168) => Self::NotFound,
            // ERROR_NO_SUCH_LOGON_SESSION
            Some(1312) => Self::Missing,
            _ => Self::Other,
        }
    }
}

impl StoreError {
    /// Of an entry that was removed.
    #[cfg(any(target_os = "macos", test))]
    pub(crate) fn still_there(store: &'static str) -> Self {
        Self::Failed { store, action: "remove", source: "it is still there".into() }
    }

    pub(crate) fn of(
        meaning: Meaning,
        store: &'static str,
        action: &'static str,
        source: SystemError,
    ) -> Self {
        match meaning {
            Meaning::Locked => Self::Locked { store, source },
            Meaning::Dismissed => Self::Dismissed { store, source },
            Meaning::Missing => Self::Missing { store, source },
            Meaning::NotFound | Meaning::Taken | Meaning::Other => {
                Self::Failed { store, action, source }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Meaning;

    #[test]
    fn errors_that_need_different_remedies_are_told_apart() {
        for (status, meaning) in [
            (-25300, Meaning::NotFound),
            (-25299, Meaning::Taken),
            (-25308, Meaning::Locked),
            (-25315, Meaning::Locked),
            (-25320, Meaning::Locked),
            (-128, Meaning::Dismissed),
            (-25293, Meaning::Dismissed),
            (-25243, Meaning::Dismissed),
            (-25291, Meaning::Missing),
            (-25294, Meaning::Missing),
            (-25307, Meaning::Missing),
            (-50, Meaning::Other),
            (-34018, Meaning::Other),
        ] {
            assert_eq!(Meaning::of_keychain(status), meaning, "{status}");
        }
        assert_eq!(Meaning::of_credential_manager(Some(1168)), Meaning::NotFound);
        assert_eq!(Meaning::of_credential_manager(Some(1312)), Meaning::Missing);
        assert_eq!(Meaning::of_credential_manager(Some(5)), Meaning::Other);
        assert_eq!(Meaning::of_credential_manager(None), Meaning::Other);
    }
}
