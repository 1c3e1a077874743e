//! Changes of a `config.json` that leave every byte as it is that is not about what changes: what is
//! not known here, the order, and how the rest is written. After each one the whole text is parsed
//! again, and all else in it has to be what it was, or nothing is changed.

use std::path::Path;

use base64::Engine;
use lockgate_core::Secret;
use zeroize::Zeroizing;

use super::entry::BASE64;
use super::field::{Field, Target};
use super::helper::is_helper_suffix;
use super::layout::Layout;
use super::style::{NewValue, quoted};
use super::{DockerConfigError, Entry, EntryProblem};

/// The text of a changed file; `None` if it says already what it should.
pub(super) type Changed = Result<Option<Zeroizing<String>>, DockerConfigError>;

/// What an entry of `auths` shall say.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewAuth<'a> {
    /// The account.
    pub username: Option<&'a Secret>,
    /// Its password, which needs an account.
    pub password: Option<&'a Secret>,
    /// A token for the server that gives tokens. docker keeps no password beside it.
    pub identity_token: Option<&'a Secret>,
}

/// Keeps credentials under a key, in place of what is kept under it. An entry that says the same
/// already, in whatever form, stays as it is.
///
/// # Errors
/// If the text cannot be read, or the credentials could not be read back.
pub fn set_auth(text: &str, path: &Path, key: &str, auth: &NewAuth<'_>) -> Changed {
    let layout = Layout::parse(text, path)?;
    let not_kept = |source| DockerConfigError::NotKept { path: path.to_owned(), source };
    auth.check().map_err(not_kept)?;
    let encoded = auth.encoded();
    let token = auth.identity_token.map(|token| token.expose_text().unwrap_or_default());
    let encoded = encoded.as_ref().map(|auth| ("auth", auth.as_str()));
    let members = encoded.into_iter().chain(token.map(|token| ("identitytoken", token)));
    let value = NewValue::Object(members.collect());
    let is_same = |raw: &str| Entry::read(raw).is_ok_and(|entry| auth.is(&entry));
    Target::new(layout, Field::Auth(key)).set(&value, is_same)
}

/// Leaves an entry under a key that says nothing, as docker does where a helper keeps the credentials.
///
/// # Errors
/// If the text cannot be read.
pub fn mark(text: &str, path: &Path, key: &str) -> Changed {
    let layout = Layout::parse(text, path)?;
    let is_same = |raw: &str| raw.trim_matches(['{', '}', ' ', '\t', '\r', '\n']).is_empty();
    Target::new(layout, Field::Auth(key)).set(&NewValue::Object(Vec::new()), is_same)
}

/// Removes the entry of this very key. `auths` stays, as docker writes it.
///
/// # Errors
/// If the text cannot be read.
pub fn remove_auth(text: &str, path: &Path, key: &str) -> Changed {
    let layout = Layout::parse(text, path)?;
    Target::new(layout, Field::Auth(key)).remove()
}

/// Says with which helper docker keeps the credentials of a host, or without a host those of all
/// others; `None` takes it back. An empty name for a host is the file itself.
///
/// # Errors
/// If the text cannot be read, or the name could be that of another program.
pub fn set_helper(text: &str, path: &Path, host: Option<&str>, suffix: Option<&str>) -> Changed {
    let layout = Layout::parse(text, path)?;
    let is_name = |suffix: &str| is_helper_suffix(suffix) || suffix.is_empty() && host.is_some();
    if let Some(suffix) = suffix.filter(|suffix| !is_name(suffix)) {
        return Err(DockerConfigError::NoHelper(suffix.to_owned()));
    }
    let is_same = |raw: &str| suffix.is_some_and(|suffix| raw == quoted(suffix).as_str());
    let target = Target::new(layout, host.map_or(Field::Store, Field::Helper));
    match suffix {
        Some(suffix) => target.set(&NewValue::Text(suffix), is_same),
        None => target.remove(),
    }
}

impl NewAuth<'_> {
    fn check(&self) -> Result<(), EntryProblem> {
        let Self { username, password, identity_token } = self;
        let texts = [username, identity_token].into_iter().flatten();
        if texts.into_iter().any(|text| text.expose_text().is_none()) {
            return Err(EntryProblem::NotUtf8);
        }
        let user = username.map(Secret::expose).unwrap_or_default();
        let password_bytes = password.map(Secret::expose).unwrap_or_default();
        if user.contains(&b':') {
            return Err(EntryProblem::Colon);
        }
        if user.is_empty() && password.is_some() {
            return Err(EntryProblem::PasswordAlone);
        }
        match user.contains(&0) || password_bytes.contains(&0) {
            true => Err(EntryProblem::Nul),
            false => Ok(()),
        }
    }

    /// `auth`, where there is a user name.
    fn encoded(&self) -> Option<Zeroizing<String>> {
        let username = self.username?.expose();
        let password = self.password.map(Secret::expose).unwrap_or_default();
        let plain = Zeroizing::new([username, b":", password].concat());
        Some(Zeroizing::new(BASE64.encode(&*plain)))
    }

    fn is(&self, entry: &Entry) -> bool {
        let same = |new: Option<&Secret>, old: &Option<Secret>| {
            let old = old.as_ref().map(Secret::expose).unwrap_or_default();
            new.map(Secret::expose).unwrap_or_default() == old
        };
        same(self.username, &entry.username)
            && same(self.password, &entry.password)
            && same(self.identity_token, &entry.identity_token)
            && entry.registry_token.is_none()
    }
}

#[cfg(test)]
#[path = "edit/tests.rs"]
mod tests;
