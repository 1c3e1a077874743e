//! What is told of a credential that was found.

use std::time::{Duration, SystemTime};

use lockgate_core::{Credential, Lifetime};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// A credential and how it came.
pub(super) struct Found {
    pub(super) credential: Credential,
    /// The provider that answered.
    pub(super) provider: String,
    /// Where its secret came from, in words.
    pub(super) sources: Vec<String>,
}

impl Found {
    /// The token as a line of its own.
    pub(super) fn line(&self) -> Zeroizing<Vec<u8>> {
        let mut line = Zeroizing::new(Vec::with_capacity(self.credential.secret.len() + 1));
        line.extend_from_slice(self.credential.secret.expose());
        line.push(b'\n');
        line
    }

    pub(super) fn rows(&self) -> [(&'static str, String); 4] {
        let purposes = if self.credential.any_purpose { "every operation" } else { "reading" };
        [
            ("provider", self.provider.clone()),
            ("source", self.sources.join(", ")),
            ("reusable", lifetime(self.credential.lifetime)),
            ("good for", purposes.to_owned()),
        ]
    }

    /// The fields of a JSON object; the token among them only if it is to be revealed.
    pub(super) fn put_into(&self, fields: &mut Map<String, Value>, reveal: bool) {
        let (cache, expiration) = cache(self.credential.lifetime);
        for (name, value) in [
            ("provider", json!(self.provider)),
            ("sources", json!(self.sources)),
            ("cache", json!(cache)),
            ("expiration", json!(expiration)),
            ("operation_independent", json!(self.credential.any_purpose)),
        ] {
            fields.insert(name.to_owned(), value);
        }
        if reveal {
            fields.insert("token".into(), json!(self.credential.secret.expose_text()));
        }
    }
}

/// How long a credential may be kept, and its end in seconds since 1970: for programs.
pub(crate) fn cache(lifetime: Lifetime) -> (&'static str, Option<u64>) {
    match lifetime {
        Lifetime::Once => ("never", None),
        Lifetime::Session => ("session", None),
        Lifetime::Until(moment) => ("expires", Some(moment)),
    }
}

/// How long a credential serves, in words.
pub(crate) fn lifetime(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Once => "for one operation".to_owned(),
        Lifetime::Session => "while the client runs".to_owned(),
        Lifetime::Until(moment) => {
            let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(moment));
            let left = end.and_then(|end| end.duration_since(SystemTime::now()).ok());
            left.map_or_else(
                || "no longer: it has expired".to_owned(),
                |left| format!("for {} seconds", left.as_secs()),
            )
        }
    }
}
