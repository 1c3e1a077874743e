//! The system calls themselves. A crate for them takes a keyring by its own number, under which the
//! user's is not possessed in a service that is not linked to it; under its special number it always
//! is.

#![allow(unsafe_code, reason = "no safe crate searches the user's keyring and links what it finds")]

use std::ffi::{CStr, c_int, c_long};

use super::KeyringError;

/// The kind of our keys.
const KIND: &CStr = c"user";

/// The user's own keyring, by the number that means it for each user.
pub(super) const OF_USER: c_int = libc::KEY_SPEC_USER_KEYRING;

/// This process's own keyring. Not the thread's: a process with one has to make another for each
/// thread that it starts, for which there may be no room.
const OF_PROCESS: c_int = libc::KEY_SPEC_PROCESS_KEYRING;

pub(super) fn of_user() -> c_long {
    c_long::from(OF_USER)
}

pub(super) fn of_process() -> c_long {
    c_long::from(OF_PROCESS)
}

/// The user's key of this description, linked into another keyring, or into none if that is 0.
pub(super) fn search(description: &CStr, keyring: c_long) -> Result<i32, KeyringError> {
    // SAFETY: both texts end with a zero and are borrowed for the whole call, which only reads them.
    let found = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            c_long::from(libc::KEYCTL_SEARCH),
            of_user(),
            KIND.as_ptr(),
            description.as_ptr(),
            keyring,
        )
    };
    checked(found).and_then(number)
}

/// A keyring in the process's own.
pub(super) fn add_keyring(name: &CStr) -> Result<i32, KeyringError> {
    add_of_kind(c"keyring", name, &[], OF_PROCESS)
}

/// A key in a keyring: a new one, or another content of the one that has the description there.
pub(super) fn add(description: &CStr, content: &[u8], keyring: i32) -> Result<i32, KeyringError> {
    add_of_kind(KIND, description, content, keyring)
}

fn add_of_kind(
    kind: &CStr,
    description: &CStr,
    content: &[u8],
    keyring: i32,
) -> Result<i32, KeyringError> {
    // SAFETY: both texts end with a zero; they and the content, of its own length, are borrowed for
    // the whole call, which only reads them.
    let added = unsafe {
        libc::syscall(
            libc::SYS_add_key,
            kind.as_ptr(),
            description.as_ptr(),
            content.as_ptr(),
            content.len(),
            c_long::from(keyring),
        )
    };
    checked(added).and_then(number)
}

/// What can be said by numbers alone.
pub(super) fn by_numbers(operation: u32, key: i32, other: c_long) -> Result<(), KeyringError> {
    // SAFETY: none of the operations that are called so takes an address.
    let done = unsafe {
        libc::syscall(libc::SYS_keyctl, c_long::from(operation), c_long::from(key), other)
    };
    checked(done).map(drop)
}

/// The content of a key; how long it is.
pub(super) fn read(key: i32, buffer: &mut [u8]) -> Result<usize, KeyringError> {
    fetch(libc::KEYCTL_READ, key, buffer)
}

/// What is known of a key: `TYPE;UID;GID;RIGHTS;DESCRIPTION`; how long it is.
pub(super) fn describe(key: i32, buffer: &mut [u8]) -> Result<usize, KeyringError> {
    fetch(libc::KEYCTL_DESCRIBE, key, buffer)
}

/// The keys of the user, at most so many.
pub(super) fn list(most: usize) -> Result<Vec<i32>, KeyringError> {
    let mut numbers = vec![0; most * size_of::<i32>()];
    let length = fetch(libc::KEYCTL_READ, OF_USER, &mut numbers)?;
    numbers.truncate(length);
    let (numbers, _) = numbers.as_chunks::<4>();
    Ok(numbers.iter().map(|number| i32::from_ne_bytes(*number)).collect())
}

fn fetch(operation: u32, key: i32, buffer: &mut [u8]) -> Result<usize, KeyringError> {
    // SAFETY: the kernel writes at most the buffer's own length into it, which is borrowed alone for
    // the whole call.
    let length = unsafe {
        libc::syscall(
            libc::SYS_keyctl,
            c_long::from(operation),
            c_long::from(key),
            buffer.as_mut_ptr(),
            buffer.len(),
        )
    };
    // It tells how long it is also where the buffer is too short.
    match usize::try_from(checked(length)?) {
        Ok(length) if length <= buffer.len() => Ok(length),
        _ => Err(KeyringError::TooLarge),
    }
}

fn checked(result: c_long) -> Result<c_long, KeyringError> {
    match result {
        -1 => {
            let number = std::io::Error::last_os_error().raw_os_error();
            Err(KeyringError::of(number.unwrap_or_default()))
        }
        result => Ok(result),
    }
}

fn number(result: c_long) -> Result<i32, KeyringError> {
    i32::try_from(result).map_err(|_| KeyringError::Other(libc::ERANGE))
}
