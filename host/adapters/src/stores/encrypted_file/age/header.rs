//! The header: who can read the file, and a sum by which a change shows.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{AgeError, FileKey, derived};

const VERSION: &str = "age-encryption.org/v1";
const ANY_VERSION: &str = "age-encryption.org/";
const ARMOR: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
/// Longest line of a body; a shorter one is its last.
const COLUMNS: usize = 64;
/// Most stanzas that are read: one is what this program writes.
const MOST_STANZAS: usize = 64;

/// The file's key, wrapped for one reader.
#[derive(Debug)]
pub(super) struct Stanza {
    pub(super) kind: String,
    pub(super) arguments: Vec<String>,
    pub(super) body: Vec<u8>,
}

pub(super) struct Header<'a> {
    pub(super) stanzas: Vec<Stanza>,
    covered: &'a [u8],
    sum: Vec<u8>,
    pub(super) payload: &'a [u8],
}

/// The header of a file with these readers.
pub(super) fn write(stanzas: &[Stanza], key: &FileKey) -> Result<Vec<u8>, AgeError> {
    let mut text = VERSION.to_owned();
    for stanza in stanzas {
        stanza.write(&mut text);
    }
    text.push_str("\n---");
    let sum = sum(key, text.as_bytes())?.finalize().into_bytes();
    text.extend([" ", &STANDARD_NO_PAD.encode(sum), "\n"]);
    Ok(text.into_bytes())
}

impl Stanza {
    fn write(&self, text: &mut String) {
        text.extend(["\n-> ", &self.kind]);
        for argument in &self.arguments {
            text.extend([" ", argument]);
        }
        let body = STANDARD_NO_PAD.encode(&self.body);
        let mut rest = body.as_str();
        while let Some((line, after)) = rest.split_at_checked(COLUMNS) {
            text.extend(["\n", line]);
            rest = after;
        }
        text.extend(["\n", rest]);
    }
}

impl<'a> Header<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self, AgeError> {
        let mut lines = Lines { file, at: 0 };
        match lines.next().map_err(|_| AgeError::NotAge)? {
            VERSION => {}
            ARMOR => return Err(AgeError::Armor),
            other if other.starts_with(ANY_VERSION) => return Err(AgeError::Version),
            _ => return Err(AgeError::NotAge),
        }
        let mut stanzas = Vec::new();
        loop {
            let start = lines.at;
            let line = lines.next()?;
            if let Some(sum) = line.strip_prefix("--- ") {
                let covered = file.get(..start + "---".len()).unwrap_or_default();
                let payload = file.get(lines.at..).unwrap_or_default();
                return Ok(Self { stanzas, covered, sum: decoded(sum)?, payload });
            }
            if stanzas.len() == MOST_STANZAS {
                return Err(AgeError::Malformed("it has too many stanzas"));
            }
            stanzas.push(lines.stanza(line)?);
        }
    }

    /// Whether it is as it was written by somebody who had the file's key.
    pub(super) fn verify(&self, key: &FileKey) -> Result<(), AgeError> {
        sum(key, self.covered)?.verify_slice(&self.sum).map_err(|_| AgeError::Damaged)
    }
}

struct Lines<'a> {
    file: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a str, AgeError> {
        let rest = self.file.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or(AgeError::Malformed("its header has no end"))?;
        self.at += end + 1;
        let line = rest.get(..end).unwrap_or_default();
        std::str::from_utf8(line).map_err(|_| AgeError::Malformed("its header is no text"))
    }

    /// The stanza that begins with this line.
    fn stanza(&mut self, first: &str) -> Result<Stanza, AgeError> {
        let words = first.strip_prefix("-> ");
        let words = words.ok_or(AgeError::Malformed("a stanza is expected in its header"))?;
        let mut words = words.split(' ').map(str::to_owned);
        let kind = words.next().unwrap_or_default();
        let arguments: Vec<String> = words.collect();
        let printable =
            |word: &String| !word.is_empty() && word.bytes().all(|c| c.is_ascii_graphic());
        if !printable(&kind) || !arguments.iter().all(printable) {
            return Err(AgeError::Malformed("a stanza of its header has no right first line"));
        }
        let mut body = Vec::new();
        loop {
            let line = self.next()?;
            if line.len() > COLUMNS {
                return Err(AgeError::Malformed("a line of its header is too long"));
            }
            body.extend(decoded(line)?);
            if line.len() < COLUMNS {
                return Ok(Stanza { kind, arguments, body });
            }
        }
    }
}

/// What base64 says in the one way there is to say it.
pub(super) fn decoded(text: &str) -> Result<Vec<u8>, AgeError> {
    STANDARD_NO_PAD
        .decode(text)
        .map_err(|_| AgeError::Malformed("a part of its header is not base64"))
}

fn sum(key: &FileKey, covered: &[u8]) -> Result<Hmac<Sha256>, AgeError> {
    let key = derived(key.as_ref(), &[], "header")?;
    let mut sum = <Hmac<Sha256> as Mac>::new_from_slice(key.as_ref())
        .map_err(|_| AgeError::Malformed("its sum has no key"))?;
    sum.update(covered);
    Ok(sum)
}
