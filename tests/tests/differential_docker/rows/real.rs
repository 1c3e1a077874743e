//! The real registry.

use super::*;

const fn at(wants: Wants) -> Row {
    Row { registry: At::Real(wants), ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "the real registry takes the password",
        shows: "asked: GET /v2/ 401\nasked: GET /v2/ 200",
        ..at(Wants::Password)
    },
    Row {
        rule: "the real registry refuses another password",
        input: "wrong\n",
        shows: "401 Unauthorized",
        ..at(Wants::Password)
    },
    Row {
        rule: "the real registry over TLS, with a certificate that nobody vouches for",
        said: ends(TLS, "Login Succeeded", "was not trusted, and nothing was sent to it"),
        ..at(Wants::PasswordOverTls)
    },
    Row {
        rule: "the real registry takes a token",
        shows: "asked: GET /token?account=alice&client_id=docker&offline_token=true&service=a+registry [alice:s3cret]",
        ..at(Wants::Token(Tokens::Plain))
    },
    Row {
        rule: "the real registry refuses another token",
        shows: "401",
        ..at(Wants::Token(Tokens::Useless))
    },
    Row {
        rule: "the real registry and a token that stands for the account",
        said: words(
            TOKENS_TOLD,
            "\"identitytoken\": \"identity-token-1\"",
            "Your credentials are stored unencrypted",
        ),
        ..at(Wants::Token(Tokens::Identity))
    },
    Row {
        rule: "the real registry, open",
        said: words(OPEN, "Login Succeeded", "it would have accepted any password"),
        ..at(Wants::Nothing)
    },
    Row {
        rule: "the real registry and a helper",
        files: &[(CONFIG, store!("good"))],
        then: &[LOGOUT],
        said: ends(
            ONCE,
            "called: good erase [SERVER]\ncalled: good erase [SERVER]",
            "called: good erase [SERVER]",
        ),
        ..at(Wants::Password)
    },
];
