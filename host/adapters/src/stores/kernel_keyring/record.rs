//! The content of a key: which format it has, a sum over what follows and over the key's description,
//! and some fields, each behind its length. The sum proves nothing to an attacker of the same user, who
//! could write the key; it tells that something else was put there.

use lockgate_core::Secret;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The beginning of each of our keys.
const MARK: &[u8] = b"lockgate";

/// The format that this program writes. A later one may mean something else by the same bytes.
const VERSION: u8 = 1;

const SUM: usize = 32;

/// Most fields: what is told of an answer, and more origins than one has.
const MAX_FIELDS: usize = 256;

/// Why a content is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misread {
    NotOurs,
    Newer,
}

pub(super) fn write(description: &str, fields: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = fields.iter().map(|field| size_of::<u32>() + field.len()).sum();
    // Room for all of it from the start, so that the buffer never moves with a secret in it.
    let mut body = Zeroizing::new(Vec::with_capacity(length));
    for field in fields {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        body.extend_from_slice(&length.to_le_bytes());
        body.extend_from_slice(field);
    }
    let mut content = Zeroizing::new(Vec::with_capacity(MARK.len() + 1 + SUM + length));
    content.extend_from_slice(MARK);
    content.push(VERSION);
    content.extend_from_slice(&sum(description, &body));
    content.extend_from_slice(&body);
    content
}

/// The fields that [`write`] wrote under this description, and nothing else.
pub(super) fn read(description: &str, content: &[u8]) -> Result<Vec<Secret>, Misread> {
    let rest = content.strip_prefix(MARK).ok_or(Misread::NotOurs)?;
    let (version, rest) = rest.split_first().ok_or(Misread::NotOurs)?;
    match *version {
        VERSION => {}
        later if later > VERSION => return Err(Misread::Newer),
        _ => return Err(Misread::NotOurs),
    }
    let (found, body) = rest.split_at_checked(SUM).ok_or(Misread::NotOurs)?;
    match found == sum(description, body) {
        true => fields(body).ok_or(Misread::NotOurs),
        false => Err(Misread::NotOurs),
    }
}

fn fields(mut body: &[u8]) -> Option<Vec<Secret>> {
    let mut fields = Vec::new();
    while let Some((length, rest)) = body.split_first_chunk() {
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (field, rest) = rest.split_at_checked(length)?;
        fields.push(Secret::new(field.to_vec()));
        body = rest;
    }
    (body.is_empty() && fields.len() <= MAX_FIELDS).then_some(fields)
}

fn sum(description: &str, body: &[u8]) -> [u8; SUM] {
    let mut sum = Sha256::new();
    sum.update(description);
    // No description has one.
    sum.update([0]);
    sum.update(body);
    sum.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Misread, read, write};

    const NAME: &str = "lockgate:store:ab";

    fn texts(content: &[u8]) -> Result<Vec<Vec<u8>>, Misread> {
        let fields = read(NAME, content)?;
        Ok(fields.iter().map(|field| field.expose().to_vec()).collect())
    }

    #[test]
    fn every_byte_and_every_number_of_fields_comes_back() {
        let every: Vec<u8> = (0..=255).collect();
        for fields in [&[][..], &[&b""[..]], &[&every, b"", "jürgen".as_bytes()]] {
            let expected: Vec<_> = fields.iter().map(|field| field.to_vec()).collect();
            assert_eq!(texts(&write(NAME, fields)), Ok(expected));
        }
    }

    #[test]
    fn whatever_is_not_whole_or_not_for_this_key_is_not_ours() {
        let whole = write(NAME, &[b"token", b"me"]);
        assert!(read(NAME, &whole).is_ok());
        assert_eq!(read("lockgate:store:ac", &whole).err(), Some(Misread::NotOurs));
        for length in 0..whole.len() {
            assert_eq!(texts(&whole[..length]), Err(Misread::NotOurs), "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(texts(&changed).is_err(), "{at}");
        }
        assert_eq!(texts(b"token"), Err(Misread::NotOurs));
    }

    #[test]
    fn a_later_format_is_left_to_its_program() {
        let mut later = write(NAME, &[b"token"]);
        later[8] = 2;
        assert_eq!(texts(&later), Err(Misread::Newer));
    }
}
