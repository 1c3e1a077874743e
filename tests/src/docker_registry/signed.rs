//! Tokens that the real registry believes: signed by a key whose certificate it was given.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::manner::USER;
use crate::{Run, programs};

/// For whom the tokens are.
pub(super) const SERVICE: &str = "a registry";
/// Who gives them.
pub(super) const ISSUER: &str = "the tests";
/// The one repository that they are good for, to read and to write.
const REPOSITORY: &str = "tests/image";
/// Longer than any test, in seconds.
const LIFETIME: u64 = 3600;

/// A key and its certificate, in files of those names.
pub(super) struct Keys {
    folder: PathBuf,
}

impl Keys {
    /// Makes them in this folder.
    pub(super) fn make(folder: &Path) -> Self {
        let words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
                     -addext subjectAltName=IP:127.0.0.1 \
                     -addext basicConstraints=critical,CA:FALSE -keyout key -out certificate";
        let keys = Self { folder: folder.to_owned() };
        keys.openssl(words);
        keys
    }

    /// A token for everything in the repository.
    pub(super) fn token(&self) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let header = json!({ "typ": "JWT", "alg": "RS256", "x5c": [self.certificate()] });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let access =
            json!({ "type": "repository", "name": REPOSITORY, "actions": ["pull", "push"] });
        let claims = json!({
            "iss": ISSUER, "sub": USER, "aud": SERVICE, "jti": "1", "access": [access],
            "iat": now - LIFETIME, "nbf": now - LIFETIME, "exp": now + LIFETIME,
        });
        let (header, claims) = (header.to_string(), claims.to_string());
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        fs::write(self.folder.join("claims"), &signed).unwrap();
        self.openssl("dgst -sha256 -sign key -out signature claims");
        format!("{signed}.{}", encode(&fs::read(self.folder.join("signature")).unwrap()))
    }

    /// The certificate in DER and base64, as a token shows it.
    fn certificate(&self) -> String {
        self.openssl("x509 -in certificate -outform DER -out certificate.der");
        STANDARD.encode(fs::read(self.folder.join("certificate.der")).unwrap())
    }

    fn openssl(&self, words: &str) {
        programs::require("openssl");
        let run = Run::new("/usr/bin/openssl", &self.folder);
        let _ = run.args(words.split_whitespace()).run().succeeds();
    }
}
