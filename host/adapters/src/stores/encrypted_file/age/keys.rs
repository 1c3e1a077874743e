//! The two kinds of keys that a file's own key is wrapped for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};
use lockgate_core::Secret;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::header::{Stanza, decoded};
use super::{AgeError, FileKey, Unwrap, Wrap, derived, random};

const X25519: &str = "X25519";
const X25519_PURPOSE: &str = "age-encryption.org/v1/X25519";
const SCRYPT: &str = "scrypt";
const SCRYPT_PURPOSE: &[u8] = b"age-encryption.org/v1/scrypt";
/// What the text of an identity begins with, before the 1 that ends it.
const IDENTITY: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// Steps of scrypt, as a power of two, with which a passphrase is tried: what `age` itself takes, a
/// second and 256 MiB of memory.
const WORK: u8 = 18;
/// Most of them that are taken when a file asks for it: four times as many, and 1 GiB.
pub(super) const MOST_WORK: u8 = 20;

/// A key pair.
#[derive(Clone)]
pub(in crate::stores) struct Identity {
    secret: StaticSecret,
    public: PublicKey,
}

impl Identity {
    pub(in crate::stores) fn generate() -> Result<Self, AgeError> {
        Ok(Self::of(*Zeroizing::new(random()?)))
    }

    fn of(bytes: [u8; 32]) -> Self {
        let secret = StaticSecret::from(bytes);
        let public = PublicKey::from(&secret);
        Self { secret, public }
    }

    /// The one in a text such as `age-keygen` writes: lines, of which those that begin with # say
    /// nothing. None if there is not exactly one.
    pub(in crate::stores) fn read(text: &[u8]) -> Option<Self> {
        let lines = std::str::from_utf8(text).ok()?.lines().map(str::trim_end);
        let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (line, None) = (lines.next()?, lines.next()) else { return None };
        // In capitals, as it is written.
        if line.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let decoded = CheckedHrpstring::new::<Bech32>(line).ok()?;
        if decoded.hrp() != IDENTITY {
            return None;
        }
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(decoded.byte_iter().collect());
        Some(Self::of(*Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?)))
    }

    /// The text that [`Self::read`] reads.
    pub(in crate::stores) fn write(&self) -> Zeroizing<String> {
        let bytes = Zeroizing::new(self.secret.to_bytes());
        // Only what is too long is not encoded.
        let mut text =
            Zeroizing::new(bech32::encode_upper::<Bech32>(IDENTITY, &*bytes).unwrap_or_default());
        text.push('\n');
        text
    }
}

impl Wrap for Identity {
    fn wrap(&self, key: &FileKey) -> Result<Stanza, AgeError> {
        let once = StaticSecret::from(*Zeroizing::new(random::<32>()?));
        let share = PublicKey::from(&once);
        let shared = once.diffie_hellman(&self.public);
        let wrapping = derived(shared.as_bytes(), &salt(&share, &self.public), X25519_PURPOSE)?;
        let arguments = vec![STANDARD_NO_PAD.encode(share)];
        Ok(Stanza { kind: X25519.to_owned(), arguments, body: sealed(&wrapping, key)? })
    }
}

impl Unwrap for Identity {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<FileKey, AgeError> {
        // As `age` has it, whoever opens the file and with whatever.
        if stanzas.len() > 1 && stanzas.iter().any(|stanza| stanza.kind == SCRYPT) {
            return Err(AgeError::Malformed("its passphrase does not stand alone"));
        }
        for stanza in stanzas.iter().filter(|stanza| stanza.kind == X25519) {
            let [share] = stanza.arguments.as_slice() else {
                return Err(AgeError::Malformed("a stanza of its header has no right first line"));
            };
            let share = <[u8; 32]>::try_from(decoded(share)?)
                .map_err(|_| AgeError::Malformed("a share in its header has no right length"))?;
            let share = PublicKey::from(share);
            let shared = self.secret.diffie_hellman(&share);
            if !shared.was_contributory() {
                return Err(AgeError::Malformed("a share in its header is none"));
            }
            let wrapping = derived(shared.as_bytes(), &salt(&share, &self.public), X25519_PURPOSE)?;
            if let Some(key) = opened(&wrapping, &stanza.body)? {
                return Ok(key);
            }
        }
        Err(AgeError::OtherKey)
    }
}

