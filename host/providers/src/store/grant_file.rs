//! A grant in the store. Its first line names the component that it belongs to, or the built-in
//! bridge, and the hash of what follows: a cut, changed or exchanged file is not a smaller grant, but
//! none.

use std::fmt::Display;
use std::path::Path;

use lockgate_policy::Grant;

use super::StoreError;
use crate::Digest;

/// Most bytes of a grant's file: the text of a grant has 64 KiB.
pub(super) const MAX_GRANT: usize = 66 << 10;

const START: &str = "# Changed with `lockgate provider grant` and `revoke`, not by hand: ";

/// A name for each content, so that one that is not recorded yet never takes the place of one that
/// is.
pub(super) fn file_name(file: &Digest) -> String {
    format!("{}.grant.toml", file.hex())
}

/// The content of a grant's file, which [`decode`] understands.
///
/// # Errors
/// If the grant is refused: with its first line it may be too long.
pub(super) fn checked(owner: &dyn Display, grant: &str) -> Result<Vec<u8>, StoreError> {
    let bytes = encode(owner, grant);
    decode(owner, &bytes, Path::new("the new grant"))?;
    Ok(bytes)
}

fn encode(owner: &dyn Display, grant: &str) -> Vec<u8> {
    format!("{}\n{grant}", first_line(owner, grant)).into_bytes()
}

/// The text of the grant, and what it says.
pub(super) fn decode(
    owner: &dyn Display,
    bytes: &[u8],
    path: &Path,
) -> Result<(String, Grant), StoreError> {
    let damaged = || StoreError::Damaged {
        path: path.to_owned(),
        problem: "is damaged, was changed by hand or belongs to another provider",
    };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
    let (first, grant) = text.split_once('\n').ok_or_else(damaged)?;
    if first != first_line(owner, grant) {
        return Err(damaged());
    }
    // Parsed with its first line, so that errors and decisions name the lines of the file.
    let parsed = Grant::parse(text, &path.to_string_lossy())?;
    Ok((grant.to_owned(), parsed))
}

fn first_line(owner: &dyn Display, grant: &str) -> String {
    format!("{START}{owner} is granted {}", Digest::of(grant.as_bytes()))
}
