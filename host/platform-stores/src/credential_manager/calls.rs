//! The system's calls, each made safe in its place.
#![allow(unsafe_code, reason = "the Credential Manager has no other interface")]

use std::io;
use std::ptr;

use lockgate_core::Secret;
use windows_sys::Win32::Security::Credentials::{
    CRED_PERSIST_LOCAL_MACHINE, CRED_TYPE_GENERIC, CREDENTIAL_ATTRIBUTEW, CREDENTIALW, CredDeleteW,
    CredFree, CredReadW, CredWriteW,
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

/// What is kept beside a secret.
pub(super) struct Kept<'a> {
    pub(super) comment: Option<&'a str>,
    pub(super) account: Option<&'a str>,
    /// An attribute's name and value.
    pub(super) mark: Option<(&'a str, &'a str)>,
}

/// Makes the entry or replaces it. `name` ends with a zero.
pub(super) fn write(name: &[u16], kept: &Kept<'_>, secret: &Secret) -> io::Result<()> {
    let mut name = name.to_vec();
    let mut comment = kept.comment.map(wide);
    let mut account = kept.account.map(wide);
    let mut keyword = kept.mark.map(|(keyword, _)| wide(keyword));
    let value = kept.mark.map(|(_, value)| value.as_bytes()).unwrap_or_default();
    let size = |length: usize| u32::try_from(length).map_err(io::Error::other);
    let mut mark = CREDENTIAL_ATTRIBUTEW {
        Keyword: pointer(&mut keyword),
        Flags: 0,
        ValueSize: size(value.len())?,
        Value: value.as_ptr().cast_mut(),
    };
    let entry = CREDENTIALW {
        Type: CRED_TYPE_GENERIC,
        TargetName: name.as_mut_ptr(),
        Comment: pointer(&mut comment),
        CredentialBlobSize: size(secret.len())?,
        CredentialBlob: secret.expose().as_ptr().cast_mut(),
        Persist: CRED_PERSIST_LOCAL_MACHINE,
        AttributeCount: u32::from(kept.mark.is_some()),
        Attributes: if kept.mark.is_some() { &raw mut mark } else { ptr::null_mut() },
        UserName: pointer(&mut account),
        ..CREDENTIALW::default()
    };
    // SAFETY: every pointer of the entry and of its attribute is null or to what lives until the call
    // returns, each text ends with a zero, the blob and the value have as many bytes as their sizes
    // say, and the call only reads them.
    match unsafe { CredWriteW(&raw const entry, 0) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// A text with its zero.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

fn pointer(text: &mut Option<Vec<u16>>) -> *mut u16 {
    text.as_mut().map_or(ptr::null_mut(), Vec::as_mut_ptr)
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
        // SAFETY: the system promises that the text is none or ends with a zero.
        unsafe { text(self.entry().TargetName) }.unwrap_or_default()
    }

    /// The account that it was made with.
    pub(super) fn account(&self) -> Option<String> {
        // SAFETY: as that of the name.
        unsafe { text(self.entry().UserName) }
    }

    /// Whether it has an attribute of this name and value.
    pub(super) fn has_attribute(&self, name: &str, value: &[u8]) -> bool {
        let entry = self.entry();
        if entry.Attributes.is_null() {
            return false;
        }
        // SAFETY: the system says that so many attributes are there.
        let all =
            unsafe { std::slice::from_raw_parts(entry.Attributes, entry.AttributeCount as usize) };
        all.iter().any(|attribute| {
            // SAFETY: the keyword is none or ends with a zero.
            let keyword = unsafe { text(attribute.Keyword) };
            keyword.as_deref() == Some(name) && bytes_of(attribute) == value
        })
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

/// A text of the system's; none if there is none.
///
/// # Safety
/// The pointer is null, or to units of which one is zero.
unsafe fn text(start: *const u16) -> Option<String> {
    if start.is_null() {
        return None;
    }
    // SAFETY: the text ends with a zero.
    let units = (0..).take_while(|at| unsafe { *start.add(*at) } != 0).count();
    // SAFETY: so many units were just read.
    Some(String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(start, units) }))
}

fn bytes_of(attribute: &CREDENTIAL_ATTRIBUTEW) -> &[u8] {
    if attribute.Value.is_null() {
        return &[];
    }
    // SAFETY: the system says that so many bytes are there.
    unsafe { std::slice::from_raw_parts(attribute.Value, attribute.ValueSize as usize) }
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
