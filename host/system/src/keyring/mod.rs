//! The kernel's keyring of the user, as far as entries of our own need it.
//!
//! What the kernel keeps lies on no disk and, with a time, is forgotten by itself. Of its keyrings
//! this is the user's own (`@u`), which all processes of the user have in common: two commands of one
//! login, a session over ssh and a job of cron find the same entry. The session's keyring is a new one
//! for each login, and a service manager gives each service an empty one. Recent kernels keep the
//! user's keyring until the machine is turned off, older ones as long as the user has a process.
//!
//! The keys are of the kind `user`; a `logon` key could never be read back. Each gives all rights to
//! those that possess it and none to anybody else, not even to the same user's: whoever has only its
//! number gets nothing. A process of the same user can come to possess it by a link from `@u`, which
//! nothing can keep it from.
//!
//! A key that is to be found later is made in a keyring of its own below this process's (`@p`), which
//! ends with the process and is not inherited, and is linked into the user's when it is complete. From
//! then on it is known by its number, and a confined process is allowed these numbers alone.

mod calls;
mod error;
#[cfg(test)]
mod tests;

use std::ffi::{CStr, CString, c_long};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

pub use error::KeyringError;

/// Longest content of a key, in bytes: the kernel's own bound.
pub const MAX_KEY: usize = 32_767;

/// Most keys of the user that are looked through: the kernel's bound for users is 200 by default.
const MAX_KEYS: usize = 16 << 10;

/// Longest description of a key, in bytes, with what the kernel tells before it.
const MAX_DESCRIPTION: usize = 4096 + 64;

/// Every right for those that possess the key, and none for anybody else.
const POSSESSOR_ONLY: c_long = 0x3f00_0000;

/// A key of the kernel's, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(i32);

/// A key that is there.
#[derive(Clone)]
pub struct FoundKey {
    /// The key.
    pub key: Key,
    /// Its content.
    pub content: Zeroizing<Vec<u8>>,
}

/// A key that nobody can find until it is [published](Room::publish), in a keyring of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    keyring: i32,
    key: i32,
}

