//! The table: what a registry does, and what its provider has.

use crate::machine::Has;

pub(crate) struct Row {
    pub(crate) rule: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) has: Has,
    pub(crate) words: &'static [&'static str],
    /// In the place of the provider that is granted.
    pub(crate) configured: Option<&'static str>,
    pub(crate) said: Said,
}

#[derive(Clone, Copy)]
pub(crate) enum Said {
    /// The same, to the letter.
    Same,
    /// Everything is the same but words: something of each, and where `docs/compatibility.md` says
    /// why.
    Otherwise { theirs: &'static str, ours: &'static str, subject: &'static str },
}

const ROW: Row = Row {
    rule: "",
    kind: "public",
    has: Has::Nothing,
    words: &[],
    configured: None,
    said: Said::Same,
};

/// Which is started through a bridge, and named with it.
const fn bridge(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "which word chooses a provider" }
}

pub(crate) const ROWS: &[Row] = &[
    Row { rule: "the page for tokens is behind the web API", ..ROW },
    Row { rule: "it is put together without looking", kind: "slash-api", ..ROW },
    Row { rule: "quiet leaves the status word out", words: &["-q"], ..ROW },
    Row { rule: "a token as an argument is handed on", words: &["given"], ..ROW },
    Row {
        rule: "without configured providers a public registry is served by cargo:token",
        configured: Some(""),
        ..ROW
    },
    // No web API, no file, no JSON.
    Row { rule: "a registry without a web API has no login", kind: "no-api", ..ROW },
    Row { rule: "null is no web API", kind: "null-api", ..ROW },
    Row { rule: "a file without its first key is refused", kind: "no-dl", ..ROW },
    Row { rule: "a file that ends too early is refused", kind: "broken", ..ROW },
    Row { rule: "a number is no web API", kind: "number", ..ROW },
    Row { rule: "a list is no configuration", kind: "list", ..ROW },
    Row { rule: "404 is no file", kind: "404", ..ROW },
    Row { rule: "410 is no file", kind: "410", ..ROW },
    Row { rule: "451 is no file", kind: "451", ..ROW },
    Row { rule: "304 was not asked for", kind: "304", ..ROW },
    Row { rule: "403 is shown with the server's words", kind: "403", ..ROW },
    Row { rule: "500 is shown with the server's words", kind: "500", ..ROW },
    Row { rule: "429 is shown with the server's words", kind: "429", ..ROW },
    Row { rule: "a redirection without a target is an answer", kind: "301", ..ROW },
    Row { rule: "206 is an answer without a file", kind: "206", ..ROW },
    // A token is wanted.
    Row { rule: "401 asks the provider, and the page is the challenge's", kind: "private", ..ROW },
    Row {
        rule: "a token is tried, and the page is behind the web API",
        kind: "private",
        has: Has::Good,
        ..ROW
    },
    Row {
        rule: "a token that is not kept is asked for twice",
        kind: "private",
        has: Has::GoodOnce,
        ..ROW
    },
    Row {
        rule: "it is asked for once where the file wants none",
        kind: "private-once",
        has: Has::GoodOnce,
        ..ROW
    },
    Row {
        rule: "a token that is refused leaves the challenge's page",
        kind: "private",
        has: Has::Bad,
        ..ROW
    },
    Row {
        rule: "a given token is tried in the place of the provider's",
        kind: "private",
        words: &["Bearer good"],
        ..ROW
    },
    Row {
        rule: "a given token that is refused leaves the challenge's page",
        kind: "private",
        has: Has::Good,
        words: &["Bearer other"],
        ..ROW
    },
    Row {
        rule: "a provider of other registries ends the login",
        kind: "private",
        has: Has::OtherRegistries,
        ..ROW
    },
    Row {
        rule: "a provider that cannot get ends the login",
        kind: "private",
        has: Has::CannotGet,
        said: bridge(
            "credential provider `[ROOT]/tools/cargo-credential-test` failed action `get`",
            "credential provider `lockgate:cargo-plugin [ROOT]/tools/cargo-credential-test` failed action `get`",
        ),
        ..ROW
    },
    Row {
        rule: "a provider that fails ends the login",
        kind: "private",
        has: Has::Broken,
        said: bridge("it broke", "it broke"),
        ..ROW
    },
    Row {
        rule: "without configured providers there is no login to a private registry",
        kind: "private",
        configured: Some(""),
        ..ROW
    },
    Row {
        rule: "cargo:token by name is configured",
        kind: "private",
        configured: Some("credential-provider = \"cargo:token\"\n"),
        ..ROW
    },
    // What the file itself says.
    Row {
        rule: "a file that wants tokens asks the provider without challenges",
        kind: "wants-a-token-by-itself",
        has: Has::Good,
        ..ROW
    },
    Row { rule: "without one the page is not known", kind: "wants-a-token-by-itself", ..ROW },
    Row {
        rule: "a file that wants tokens needs no configured provider",
        kind: "wants-a-token-by-itself",
        configured: Some(""),
        ..ROW
    },
    // Challenges.
    Row { rule: "a refusal without a challenge has no page", kind: "no-challenge", ..ROW },
    Row { rule: "another scheme has no page", kind: "other-scheme", ..ROW },
    Row { rule: "one header can have two schemes", kind: "two-schemes", ..ROW },
    Row { rule: "a page without quotes is a mistake", kind: "no-quotes", ..ROW },
    Row { rule: "a page that is no URL ends the login", kind: "relative-page", ..ROW },
    // Redirections.
    Row { rule: "a redirection is followed", kind: "sent-on", ..ROW },
    Row {
        rule: "a redirection is followed with the token",
        kind: "sent-on-to-private",
        has: Has::Good,
        ..ROW
    },
    Row {
        rule: "redirections end",
        kind: "sent-around",
        said: Said::Otherwise {
            theirs: "[47] Number of redirects hit maximum amount",
            ours: "number of redirects hit maximum amount (30)",
            subject: "errors of the network at a login",
        },
        ..ROW
    },
    // What is kept, and no network.
    Row { rule: "without the network there has to be a copy", words: &["--offline"], ..ROW },
    Row { rule: "frozen is without the network", words: &["--frozen"], ..ROW },
    Row { rule: "locked is with the network", words: &["--locked"], ..ROW },
];

/// Rows that start with cargo's own copy of the file.
pub(crate) const COPIED: &[Row] = &[
    Row { rule: "a copy is used, and the registry not asked", ..ROW },
    Row { rule: "a copy alone is no network", words: &["--offline"], ..ROW },
    Row { rule: "nor if frozen", words: &["--frozen"], ..ROW },
    Row {
        rule: "a copy that wants tokens asks the provider",
        kind: "private",
        has: Has::Good,
        ..ROW
    },
    Row { rule: "a copy that wants tokens has no page without one", kind: "private", ..ROW },
    Row {
        rule: "without a token no network is needed",
        kind: "private",
        words: &["--offline"],
        ..ROW
    },
    Row {
        rule: "with a token it is",
        kind: "private",
        has: Has::Good,
        words: &["--offline"],
        ..ROW
    },
    Row { rule: "a given token is one", kind: "private", words: &["given"], ..ROW },
];
