//! Signatures by minisign.

use minisign_verify::{PublicKey, Signature};

/// Why a file does not count as signed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// Not a key.
    #[error(
        "this is no minisign public key; it is one line of 56 letters and digits that begins with `RW`"
    )]
    Key(#[source] minisign_verify::Error),
    /// Not a signature.
    #[error("this is no minisign signature")]
    Form(#[source] minisign_verify::Error),
    /// Of another file, by another key, or altered.
    #[error("the signature is not by this key over this very file")]
    Wrong(#[source] minisign_verify::Error),
}

/// Verifies a minisign signature of `file` and returns the public key in its one spelling. Only
/// signatures of a file's hash are accepted, as minisign has made them since 2015.
///
/// # Errors
/// If the key or the signature is none, or the signature is not by that key over that file.
pub fn verify_signature(
    file: &[u8],
    public_key: &str,
    signature: &str,
) -> Result<String, SignatureError> {
    let text = public_key.trim();
    let key = PublicKey::from_base64(text).map_err(SignatureError::Key)?;
    let signature = Signature::decode(signature).map_err(SignatureError::Form)?;
    key.verify(file, &signature, false).map_err(SignatureError::Wrong)?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{SignatureError, verify_signature};

    const KEY: &str = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
    /// Of `test`, made by minisign itself.
    const SIGNATURE: &str = "untrusted comment: signature from minisign secret key\n\
        RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=\n\
        trusted comment: timestamp:1556193335\tfile:test\n\
        y/rUw2y8/hOUYjZU71eHp/Wo1KZ40fGy2VJEDl34XMJM+TX48Ss/17u3IvIfbVR1FkZZSNCisQbuQY+bHwhEBg==";
    /// Of the file itself instead of its hash, as before 2015.
    const OLD: &str = "untrusted comment: signature from minisign secret key\n\
        RWQf6LRCGA9i59SLOFxz6NxvASXDJeRtuZykwQepbDEGt87ig1BNpWaVWuNrm73YiIiJbq71Wi+dP9eKL8OC351vwIasSSbXxwA=\n\
        trusted comment: timestamp:1555779966\tfile:test\n\
        QtKMXWyYcwdpZAlPF7tE2ENJkRd1ujvKjlj1m9RtHTBnZPa5WKU5uWRs5GoP5M/VqE81QFuMKI5k/SfNQUaOAA==";

    #[test]
    fn a_signature_is_of_this_file_by_this_key() {
        assert_eq!(verify_signature(b"test", &format!(" {KEY}\n"), SIGNATURE).unwrap(), KEY);
        let wrong = |outcome| matches!(outcome, Err(SignatureError::Wrong(_)));
        assert!(wrong(verify_signature(b"Test", KEY, SIGNATURE)));
        assert!(wrong(verify_signature(b"test", KEY, OLD)));
        let other = KEY.replace("53ml", "53mm");
        assert!(wrong(verify_signature(b"test", &other, SIGNATURE)));
        let comment = SIGNATURE.replace("file:test", "file:other");
        assert!(wrong(verify_signature(b"test", KEY, &comment)));
    }

    #[test]
    fn what_is_no_key_or_signature_is_said_to_be_none() {
        for key in ["", "RWQ", "not base64!", SIGNATURE] {
            let outcome = verify_signature(b"test", key, SIGNATURE);
            assert!(matches!(outcome, Err(SignatureError::Key(_))), "{key}");
        }
        for length in [0, 1, 60, SIGNATURE.len() - 60] {
            let outcome = verify_signature(b"test", KEY, &SIGNATURE[..length]);
            assert!(matches!(outcome, Err(SignatureError::Form(_))), "{length}");
        }
    }
}