/// The user's key of this description and its content; none if there is none, or its time is over.
///
/// # Errors
/// If there is no keyring, or it is not known whether there is such a key.
pub fn fetch_key(description: &str) -> Result<Option<FoundKey>, KeyringError> {
    match fetch(&c_string(description)?) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Possessed while it is read, and no longer.
fn fetch(description: &CStr) -> Result<FoundKey, KeyringError> {
    let _alone = alone();
    let key = match calls::search(description, calls::of_process()) {
        // There is no room for a keyring of the process's. That of its session may lead to the key.
        Err(KeyringError::Full) => calls::search(description, 0)?,
        found => found?,
    };
    let mut content = Zeroizing::new(vec![0; MAX_KEY]);
    let read = calls::read(key, &mut content);
    let _ = calls::by_numbers(libc::KEYCTL_UNLINK, key, calls::of_process());
    content.truncate(read?);
    Ok(FoundKey { key: Key(key), content })
}

/// Removes the user's keys whose description begins so; how many there were.
///
/// # Errors
/// If there is no keyring, or it is not certain that all are gone.
pub fn remove_keys(beginning: &str) -> Result<usize, KeyringError> {
    let _alone = alone();
    // What is in it is possessed meanwhile; without room for that, what a session gives.
    match calls::by_numbers(libc::KEYCTL_LINK, calls::OF_USER, calls::of_process()) {
        Ok(()) | Err(KeyringError::Full) => {}
        Err(error) => return Err(error),
    }
    let removed = remove_possessed(beginning);
    let _ = calls::by_numbers(libc::KEYCTL_UNLINK, calls::OF_USER, calls::of_process());
    removed
}

/// Threads have their process's keyring in common: one could unlink what another one reads.
fn alone() -> MutexGuard<'static, ()> {
    static LINKED: Mutex<()> = Mutex::new(());
    LINKED.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove_possessed(beginning: &str) -> Result<usize, KeyringError> {
    let mut removed = 0;
    for key in calls::list(MAX_KEYS)? {
        let mut described = vec![0; MAX_DESCRIPTION];
        // Whatever cannot be described is not ours.
        let length = calls::describe(key, &mut described).unwrap_or_default();
        let described = described.get(..length).unwrap_or_default();
        if is_user_key(described, beginning) {
            removed += usize::from(Key(key).remove()?);
        }
    }
    Ok(removed)
}

/// `TYPE;UID;GID;RIGHTS;DESCRIPTION`, with a zero at the end.
fn is_user_key(described: &[u8], beginning: &str) -> bool {
    let mut parts = described.splitn(5, |byte| *byte == b';');
    let of_kind = parts.next() == Some(b"user");
    let description = parts.nth(3).unwrap_or_default();
    of_kind && description.starts_with(beginning.as_bytes())
}

impl Key {
    /// Takes it, or what took its place meanwhile, out of the user's keyring: the kernel goes by the
    /// description. Whether there was one.
    ///
    /// # Errors
    /// If it is not certain that it is gone.
    pub fn remove(self) -> Result<bool, KeyringError> {
        match calls::by_numbers(libc::KEYCTL_UNLINK, self.0, calls::of_user()) {
            Ok(()) => Ok(true),
            Err(error) if error.is_gone() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// For the filter of system calls.
    pub(crate) fn number(self) -> u32 {
        self.0.cast_unsigned()
    }
}

impl Room {
    /// A key with this description, empty.
    ///
    /// # Errors
    /// If there is no keyring, or no room in it.
    pub fn new(description: &str) -> Result<Self, KeyringError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // One of the same name would take the place of the one before.
        let name = format!("lockgate:{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let keyring = calls::add_keyring(&c_string(&name)?)?;
        // The kernel wants some content.
        let key = calls::add(&c_string(description)?, &[0], keyring)?;
        calls::by_numbers(libc::KEYCTL_SETPERM, key, POSSESSOR_ONLY)?;
        Ok(Self { keyring, key })
    }

    /// Gives it this content, and a time in seconds after which the kernel forgets it. `description` is
    /// the one that it was made with.
    ///
    /// # Errors
    /// If the content is too long, or there is no room for it. The key may have no time then.
    pub fn fill(
        self,
        description: &str,
        content: &[u8],
        seconds: Option<u32>,
    ) -> Result<(), KeyringError> {
        if content.len() > MAX_KEY {
            return Err(KeyringError::TooLarge);
        }
        // What is there under the description is changed, and loses its time. The kernel's own call
        // for a change takes a page at most.
        if calls::add(&c_string(description)?, content, self.keyring)? != self.key {
            return Err(KeyringError::Gone);
        }
        match seconds {
            Some(seconds) => {
                calls::by_numbers(libc::KEYCTL_SET_TIMEOUT, self.key, c_long::from(seconds))
            }
            None => Ok(()),
        }
    }

    /// Lets the user's processes find it, in the place of any other of this description.
    ///
    /// # Errors
    /// If there is no room; what was there before is untouched.
    pub fn publish(self) -> Result<Key, KeyringError> {
        calls::by_numbers(libc::KEYCTL_LINK, self.key, calls::of_user())?;
        Ok(Key(self.key))
    }

    /// Gives it up, for what was not published and cannot be filled once more.
    pub fn release(self) {
        // It ends with the process at the latest.
        let _ = calls::by_numbers(libc::KEYCTL_UNLINK, self.keyring, calls::of_process());
    }

    /// What a confined process needs to fill and publish it.
    pub fn keys(self) -> [Key; 2] {
        [Key(self.keyring), Key(self.key)]
    }
}

fn c_string(description: &str) -> Result<CString, KeyringError> {
    CString::new(description).map_err(|_| KeyringError::Other(libc::EINVAL))
}
