//! The table.

use lockgate_tests::docker_registry::{Guard, Manner, Realm, Tokens, Wants};
use lockgate_tests::rules::Said;

use crate::row::{At, Row};

const CONFIG: &str = "user/.docker/config.json";
const LOGIN: &[&str] = &["login", "-u", "alice", "--password-stdin", "[SERVER]"];
const LOGOUT: &[&str] = &["logout", "[SERVER]"];
/// A login without a word about who logs in.
const AGAIN: &[&str] = &["login", "[SERVER]"];
/// A registry that wants to know who logs in, and takes everybody.
const ANYBODY: At = At::Fake(Manner::guarded(Guard::Anybody));
const ROW: Row = Row {
    rule: "",
    files: &[],
    links: &[],
    modes: &[],
    variables: &[],
    registry: At::Fake(Manner::BASIC),
    daemon: false,
    words: LOGIN,
    input: "s3cret\n",
    keys: &[],
    then: &[],
    shows: "",
    said: Said::Same,
};

// The rows of docs/compatibility.md that explain what differs.
const USAGE: &str = "errors about the options of `docker login` and `docker logout`";
const DASH: &str = "`docker login -p -`";
const SPACES: &str = "white space around a password";
const COLON: &str = "a user name with a colon";
const ANSWERS: &str = "errors of registries and token servers";
const OPEN: &str = "a registry that asks nobody who logs in";
const CONTROL: &str = "messages of providers and servers";
const REALM: &str = "where a registry sends passwords on to";
const TWO: &str = "a registry that takes a token or a password";
const KEPT: &str = "`config.json`: what is not about the login";
const BROKEN: &str = "`config.json` that cannot be read";
const TOKENS_TOLD: &str = "a token that is kept unencrypted";
const OTHERS: &str = "`config.json` and other users of the machine";
const PATH: &str = "`config.json`: its path in messages";
const VARIABLE: &str = "`DOCKER_AUTH_CONFIG`";
const HELPER_ERRORS: &str = "errors of native helpers";
const STDERR: &str = "what native helpers print on standard error";
const HELPER_NAME: &str = "a path as the name of a helper";
const SPELLINGS: &str = "other spellings of a server, at a helper";
const DETECTED: &str = "a helper that nobody asked for";
const RESTORE: &str = "what is stored and was tried";
const DAEMON: &str = "what is stored, without a daemon";
const CTRL_C: &str = "Ctrl-C at a prompt of `docker login`";
const NOTES: &str = "docker's notes at a terminal";
const BROWSER: &str = "Docker Hub's login with a browser";
const LOGOUT_KEYS: &str = "`docker logout`: which entries go";
const ONCE: &str = "`docker logout`: how often a helper is asked";
const NOT_FOUND: &str = "`docker logout`: a helper that has nothing";
const FAILURES: &str = "`docker logout`: what could not be erased";
const TLS: &str = "TLS to a registry on this machine";

/// The same in other words, of which these are some.
const fn words(subject: &'static str, theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject }
}

/// Another end, which these words show.
const fn ends(subject: &'static str, theirs: &'static str, ours: &'static str) -> Said {
    Said::Ends { theirs, ours, subject }
}

/// `alice:s3cret`.
macro_rules! known {
    ($key:literal) => {
        concat!(
            "{\n\t\"auths\": {\n\t\t\"",
            $key,
            "\": {\n\t\t\t\"auth\": \"YWxpY2U6czNjcmV0\"\n\t\t}\n\t}\n}"
        )
    };
}

/// Everything is kept by this helper.
macro_rules! store {
    ($helper:literal) => {
        concat!("{\n\t\"auths\": {},\n\t\"credsStore\": \"", $helper, "\"\n}")
    };
}

mod answers;
mod command_line;
mod detected;
mod files;
mod helpers;
mod input;
mod logout;
mod logout_helpers;
mod real;
mod servers;
mod stored;
mod terminals;

/// Every row.
pub(crate) fn all() -> Vec<&'static Row> {
    [
        command_line::ROWS,
        input::ROWS,
        servers::ROWS,
        answers::ROWS,
        files::ROWS,
        helpers::ROWS,
        detected::ROWS,
        stored::ROWS,
        terminals::ROWS,
        logout::ROWS,
        logout_helpers::ROWS,
        real::ROWS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
