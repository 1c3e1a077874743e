//! What is written down of an answer.

use lockgate_core::{Credential, Lifetime, Origin, Origins, Secret};
use zeroize::Zeroizing;

/// An answer that is kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) credential: Credential,
    /// When its provider gave it, in seconds since the Unix epoch.
    pub(super) since: u64,
    /// Whether it was handed out, after it was kept, to a client that a registry had refused.
    pub(super) refused: bool,
}

impl Kept {
    /// Until when it holds, in seconds since the Unix epoch.
    pub(super) fn until(&self) -> Option<u64> {
        match self.credential.lifetime {
            Lifetime::Until(until) => Some(until),
            Lifetime::Once | Lifetime::Session => None,
        }
    }
}

/// Hands the fields over: the words about it, the secret, the account, and each origin. Nothing for an
/// answer without an end.
pub(super) fn write<T>(kept: &Kept, save: impl FnOnce(&[&[u8]]) -> T) -> Option<T> {
    let credential = &kept.credential;
    let words = format!(
        "{} {} {} {} {}",
        kept.until()?,
        kept.since,
        credential.any_purpose,
        kept.refused,
        credential.identity.is_some()
    );
    let identity = credential.identity.as_ref().map(Secret::expose).unwrap_or_default();
    let origins: Vec<String> = credential.origins.iter().map(ToString::to_string).collect();
    let mut fields = vec![words.as_bytes(), credential.secret.expose(), identity];
    fields.extend(origins.iter().map(String::as_bytes));
    Some(save(&fields))
}

/// The answer of what [`write`] handed over; none of anything else.
pub(super) fn read(fields: Vec<Secret>) -> Option<Kept> {
    let mut fields = fields.into_iter();
    let words = Zeroizing::new(fields.next()?.expose_text()?.to_owned());
    let mut words = words.split(' ');
    let mut time = || words.next()?.parse().ok();
    let (until, since) = (time()?, time()?);
    let mut flag = || words.next()?.parse::<bool>().ok();
    let (any_purpose, refused, has_identity) = (flag()?, flag()?, flag()?);
    let (secret, identity) = (fields.next()?, fields.next()?);
    let origins: Option<Origins> =
        fields.map(|field| field.expose_text()?.parse::<Origin>().ok()).collect();
    let credential = Credential {
        identity: has_identity.then_some(identity),
        secret,
        lifetime: Lifetime::Until(until),
        any_purpose,
        origins: origins?,
    };
    words.next().is_none().then_some(Kept { credential, since, refused })
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Credential, Lifetime, Origin, Origins, Secret};

    use super::{Kept, read, write};

    const SINCE: u64 = 1_795_000_000;

    fn kept(identity: Option<&str>, lifetime: Lifetime) -> Kept {
        let origins = [
            Origin::Store("os".into()),
            Origin::Http("https://sso.corp.example".into()),
            Origin::File("~/a b\u{e4}".into()),
            Origin::Provider,
        ];
        let credential = Credential {
            identity: identity.map(Secret::from),
            secret: Secret::new((0..=255).collect()),
            lifetime,
            any_purpose: true,
            origins: Origins::from_iter(origins),
        };
        Kept { credential, since: SINCE, refused: true }
    }

    fn fields(kept: &Kept) -> Option<Vec<Secret>> {
        write(kept, |fields| fields.iter().map(|field| Secret::new(field.to_vec())).collect())
    }

    #[test]
    fn all_of_an_answer_comes_back_with_its_origins() {
        for identity in [None, Some(""), Some("me")] {
            let written = kept(identity, Lifetime::Until(u64::MAX));
            let found = read(fields(&written).unwrap()).unwrap();
            assert_eq!((found.until(), found.since), (Some(u64::MAX), SINCE));
            assert!(found.credential.any_purpose && found.refused);
            assert_eq!(found.credential.origins, written.credential.origins);
            assert_eq!(found.credential.secret.expose(), written.credential.secret.expose());
            let account = found.credential.identity.as_ref().map(|found| found.expose().to_vec());
            assert_eq!(account, identity.map(|identity| identity.as_bytes().to_vec()));
        }
    }

    #[test]
    fn an_answer_without_an_end_is_not_written() {
        for lifetime in [Lifetime::Once, Lifetime::Session] {
            assert!(fields(&kept(None, lifetime)).is_none());
        }
    }

    #[test]
    fn other_fields_are_no_answer() {
        let whole = fields(&kept(None, Lifetime::Until(1))).unwrap();
        for length in 0..3 {
            assert!(read(whole[..length].to_vec()).is_none(), "{length}");
        }
        for words in [
            "",
            "1",
            "1 true true true",
            "1 1 true true",
            "1 1 true true true 1",
            "x 1 true true true",
            "1 x true true true",
            "-1 1 true true true",
        ] {
            let mut changed = whole.clone();
            changed[0] = Secret::from(words);
            assert!(read(changed).is_none(), "{words}");
        }
        let mut changed = whole;
        changed[3] = Secret::from("nowhere");
        assert!(read(changed).is_none());
    }
}