fn salt(share: &PublicKey, recipient: &PublicKey) -> [u8; 64] {
    let mut salt = [0; 64];
    let (first, second) = salt.split_at_mut(32);
    first.copy_from_slice(share.as_bytes());
    second.copy_from_slice(recipient.as_bytes());
    salt
}

/// What a person types.
pub(super) struct Passphrase<'a>(pub(super) &'a Secret);

impl Passphrase<'_> {
    fn wrapping(&self, salt: &[u8], work: u8) -> Result<Zeroizing<[u8; 32]>, AgeError> {
        let parameters = scrypt::Params::new(work, 8, 1, 32)
            .map_err(|_| AgeError::Malformed("its passphrase's work is no number of steps"))?;
        let salt = [SCRYPT_PURPOSE, salt].concat();
        let mut key = Zeroizing::new([0; 32]);
        let mut derive =
            || scrypt::scrypt(self.0.expose(), &salt, &parameters, key.as_mut()).is_ok();
        // On a thread of its own, since the time of this one's processor is a provider's to use.
        let derived = std::thread::scope(|threads| {
            let thread = std::thread::Builder::new().spawn_scoped(threads, &mut derive).ok()?;
            thread.join().ok()
        });
        if derived != Some(true) {
            return Err(AgeError::Malformed("its passphrase cannot be tried"));
        }
        Ok(key)
    }
}

impl Wrap for Passphrase<'_> {
    fn wrap(&self, key: &FileKey) -> Result<Stanza, AgeError> {
        let salt: [u8; 16] = random()?;
        let wrapping = self.wrapping(&salt, WORK)?;
        let arguments = vec![STANDARD_NO_PAD.encode(salt), WORK.to_string()];
        Ok(Stanza { kind: SCRYPT.to_owned(), arguments, body: sealed(&wrapping, key)? })
    }
}

impl Unwrap for Passphrase<'_> {
    fn unwrap(&self, stanzas: &[Stanza]) -> Result<FileKey, AgeError> {
        // Whoever has another key could otherwise have put a passphrase of their own beside it.
        let [stanza] = stanzas else { return Err(AgeError::OtherKey) };
        if stanza.kind != SCRYPT {
            return Err(AgeError::OtherKey);
        }
        let [salt, work] = stanza.arguments.as_slice() else {
            return Err(AgeError::Malformed("a stanza of its header has no right first line"));
        };
        let salt = decoded(salt)?;
        if salt.len() != 16 {
            return Err(AgeError::Malformed("a salt in its header has no right length"));
        }
        let wrapping = self.wrapping(&salt, steps(work)?)?;
        opened(&wrapping, &stanza.body)?.ok_or(AgeError::WrongPassphrase)
    }
}

fn steps(work: &str) -> Result<u8, AgeError> {
    let plain = work.bytes().all(|byte| byte.is_ascii_digit()) && !work.starts_with('0');
    match work.parse::<u8>() {
        Ok(work) if plain && work <= MOST_WORK => Ok(work),
        Ok(work) if plain => Err(AgeError::TooMuchWork(work)),
        _ => Err(AgeError::Malformed("its passphrase's work is no number of steps")),
    }
}

/// Each wrapping key is used once.
const NONCE: [u8; 12] = [0; 12];

fn sealed(wrapping: &[u8; 32], key: &FileKey) -> Result<Vec<u8>, AgeError> {
    let mut body = key.to_vec();
    let tag = ChaCha20Poly1305::new(wrapping.into())
        .encrypt_in_place_detached(&Nonce::from(NONCE), &[], &mut body)
        .map_err(|_| AgeError::Damaged)?;
    body.extend_from_slice(&tag);
    Ok(body)
}

/// None if it was not sealed with this key.
fn opened(wrapping: &[u8; 32], body: &[u8]) -> Result<Option<FileKey>, AgeError> {
    // Of any other length it could be opened by several keys.
    let (Some((sealed, tag)), 32) = (body.split_first_chunk::<16>(), body.len()) else {
        return Err(AgeError::Malformed("a wrapped key in its header has no right length"));
    };
    let mut key = FileKey::new(*sealed);
    let opened = ChaCha20Poly1305::new(wrapping.into()).decrypt_in_place_detached(
        &Nonce::from(NONCE),
        &[],
        key.as_mut(),
        Tag::from_slice(tag),
    );
    Ok(opened.is_ok().then_some(key))
}
