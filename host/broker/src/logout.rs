//! A logout asks every provider: a token that is left behind with one of them would be used again.

use lockgate_core::{Answer, Ecosystem, Request};

use crate::{End, ProviderError, Tried, Unavailable};

/// What a logout came to with a provider that had a token, or could not be asked for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogoutEnd {
    /// It removed a token.
    Removed,
    /// It cannot log out: what it gives is kept somewhere else.
    Unable,
    /// It failed, and a token may be left there: what happened, outermost first.
    Failed(Vec<String>),
}

impl LogoutEnd {
    fn of(ended: &Result<Answer, End>) -> Self {
        match ended {
            Ok(_) => Self::Removed,
            Err(end) if is_unable(end) => Self::Unable,
            Err(end) => {
                Self::Failed(std::iter::once(end.to_string()).chain(end.causes()).collect())
            }
        }
    }
}

/// `cargo:paseto` keeps no token in any cargo that people have.
fn is_unable(end: &End) -> bool {
    match end {
        End::Failed { source, .. } => matches!(**source, ProviderError::UnsupportedOperation),
        End::Unavailable(unavailable) => matches!(unavailable, Unavailable::Paseto),
        _ => false,
    }
}

/// What it comes to with all of them.
pub(crate) struct Everywhere {
    ecosystem: Ecosystem,
    removed: Option<Answer>,
    unable: Option<End>,
    failed: Option<End>,
}

impl Everywhere {
    pub(crate) fn of(request: &Request) -> Self {
        Self::new(request.registry.ecosystem())
    }

    fn new(ecosystem: Ecosystem) -> Self {
        Self { ecosystem, removed: None, unable: None, failed: None }
    }

    /// Takes how one of them ended.
    pub(crate) fn note(&mut self, ended: Result<Answer, End>, tried: &mut Tried) {
        let end = LogoutEnd::of(&ended);
        match (ended, &end) {
            (Ok(answer), _) => self.removed = Some(answer),
            (Err(unable), LogoutEnd::Unable) => self.unable = Some(unable),
            (Err(failed), _) => self.failed = Some(failed),
        }
        tried.logout = Some(end);
    }

    /// A failure, the last one, is the end whatever else was removed. One that cannot log out is it only
    /// where nothing was removed, as in cargo; of docker's it keeps nothing, and is told of beside the
    /// answer. Nothing if each said that it has no token.
    pub(crate) fn end(self) -> Option<Result<Answer, End>> {
        let Self { ecosystem, removed, unable, failed } = self;
        let unable = unable.filter(|_| ecosystem != Ecosystem::Oci);
        let failed = failed.map(Err).or(removed.map(Ok));
        failed.or(unable.map(Err))
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Answer, Ecosystem};

    use super::{Everywhere, LogoutEnd};
    use crate::{End, ProviderError, Tried, Unavailable};

    fn failed(source: ProviderError) -> Result<Answer, End> {
        let source = Box::new(source);
        Err(End::Failed { provider: "p".into(), action: "logout", source })
    }

    fn unable() -> Result<Answer, End> {
        failed(ProviderError::UnsupportedOperation)
    }

    fn broken() -> Result<Answer, End> {
        failed(ProviderError::Says(vec!["broken".into(), "why".into()]))
    }

    fn paseto() -> Result<Answer, End> {
        Err(End::Unavailable(Unavailable::Paseto))
    }

    type Ended = Vec<fn() -> Result<Answer, End>>;

    #[test]
    fn a_failure_counts_most_and_then_what_was_removed() {
        let removed = || Ok(Answer::LoggedOut);
        let cases: [(Ended, &str); 8] = [
            (vec![], "nothing"),
            (vec![removed], "removed"),
            (vec![unable], "requested operation not supported"),
            (vec![paseto], "cargo:paseto requires -Zasymmetric-token"),
            (vec![unable, removed, paseto], "removed"),
            (vec![removed, broken], "the provider says: broken"),
            (vec![broken, removed, unable], "the provider says: broken"),
            (vec![removed, removed], "removed"),
        ];
        for (ends, expected) in cases {
            let mut everywhere = Everywhere::new(Ecosystem::Cargo);
            for end in ends {
                everywhere.note(end(), &mut Tried::new("p"));
            }
            let end = match everywhere.end() {
                None => "nothing".to_owned(),
                Some(Ok(_)) => "removed".to_owned(),
                Some(Err(End::Failed { source, .. })) => source.to_string(),
                Some(Err(end)) => end.to_string(),
            };
            assert_eq!(end, expected);
        }
    }

    #[test]
    fn a_helper_that_only_reads_is_no_failure_of_a_docker_logout() {
        let mut everywhere = Everywhere::new(Ecosystem::Oci);
        let mut tried = Tried::new("p");
        everywhere.note(unable(), &mut tried);
        assert!(everywhere.end().is_none());
        assert_eq!(tried.logout, Some(LogoutEnd::Unable));
        let mut everywhere = Everywhere::new(Ecosystem::Oci);
        everywhere.note(broken(), &mut tried);
        assert!(matches!(everywhere.end(), Some(Err(_))));
    }

    #[test]
    fn each_provider_has_its_own_end() {
        let end = |ended: Result<Answer, End>| {
            let mut tried = Tried::new("p");
            Everywhere::new(Ecosystem::Cargo).note(ended, &mut tried);
            tried.logout.unwrap()
        };
        assert_eq!(end(Ok(Answer::LoggedOut)), LogoutEnd::Removed);
        assert_eq!((end(unable()), end(paseto())), (LogoutEnd::Unable, LogoutEnd::Unable));
        let messages =
            ["credential provider `p` failed action `logout`", "the provider says: broken", "why"];
        assert_eq!(end(broken()), LogoutEnd::Failed(messages.map(str::to_owned).to_vec()));
    }
}
