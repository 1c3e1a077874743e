//! Packages on their way in.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::index::Release;

/// Why an upload is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// Takes an upload apart: a length, that much JSON, a length, that much archive, and nothing more.
pub(super) fn parse(body: &[u8]) -> Result<(String, Release), Malformed> {
    let (metadata, rest) = counted(body).ok_or(Malformed)?;
    let (archive, rest) = counted(rest).ok_or(Malformed)?;
    if !rest.is_empty() {
        return Err(Malformed);
    }
    let metadata: Value = serde_json::from_slice(metadata).map_err(|_| Malformed)?;
    let name = metadata["name"].as_str().ok_or(Malformed)?.to_owned();
    let release = Release::published(&metadata, archive.to_vec()).ok_or(Malformed)?;
    Ok((name, release))
}

/// Bytes after their length in four bytes, lowest first, and what follows them.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}

/// The archive of a package with a library that has nothing in it.
pub(super) fn empty_library(name: &str, version: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let package = format!("{name}-{version}");
    let source = folder.path().join(&package).join("src");
    fs::create_dir_all(&source).unwrap();
    fs::write(source.join("lib.rs"), "").unwrap();
    let manifest =
        format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2024\"\n");
    fs::write(folder.path().join(&package).join("Cargo.toml"), manifest).unwrap();
    let output = Command::new("tar")
        .args(["-czf", "-", &package])
        .current_dir(folder.path())
        .output()
        .expect("`tar` makes the packages of the test registry");
    assert!(output.status.success(), "tar: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[cfg(test)]
mod tests {
    use super::{Malformed, parse};

    fn upload(metadata: &str, archive: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        for part in [metadata.as_bytes(), archive] {
            body.extend(u32::try_from(part.len()).unwrap().to_le_bytes());
            body.extend(part);
        }
        body
    }

    #[test]
    fn an_upload_is_taken_apart_or_refused() {
        let good = upload(r#"{"name":"a","vers":"1.0.0","deps":[],"features":{}}"#, b"abc");
        let (name, release) = parse(&good).unwrap();
        assert_eq!((name.as_str(), release.version.as_str()), ("a", "1.0.0"));
        assert_eq!(
            release.checksum,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        for end in 0..good.len() {
            assert_eq!(parse(&good[..end]).unwrap_err(), Malformed, "cut at {end}");
        }
        assert_eq!(parse(&[good.as_slice(), b"x"].concat()).unwrap_err(), Malformed);
        assert_eq!(parse(&upload("[]", b"")).unwrap_err(), Malformed);
    }
}
