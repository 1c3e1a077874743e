//! The content: chunks, each with a tag, the last of which says that it is.

use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};
use zeroize::Zeroizing;

use super::{AgeError, FileKey, derived, random};

const CHUNK: usize = 64 << 10;
const TAG: usize = 16;
const NONCE: usize = 16;

/// Appends the content to the header.
pub(super) fn write(file: &mut Vec<u8>, content: &[u8], key: &FileKey) -> Result<(), AgeError> {
    let nonce: [u8; NONCE] = random()?;
    let mut chunks = Chunks::new(key, &nonce)?;
    file.extend_from_slice(&nonce);
    // An empty content is one empty chunk.
    let mut rest = content;
    loop {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK));
        let start = file.len();
        // In the clear here until the next line.
        file.reserve(chunk.len() + TAG);
        file.extend_from_slice(chunk);
        let buffer = file.get_mut(start..).unwrap_or_default();
        let nonce = chunks.next(after.is_empty());
        let tag = chunks.cipher.encrypt_in_place_detached(&nonce, &[], buffer);
        file.extend_from_slice(&tag.map_err(|_| AgeError::Damaged)?);
        if after.is_empty() {
            return Ok(());
        }
        rest = after;
    }
}

pub(super) fn read(payload: &[u8], key: &FileKey) -> Result<Zeroizing<Vec<u8>>, AgeError> {
    let (nonce, mut rest) = payload.split_at_checked(NONCE).ok_or(AgeError::Damaged)?;
    let mut chunks = Chunks::new(key, nonce)?;
    // Room for all of it from the start, so that the buffer never moves with a secret in it.
    let mut content = Zeroizing::new(Vec::with_capacity(rest.len()));
    loop {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK + TAG));
        let length = chunk.len().checked_sub(TAG).ok_or(AgeError::Damaged)?;
        // Only an empty content has an empty last chunk.
        if length == 0 && !content.is_empty() {
            return Err(AgeError::Damaged);
        }
        let (sealed, tag) = chunk.split_at(length);
        let start = content.len();
        content.extend_from_slice(sealed);
        let buffer = content.get_mut(start..).unwrap_or_default();
        let nonce = chunks.next(after.is_empty());
        chunks
            .cipher
            .decrypt_in_place_detached(&nonce, &[], buffer, Tag::from_slice(tag))
            .map_err(|_| AgeError::Damaged)?;
        if after.is_empty() {
            return Ok(content);
        }
        rest = after;
    }
}

struct Chunks {
    cipher: ChaCha20Poly1305,
    count: u64,
}

impl Chunks {
    fn new(key: &FileKey, nonce: &[u8]) -> Result<Self, AgeError> {
        let key = derived(key.as_ref(), nonce, "payload")?;
        Ok(Self { cipher: ChaCha20Poly1305::new(key.as_ref().into()), count: 0 })
    }

    /// The next chunk's number in eleven bytes, and whether it is the last one.
    fn next(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        if let Some((number, [flag])) = nonce.split_at_mut_checked(11)
            && let Some(number) = number.last_chunk_mut()
        {
            *number = self.count.to_be_bytes();
            *flag = u8::from(last);
        }
        self.count += 1;
        nonce.into()
    }
}

#[cfg(test)]
mod tests {
    use chacha20poly1305::aead::AeadInPlace;

    use super::{CHUNK, Chunks, FileKey, NONCE, read};

    /// Chunks of these lengths, each said to be the last one or not.
    fn payload(chunks: &[(usize, bool)]) -> Vec<u8> {
        let (key, mut payload) = (FileKey::new([7; 16]), vec![9; NONCE]);
        let mut sealing = Chunks::new(&key, &payload).unwrap();
        for &(length, last) in chunks {
            let mut chunk = vec![b'x'; length];
            let nonce = sealing.next(last);
            let tag = sealing.cipher.encrypt_in_place_detached(&nonce, &[], &mut chunk).unwrap();
            payload.extend(chunk);
            payload.extend_from_slice(&tag);
        }
        payload
    }

    fn length(chunks: &[(usize, bool)]) -> Option<usize> {
        read(&payload(chunks), &FileKey::new([7; 16])).ok().map(|content| content.len())
    }

    #[test]
    fn a_content_ends_with_its_only_last_chunk_and_has_no_short_one_before() {
        for (chunks, expected) in [
            (&[(0, true)][..], 0),
            (&[(3, true)], 3),
            (&[(CHUNK, true)], CHUNK),
            (&[(CHUNK, false), (1, true)], CHUNK + 1),
            (&[(CHUNK, false), (CHUNK, true)], 2 * CHUNK),
        ] {
            assert_eq!(length(chunks), Some(expected), "{chunks:?}");
        }
        for chunks in [
            &[][..],
            &[(3, false)],
            &[(CHUNK, false)],
            &[(CHUNK, false), (CHUNK, false)],
            &[(CHUNK, true), (CHUNK, true)],
            &[(CHUNK, true), (3, true)],
            // Only an empty content ends with an empty one.
            &[(CHUNK, false), (0, true)],
            &[(0, true), (0, true)],
            &[(0, false), (3, true)],
            &[(CHUNK - 1, false), (3, true)],
            &[(CHUNK, false), (CHUNK - 1, false), (3, true)],
            &[(CHUNK + 1, true)],
        ] {
            assert_eq!(length(chunks), None, "{chunks:?}");
        }
        let key = FileKey::new([7; 16]);
        for short in [&b""[..], b"x", &[9; NONCE], &[9; NONCE + 15]] {
            assert!(read(short, &key).is_err(), "{}", short.len());
        }
    }
}
