//! The system's calls, each made safe in its place.
#![allow(unsafe_code, reason = "the Credential Manager has no other interface")]

use std::io;
use std::ptr;

use lockgate_core::Secret;
use windows_sys::Win32::Security::Credentials::{
    CRED_PERSIST_LOCAL_MACHINE, CRED_TYPE_GENERIC, CREDENTIALW, CredDeleteW, CredFree, CredReadW,
    CredWriteW,
};
use zeroize::Zeroize;

/// An entry, which may have another name: the system does not tell upper and lower case apart.
/// `name` ends with a zero.
pub(super) fn read(name: &[u16]) -> io::Result<Found> {
    let mut found: *mut CREDENTIALW = ptr::null_mut();
    // SAFETY: `name` ends with a zero, and `found` is where the call writes a pointer.
    if unsafe { CredReadW(name.as_ptr(), CRED_TYPE_GENERIC, 0, &raw mut found) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Found(found))
}

/// Makes the entry or replaces it. `name` ends with a zero.
pub(super) fn write(name: &[u16], comment: &str, secret: &Secret) -> io::Result<()> {
    let mut name = name.to_vec();
    let mut comment: Vec<u16> = comment.encode_utf16().chain([0]).collect();
    let size = u32::try_from(secret.len()).map_err(io::Error::other)?;
    let entry = CREDENTIALW {
        Type: CRED_TYPE_GENERIC,
        TargetName: name.as_mut_ptr(),
        Comment: comment.as_mut_ptr(),
        CredentialBlobSize: size,
        CredentialBlob: secret.expose().as_ptr().cast_mut(),
        Persist: CRED_PERSIST_LOCAL_MACHINE,
        ..CREDENTIALW::default()
    };
    // SAFETY: every pointer of the entry is null or to what lives until the call returns, each text
    // ends with a zero, the blob has as many bytes as its size says, and the call only reads them.
    match unsafe { CredWriteW(&raw const entry, 0) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Removes the entry. `name` ends with a zero.
pub(super) fn delete(name: &[u16]) -> io::Result<()> {
    // SAFETY: `name` ends with a zero.
    match unsafe { CredDeleteW(name.as_ptr(), CRED_TYPE_GENERIC, 0) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// What the system found: its memory, given back with its secret overwritten.
pub(super) struct Found(*mut CREDENTIALW);

impl Found {
    fn entry(&self) -> &CREDENTIALW {
        // SAFETY: the system gave it, and it lives until it is given back.
        unsafe { &*self.0 }
    }

    /// The name that the entry was made with.
    pub(super) fn name(&self) -> String {
        let name = self.entry().TargetName;
        if name.is_null() {
            return String::new();
        }
        // SAFETY: the text ends with a zero, which the system promises.
        let units = (0..).take_while(|at| unsafe { *name.add(*at) } != 0).count();
        // SAFETY: so many units were just read.
        String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(name, units) })
    }

    pub(super) fn secret(&self) -> Secret {
        let entry = self.entry();
        if entry.CredentialBlob.is_null() {
            return Secret::default();
        }
        let length = entry.CredentialBlobSize as usize;
        // SAFETY: the system says that so many bytes are there.
        let bytes = unsafe { std::slice::from_raw_parts(entry.CredentialBlob, length) };
        Secret::new(bytes.to_vec())
    }
}

impl Drop for Found {
    fn drop(&mut self) {
        let (blob, length) = (self.entry().CredentialBlob, self.entry().CredentialBlobSize);
        if !blob.is_null() {
            // SAFETY: the memory is the system's gift until it is given back below.
            unsafe { std::slice::from_raw_parts_mut(blob, length as usize) }.zeroize();
        }
        // SAFETY: the system gave it, and nothing refers to it any more.
        unsafe { CredFree(self.0.cast()) };
    }
}
