//! The age format, version 1 (<https://age-encryption.org/v1>): files that the program `age` and its
//! kin read and write. Of its kinds of keys there are the two that are used here: X25519, and a
//! passphrase through scrypt. Plain files only, without the letters around them ("armor").

mod error;
mod header;
mod keys;
mod payload;

use hkdf::Hkdf;
use lockgate_core::Secret;
use sha2::Sha256;
use zeroize::Zeroizing;

pub(super) use error::AgeError;
use header::{Header, Stanza};
pub(super) use keys::Identity;
use keys::Passphrase;

/// What one file's content is encrypted with. Its own key is wrapped for whoever may read it.
type FileKey = Zeroizing<[u8; 16]>;

/// Most bytes beside the content: a header with the stanzas of many keys, and a tag for each chunk of
/// what is kept here.
pub(super) const ROOM_BESIDE: usize = 32 << 10;

/// What wraps a file's key.
trait Wrap {
    fn wrap(&self, key: &FileKey) -> Result<Stanza, AgeError>;
}

/// What unwraps one that it was wrapped for.
trait Unwrap {
    /// The file's key, out of whichever of the stanzas is for this key.
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<FileKey, AgeError>;
}

/// A file that the identity reads.
pub(super) fn encrypt(content: &[u8], identity: &Identity) -> Result<Vec<u8>, AgeError> {
    encrypt_for(content, identity)
}

/// A file that the passphrase reads. Takes a second and a quarter of a GiB of memory.
pub(super) fn encrypt_with_passphrase(
    content: &[u8],
    passphrase: &Secret,
) -> Result<Vec<u8>, AgeError> {
    encrypt_for(content, &Passphrase(passphrase))
}

/// The content of a file that was encrypted for the identity.
pub(super) fn decrypt(file: &[u8], identity: &Identity) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    decrypt_by(file, identity)
}

/// The content of a file that was encrypted with the passphrase.
pub(super) fn decrypt_with_passphrase(
    file: &[u8],
    passphrase: &Secret,
) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    decrypt_by(file, &Passphrase(passphrase))
}

fn encrypt_for(content: &[u8], key: &impl Wrap) -> Result<Vec<u8>, AgeError> {
    let file_key = FileKey::new(random()?);
    let mut file = header::write(&[key.wrap(&file_key)?], &file_key)?;
    payload::write(&mut file, content, &file_key)?;
    Ok(file)
}

fn decrypt_by(file: &[u8], key: &impl Unwrap) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let header = Header::read(file)?;
    let file_key = key.unwrap(&header.stanzas)?;
    header.verify(&file_key)?;
    payload::read(header.payload, &file_key)
}

fn random<const N: usize>() -> Result<[u8; N], AgeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(AgeError::Random)?;
    Ok(bytes)
}

/// Another key made from a key.
fn derived(key: &[u8], salt: &[u8], purpose: &str) -> Result<Zeroizing<[u8; 32]>, AgeError> {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(salt), key)
        .expand(purpose.as_bytes(), derived.as_mut())
        .map_err(|_| AgeError::Malformed("a key cannot be derived"))?;
    Ok(derived)
}

#[cfg(test)]
mod tests;
