//! Why the kernel's keyring was not used.

use std::io;

use super::MAX_KEY;

/// What keeps the process from the kernel's keyring, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// There is none.
    #[error("this kernel has no keyring, or a container hides it; use another store")]
    Absent,
    /// It may not be used at all.
    #[error(
        "the kernel's keyring may not be used here, since a filter of system calls refuses it; have \
         the container or service allow `add_key` and `keyctl`, or use another store"
    )]
    Refused,
    /// The rights of the key itself say no.
    #[error("the rights of a key in the kernel's keyring keep this process from it")]
    Denied,
    /// The user has all that the kernel keeps for one.
    #[error(
        "the kernel's keyring has no room left for this user (`cat /proc/key-users`); remove keys \
         with `keyctl`, or have the administrator raise kernel.keys.maxkeys and \
         kernel.keys.maxbytes"
    )]
    Full,
    /// More than the kernel keeps in one key.
    #[error("the kernel keeps at most {MAX_KEY} bytes in a key")]
    TooLarge,
    /// It is not there, or no longer.
    #[error("the key is gone from the kernel's keyring")]
    Gone,
    /// Another error, by its number.
    #[error("the kernel's keyring does not answer: {}", io::Error::from_raw_os_error(*.0))]
    Other(i32),
}

impl KeyringError {
    pub(super) fn of(number: i32) -> Self {
        match number {
            libc::ENOSYS | libc::EOPNOTSUPP => Self::Absent,
            libc::EPERM => Self::Refused,
            libc::EACCES => Self::Denied,
            libc::EDQUOT | libc::ENFILE => Self::Full,
            libc::ENOKEY | libc::EKEYEXPIRED | libc::EKEYREVOKED | libc::ENOENT => Self::Gone,
            number => Self::Other(number),
        }
    }

    pub(super) fn is_gone(self) -> bool {
        self == Self::Gone
    }
}

#[cfg(test)]
mod tests {
    use super::KeyringError;

    #[test]
    fn what_keeps_from_the_keyring_is_told_apart_with_what_to_do() {
        for (number, error, remedy) in [
            (libc::ENOSYS, KeyringError::Absent, "use another store"),
            (libc::EPERM, KeyringError::Refused, "allow `add_key` and `keyctl`"),
            (libc::EACCES, KeyringError::Denied, "rights of a key"),
            (libc::EDQUOT, KeyringError::Full, "kernel.keys.maxbytes"),
            (libc::ENFILE, KeyringError::Full, "remove keys"),
            (libc::EKEYEXPIRED, KeyringError::Gone, "gone"),
            (libc::EIO, KeyringError::Other(libc::EIO), "does not answer"),
        ] {
            let found = KeyringError::of(number);
            assert_eq!(found, error);
            assert!(found.to_string().contains(remedy), "{found}");
        }
    }
}
