//! What came of a request, and why.

use lockgate_audit::AuditError;
use lockgate_core::{Answer, Failure, Refusal, TokenError, escape, shell_word};
use lockgate_providers::{StaleReason, StoreError};
use lockgate_sandbox::{CallError, Output};

use crate::bridge::is_bridge;
use crate::context::BoundError;
use crate::{BridgeError, LogoutEnd, Unavailable};

/// A provider to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name: a built-in one's or an installed one's.
    pub provider: String,
    /// Its arguments. Untrusted.
    pub arguments: Vec<String>,
    /// Whether all of it is what the user's own configuration or the administrator says for the
    /// registry: what a bridge to native programs asks for.
    pub trusted: bool,
    /// Whether a native helper is asked about the very server alone, since whoever asks goes through its
    /// other spellings.
    pub exact: bool,
}

impl Choice {
    /// A provider by its name and arguments, as configuration writes them; `None` if there is no
    /// word.
    pub fn of_words(words: &[String]) -> Option<Self> {
        let (provider, arguments) = words.split_first()?;
        let (provider, arguments) = (provider.clone(), arguments.to_vec());
        Some(Self { provider, arguments, trusted: false, exact: false })
    }

    /// The same from one text, with its words apart by white space.
    pub fn of_line(line: &str) -> Option<Self> {
        let words: Vec<String> = line.split_ascii_whitespace().map(str::to_owned).collect();
        Self::of_words(&words)
    }

    /// The same, as what the user's own configuration or the administrator says.
    #[must_use]
    pub fn trusted(self) -> Self {
        Self { trusted: true, ..self }
    }

    /// Whether the words are the same.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.provider == other.provider && self.arguments == other.arguments
    }

    /// Its name, and of a bridge the program: with several, one could not tell which failed.
    pub fn shown(&self) -> String {
        match self.arguments.first().filter(|_| is_bridge(&self.provider)) {
            Some(program) => format!("{} {program}", self.provider),
            None => self.provider.clone(),
        }
    }
}

