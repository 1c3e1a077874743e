//! How a registry of a test behaves.

/// The account that a registry knows.
pub const USER: &str = "alice";
/// Its password.
pub const PASSWORD: &str = "s3cret";
/// What a token server gives for the registry, unless a test says otherwise.
pub const ACCESS_TOKEN: &str = "access-token-of-the-registry";
/// What a token server gives instead of the password.
pub const IDENTITY_TOKEN: &str = "identity-token-1";
/// What it gives for that.
pub const NEXT_IDENTITY_TOKEN: &str = "identity-token-2";

/// How a registry guards itself, and what its token server says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Who may ask the registry.
    pub guard: Guard,
    /// Where a challenge sends a client.
    pub realm: Realm,
    /// What a client is given there.
    pub tokens: Tokens,
}

/// Who may ask a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Everybody.
    Open,
    /// Who has the password.
    Basic,
    /// Who has any name and password, which it asks for.
    Anybody,
    /// Who has a token.
    Bearer,
    /// Who has either; the challenge for a token comes first.
    BearerAndBasic,
    /// Likewise, the other way round, in one header.
    BasicAndBearer,
    /// Nobody, and it does not say what it wants.
    NoChallenge,
    /// Nobody: it wants what no client of docker's knows.
    Unknown,
    /// Nobody: every answer has this status.
    Status(u16),
    /// Who has the password, and is told this status then.
    AfterBasic(u16),
    /// Nobody: it closes each connection without a word.
    Silent,
}

/// Where a challenge for a token sends a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Realm {
    /// To the registry's own origin.
    Own,
    /// There, with a query that is there already.
    WithQuery,
    /// There, and names no service.
    WithoutService,
    /// There, and names a scope.
    WithScope,
    /// To another port of the machine, where the same answers.
    OtherPort,
    /// Nowhere.
    Missing,
    /// To a path without an origin.
    Relative,
    /// To what is no web server.
    NoWeb,
}

/// What a token server says to who has the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// A token.
    Plain,
    /// A token by its other name, beside one that is no good.
    ByItsOtherName,
    /// A token, and one that stands for the account.
    Identity,
    /// An object without a token.
    None,
    /// A refusal, as the registry protocol words it.
    Refused,
    /// A refusal, as Docker Hub words it.
    Details,
    /// A refusal with control characters in it.
    Escapes,
    /// This status, and nothing more.
    Status(u16),
    /// No JSON.
    Garbage,
    /// A token that the registry does not take.
    Useless,
    /// 20 megabytes.
    Huge,
    /// Nothing for longer than a client waits.
    Slow,
}

impl Manner {
    /// Everybody may ask.
    pub const OPEN: Self = Self::guarded(Guard::Open);
    /// It wants the password.
    pub const BASIC: Self = Self::guarded(Guard::Basic);
    /// It wants a token, which its own origin gives.
    pub const BEARER: Self = Self::guarded(Guard::Bearer);

    /// One that guards itself so.
    pub const fn guarded(guard: Guard) -> Self {
        Self { guard, realm: Realm::Own, tokens: Tokens::Plain }
    }

    /// One that wants a token, and whose token server says this.
    pub const fn giving(tokens: Tokens) -> Self {
        Self { guard: Guard::Bearer, realm: Realm::Own, tokens }
    }

    /// One that wants a token, which is to be had there.
    pub const fn sending(realm: Realm) -> Self {
        Self { guard: Guard::Bearer, realm, tokens: Tokens::Plain }
    }
}
