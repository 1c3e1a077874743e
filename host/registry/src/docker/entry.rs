//! One entry of `auths`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use lockgate_core::Secret;
use zeroize::Zeroizing;

use super::EntryProblem;
use super::members::{Member, members, text};

/// As docker's decoder: with padding, and without a look at the bits that no byte needs.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// What one entry says. Where docker has an empty text there is nothing here, save for a password.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// The account.
    pub username: Option<Secret>,
    /// Its password; an empty one where there is a user name without any.
    pub password: Option<Secret>,
    /// A token for the server that gives tokens.
    pub identity_token: Option<Secret>,
    /// A token for the registry itself.
    pub registry_token: Option<Secret>,
}

impl Entry {
    /// Whether it says nothing, as those that docker leaves where a helper keeps the credentials.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { username, password, identity_token, registry_token } = self;
        [username, password, identity_token, registry_token].iter().all(|one| one.is_none())
    }

    /// Reads an object or `null`.
    pub(super) fn read(raw: &str) -> Result<Self, EntryProblem> {
        if raw == "null" {
            return Ok(Self::default());
        }
        let members = members(raw, raw).unwrap_or_default();
        let field = |name| last(&members, name);
        let mut entry = match field("auth")? {
            Some(auth) => decode(&auth)?,
            None => Self::plain(field("username")?, field("password")?),
        };
        entry.identity_token = field("identitytoken")?;
        entry.registry_token = field("registrytoken")?;
        Ok(entry)
    }

    fn plain(username: Option<Secret>, password: Option<Secret>) -> Self {
        let password = password.or_else(|| username.as_ref().map(|_| Secret::default()));
        Self { username, password, ..Self::default() }
    }
}

/// The last text of this name that is not `null`; an empty one is none.
fn last(members: &[Member<'_>], name: &'static str) -> Result<Option<Secret>, EntryProblem> {
    let mut found = None;
    for member in members.iter().filter(|member| member.is_called(name) && !member.is_null()) {
        let text = text(member.raw).map_err(|_| EntryProblem::NotText(name))?;
        found = Some(Secret::from(text.into_owned()));
    }
    Ok(found.filter(|text: &Secret| !text.is_empty()))
}

/// What docker makes of `auth`: line ends count for nothing, the name ends at the first colon, and NULs
/// around the password are cut off.
pub(super) fn decode(auth: &Secret) -> Result<Entry, EntryProblem> {
    let line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let text: Zeroizing<Vec<u8>> =
        Zeroizing::new(auth.expose().iter().copied().filter(|byte| !line_end(byte)).collect());
    let mut decoded = Zeroizing::new(Vec::with_capacity(text.len()));
    BASE64.decode_vec(&*text, &mut decoded).map_err(|_| EntryProblem::NotBase64)?;
    let colon = decoded.iter().position(|byte| *byte == b':');
    let (username, password) = colon
        .filter(|at| *at > 0)
        .and_then(|at| decoded.split_at_checked(at))
        .ok_or(EntryProblem::NoUser)?;
    let password = without_nuls(password.get(1..).unwrap_or_default());
    Ok(Entry {
        username: Some(Secret::new(username.to_vec())),
        password: Some(Secret::new(password.to_vec())),
        ..Entry::default()
    })
}

fn without_nuls(bytes: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| *byte != 0;
    let start = bytes.iter().position(is_text).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(is_text).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use lockgate_core::Secret;

    use super::{Entry, EntryProblem};

    /// `user:password|identity token|registry token`.
    fn read(raw: &str) -> Result<String, EntryProblem> {
        let entry = Entry::read(raw)?;
        let shown = |secret: &Option<Secret>| {
            secret
                .as_ref()
                .map_or("-".to_owned(), |secret| secret.expose_text().unwrap().to_owned())
        };
        let user = format!("{}:{}", shown(&entry.username), shown(&entry.password));
        Ok(format!("{user}|{}|{}", shown(&entry.identity_token), shown(&entry.registry_token)))
    }

    #[test]
    fn reads_every_form_that_docker_reads() {
        for (raw, expected) in [
            (r#"{"auth":"am9lam9lOmhlbGxv"}"#, "joejoe:hello|-|-"),
            (r#"{"auth":"a2VuOnRlc3Q=","email":"a@b"}"#, "ken:test|-|-"),
            (r#"{"username":"ken","password":"test"}"#, "ken:test|-|-"),
            (r#"{"auth":"YTpi","username":"other","password":"other"}"#, "a:b|-|-"),
            (r#"{"auth":"","username":"ken","password":"test"}"#, "ken:test|-|-"),
            (r#"{"auth":"YWxpY2U6","identitytoken":"REFRESH1"}"#, "alice:|REFRESH1|-"),
            (r#"{"auth":"YTpi","identitytoken":"i","registrytoken":"r"}"#, "a:b|i|r"),
            (r#"{"username":"u"}"#, "u:|-|-"),
            (r#"{"password":"p"}"#, "-:p|-|-"),
            (r#"{"AUTH":"YTpi","Auth":"YTpj"}"#, "a:c|-|-"),
            (r#"{"auth":"YTpj","auth":null}"#, "a:c|-|-"),
            (r#"{"auth":"YT\npi\r\n"}"#, "a:b|-|-"),
            (r#"{"auth":"\u0059Tpi"}"#, "a:b|-|-"),
            (r#"{"auth":"YWI6Yx=="}"#, "ab:c|-|-"),
            (r#"{"auth":"YTpiAA=="}"#, "a:b|-|-"),
            (r#"{"auth":"YTpiOmM="}"#, "a:b:c|-|-"),
            ("{}", "-:-|-|-"),
            ("null", "-:-|-|-"),
        ] {
            assert_eq!(read(raw).as_deref(), Ok(expected), "{raw}");
        }
        assert!(Entry::read("{}").unwrap().is_empty());
        assert!(!Entry::read(r#"{"registrytoken":"r"}"#).unwrap().is_empty());
    }

    #[test]
    fn what_docker_cannot_decode_is_an_error() {
        for (raw, problem) in [
            (r#"{"auth":"YTp"}"#, EntryProblem::NotBase64),
            (r#"{"auth":"YTpiYw"}"#, EntryProblem::NotBase64),
            (r#"{"auth":"YT pi"}"#, EntryProblem::NotBase64),
            (r#"{"auth":"YT-_"}"#, EntryProblem::NotBase64),
            (r#"{"auth":"OmI="}"#, EntryProblem::NoUser),
            (r#"{"auth":"YWI="}"#, EntryProblem::NoUser),
            (r#"{"auth":5}"#, EntryProblem::NotText("auth")),
            (r#"{"identitytoken":{}}"#, EntryProblem::NotText("identitytoken")),
        ] {
            assert_eq!(read(raw), Err(problem), "{raw}");
        }
    }
}