/// What a person is told of while a request is answered.
#[derive(Debug)]
pub enum Notice<'a> {
    /// Another process holds the file of credentials.
    WaitingForCredentials,
    /// The desktop's keyring asks for its password.
    WaitingForUnlock,
    /// The compiled code of a provider cannot be used.
    Recompiling {
        /// Which one.
        provider: &'a str,
        /// Why.
        reason: StaleReason,
    },
    /// A wall of the operating system's could not be put up, and nothing requires it.
    NoWall {
        /// What it would keep the process from.
        wall: &'static str,
        /// Why.
        error: &'a std::io::Error,
    },
    /// The same around what asks a registry's index, where there is no sandbox.
    NoWallForIndex {
        /// What it would keep the process from.
        wall: &'static str,
        /// Why.
        error: &'a std::io::Error,
    },
    /// A registry is asked for its index, named as cargo names it.
    Updating(&'a str),
    /// It is asked once more, in cargo's words.
    Retrying(&'a str),
    /// It is not asked, and why.
    IndexNotAsked(&'a str),
    /// What `DOCKER_AUTH_CONFIG` says is not heeded.
    VariableIgnored(&'a (dyn std::error::Error + 'static)),
    /// The request is not in the audit, which nothing requires.
    NotRecorded(&'a AuditError),
    /// Answers that were kept may be given after a login, a logout or a wish to have them anew.
    NotForgotten(&'a (dyn std::error::Error + 'static)),
}

/// The end of a request, and each step on the way.
#[derive(Debug)]
pub struct Reply {
    /// The answer, or why there is none.
    pub result: Result<Answer, End>,
    /// The providers that were asked, in order; the last one decided.
    pub tried: Vec<Tried>,
    /// Those behind them that were ready or not when the answer came, in order. Nobody looked at any
    /// behind one that ends each request.
    pub not_asked: Vec<NotAsked>,
}

/// A provider whose turn did not come.
#[derive(Debug)]
pub struct NotAsked {
    /// Its name.
    pub provider: String,
    /// Why it could not have been asked, in words; `None` if it could.
    pub problem: Option<String>,
}

/// One provider that was asked.
#[derive(Debug)]
pub struct Tried {
    /// Its name.
    pub provider: String,
    /// Why it gave no answer, in words; `None` if it gave the answer.
    pub problem: Option<String>,
    /// Why the next one was asked; `None` if this one decided.
    pub failure: Option<Failure>,
    /// What a logout came to here, where all of them are asked; `None` if it had no token.
    pub logout: Option<LogoutEnd>,
    /// Whether it was not asked itself: what it answered to an earlier request was kept, and holds.
    pub kept: bool,
    /// What the host refused it.
    pub refusals: Vec<Refusal>,
    /// What the host could not do for it: each error with its causes, outermost first.
    pub errors: Vec<Vec<String>>,
    /// What a person can do about the refusals, in the host's own words.
    pub advice: Vec<String>,
    /// What it printed and logged. Untrusted.
    pub output: Output,
}

impl Tried {
    pub(crate) fn new(provider: &str) -> Self {
        Self {
            provider: provider.to_owned(),
            problem: None,
            failure: None,
            logout: None,
            kept: false,
            refusals: Vec::new(),
            errors: Vec::new(),
            advice: Vec::new(),
            output: Output::default(),
        }
    }

    /// Why this one, whose turn it was, gave no answer.
    pub(crate) fn in_words(&self, choice: &Choice) -> String {
        let problem = self.problem.as_deref().unwrap_or("it gave no answer");
        format!("`{}`: {problem}", escape(&choice.shown()))
    }

    /// Collects the advice for each kind of refusal once.
    pub(crate) fn advise(&mut self, advice: impl Fn(&Refusal) -> Vec<String>) {
        for refusal in &self.refusals {
            let new = advice(refusal).into_iter().filter(|line| !self.advice.contains(line));
            let new: Vec<_> = new.collect();
            self.advice.extend(new);
        }
    }
}

/// A request without an answer.
#[derive(Debug, thiserror::Error)]
pub enum End {
    /// A provider serves the registry, and none has a credential.
    #[error("credential not found")]
    NotFound,
    /// No provider serves the registry.
    #[error("no credential providers could handle the request")]
    NotServed,
    /// No provider takes what a person logs in with: each that was asked, and why not.
    #[error(
        "no provider keeps a credential for {server}{}{}",
        if reasons.is_empty() { "" } else { ": " },
        reasons.join(", ")
    )]
    NotKept {
        /// The server, escaped.
        server: String,
        /// Each provider with its reason, in words.
        reasons: Vec<String>,
    },
    /// A provider ended the request.
    #[error("credential provider `{provider}` failed action `{action}`")]
    Failed {
        /// Which one.
        provider: String,
        /// `get`, `login` or `logout`.
        action: &'static str,
        /// Why.
        source: Box<ProviderError>,
    },
    /// The administrator's policy keeps the host from answering.
    #[error("no credential is given")]
    Forbidden(#[from] lockgate_policy::Forbidden),
    /// The administrator requires an audit, and the request could not be recorded.
    #[error("nothing is given that cannot be recorded, which the administrator requires")]
    NotRecorded(#[source] AuditError),
    /// Lockgate has not got one of cargo's own providers.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// A provider may start programs, and there is no process to do it.
    #[error("the process that starts programs cannot be made")]
    NoLauncher(#[source] std::io::Error),
}

/// Why a provider ended a request.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// There is none of that name.
    #[error(
        "there is no provider `{name}`; the providers are {}",
        known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    )]
    Unknown {
        /// What was asked for, escaped.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// It serves the registry and cannot do this.
    #[error("requested operation not supported")]
    UnsupportedOperation,
    /// It says so itself; the messages are its own, outermost first.
    #[error("the provider says: {}", .0.first().map_or("nothing", String::as_str))]
    Says(Vec<String>),
    /// The host could not do something for it: what happened, outermost first.
    #[error("{}", .0.first().map_or("the host could not do it", String::as_str))]
    Host(Vec<String>),
    /// The host refused it something.
    #[error("{refusal}")]
    Refused {
        /// What and why.
        refusal: Refusal,
        /// What a person can do about it.
        advice: Vec<String>,
    },
    /// The administrator's policy forbids it.
    #[error(transparent)]
    Forbidden(#[from] lockgate_policy::Forbidden),
    /// It is a bridge, and may not start the program of its words.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    /// It is one of cargo's own that Lockgate has not got.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// It is installed and cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was stopped, crashed or could not be started.
    #[error(transparent)]
    Call(CallError),
    /// A token or an account name broke the client's rules.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It answered with what does not belong to the question.
    #[error("it answered with something else than what was asked")]
    WrongAnswer,
    /// It is not known whose token may be used.
    #[error(transparent)]
    Binding(Box<dyn std::error::Error + Send + Sync>),
    /// This build of the host cannot run it.
    #[error("this build of Lockgate cannot run it")]
    Unusable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What was compiled of it is not what this build of the host loads, although its record says so.
    #[error(
        "its compiled code cannot be loaded; run `lockgate provider rebuild {}`",
        shell_word(.name)
    )]
    Unloadable {
        /// The provider.
        name: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<BoundError> for ProviderError {
    fn from(error: BoundError) -> Self {
        Self::Binding(Box::new(error))
    }
}

impl End {
    /// As a client's protocol says it: what lets the client ask another provider stays that, and
    /// everything else is told in words, outermost first.
    pub fn failure(&self) -> Failure {
        match self {
            Self::NotFound => Failure::NotFound,
            Self::NotServed => Failure::UnsupportedRegistry,
            Self::Failed { source, .. } => match **source {
                ProviderError::UnsupportedOperation => Failure::UnsupportedOperation,
                _ => Failure::Other(source.messages()),
            },
            Self::NotKept { .. }
            | Self::Forbidden(_)
            | Self::NotRecorded(_)
            | Self::Unavailable(_)
            | Self::NoLauncher(_) => Failure::Other(chain(self)),
        }
    }

    /// What a person can do about it, where it does not say so itself.
    pub fn remedy(&self) -> Option<&'static str> {
        matches!(self, Self::NotKept { .. }).then_some(
            "name a provider that keeps credentials in `[docker]` of Lockgate's config.toml, such as \
             `lockgate:os-store` or `lockgate:file`",
        )
    }

    /// Why it ended, outermost first, without the end itself.
    pub fn causes(&self) -> Vec<String> {
        match self {
            Self::NotFound | Self::NotServed | Self::NotKept { .. } => Vec::new(),
            Self::Failed { source, .. } => source.messages(),
            Self::Forbidden(_)
            | Self::NotRecorded(_)
            | Self::Unavailable(_)
            | Self::NoLauncher(_) => chain(self).split_off(1),
        }
    }
}

impl ProviderError {
    fn messages(&self) -> Vec<String> {
        let own = match self {
            Self::Says(messages) | Self::Host(messages) => messages.get(1..).unwrap_or_default(),
            Self::Refused { advice, .. } => advice,
            _ => &[],
        };
        chain(self).into_iter().chain(own.iter().cloned()).collect()
    }
}

/// An error and its causes in words; neighbours that say the same are said once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut messages: Vec<String> = std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect();
    messages.dedup();
    messages
}
