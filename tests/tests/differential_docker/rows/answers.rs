//! What a registry and its token server may say.

use super::*;

const fn at(manner: Manner) -> Row {
    Row { registry: At::Fake(manner), ..ROW }
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        rule: "a registry is asked without credentials first",
        shows: "asked: TLS\nasked: GET /v2/\nasked: GET /v2/ [alice:s3cret]\n",
        ..ROW
    },
    Row {
        rule: "an open registry takes any password",
        said: words(OPEN, "Login Succeeded", "it would have accepted any password"),
        ..at(Manner::OPEN)
    },
    Row { rule: "a wrong password is refused", input: "wrong\n", shows: "401 Unauthorized", ..ROW },
    Row {
        rule: "what is wrong is not kept",
        input: "wrong\n",
        files: &[(CONFIG, known!("[SERVER]"))],
        shows: "YWxpY2U6czNjcmV0",
        ..ROW
    },
    Row {
        rule: "a token is asked for with account, client and service",
        shows: "GET /token?account=alice&client_id=docker&offline_token=true&service=a+registry [alice:s3cret]",
        ..at(Manner::BEARER)
    },
    Row {
        rule: "a wrong password gets no token",
        input: "wrong\n",
        shows: "unknown name or password",
        ..at(Manner::BEARER)
    },
    Row {
        rule: "access_token counts more than token",
        shows: "Login Succeeded",
        ..at(Manner::giving(Tokens::ByItsOtherName))
    },
    Row {
        rule: "what stands for the account is kept instead of the password",
        said: words(
            TOKENS_TOLD,
            "\"identitytoken\": \"identity-token-1\"",
            "Your credentials are stored unencrypted",
        ),
        ..at(Manner::giving(Tokens::Identity))
    },
    Row {
        rule: "an answer without a token is none",
        shows: "token",
        ..at(Manner::giving(Tokens::None))
    },
    Row {
        rule: "a refusal of the token server is told",
        shows: "who are you?",
        ..at(Manner::giving(Tokens::Refused))
    },
    Row {
        rule: "a refusal in Hub's words is told",
        shows: "incorrect username or password",
        ..at(Manner::giving(Tokens::Details))
    },
    Row {
        rule: "a refusal with control characters",
        said: words(CONTROL, "\u{1b}[2Jgone\u{7}", "\\u{1b}[2Jgone\\u{7}"),
        ..at(Manner::giving(Tokens::Escapes))
    },
    Row {
        rule: "a token server that is broken",
        shows: "500",
        ..at(Manner::giving(Tokens::Status(500)))
    },
    Row {
        rule: "a token server that finds nothing",
        said: words(ANSWERS, "error parsing HTTP 404 response body", "404 Not Found"),
        ..at(Manner::giving(Tokens::Status(404)))
    },
    Row {
        rule: "a token server that says nothing useful",
        said: words(
            ANSWERS,
            "unable to decode token response: invalid character '<'",
            "unable to decode token response: line 1, column 1",
        ),
        ..at(Manner::giving(Tokens::Garbage))
    },
    Row {
        rule: "a token that the registry does not take",
        shows: "401",
        ..at(Manner::giving(Tokens::Useless))
    },
    Row {
        rule: "a token server that says too much",
        said: words(
            ANSWERS,
            "unable to decode token response: EOF",
            "is larger than 1048576 bytes",
        ),
        ..at(Manner::giving(Tokens::Huge))
    },
    Row {
        rule: "a token server that does not answer",
        said: words(ANSWERS, "Client.Timeout exceeded", "within 15 s"),
        ..at(Manner::giving(Tokens::Slow))
    },
    Row {
        rule: "a realm keeps its query",
        shows: "tenant=t",
        ..at(Manner::sending(Realm::WithQuery))
    },
    Row {
        rule: "a realm without a service",
        shows: "GET /token?account=alice&client_id=docker&offline_token=true [alice:s3cret]",
        ..at(Manner::sending(Realm::WithoutService))
    },
    Row {
        rule: "a login asks for no scope",
        shows: "offline_token=true&service=a+registry [alice:s3cret]",
        ..at(Manner::sending(Realm::WithScope))
    },
    Row {
        rule: "a realm at another port",
        shows: "Login Succeeded",
        ..at(Manner::sending(Realm::OtherPort))
    },
    Row {
        rule: "a challenge without a realm",
        shows: "no realm",
        ..at(Manner::sending(Realm::Missing))
    },
    Row {
        rule: "a realm without an origin",
        said: words(REALM, "unsupported protocol scheme \"\"", "no password was sent there"),
        ..at(Manner::sending(Realm::Relative))
    },
    Row {
        rule: "a realm that is no web server",
        said: words(REALM, "unsupported protocol scheme \"ftp\"", "no password was sent"),
        ..at(Manner::sending(Realm::NoWeb))
    },
    Row {
        rule: "of two challenges both are followed, and the password is sent",
        said: ends(
            TWO,
            "a+registry [alice:s3cret]\nasked: GET /v2/ [alice:s3cret]",
            "asked: GET /v2/\nasked: GET /v2/ [alice:s3cret]",
        ),
        ..at(Manner::guarded(Guard::BearerAndBasic))
    },
    Row {
        rule: "the order of two challenges does not matter",
        said: ends(
            TWO,
            "a+registry [alice:s3cret]\nasked: GET /v2/ [alice:s3cret]",
            "asked: GET /v2/\nasked: GET /v2/ [alice:s3cret]",
        ),
        ..at(Manner::guarded(Guard::BasicAndBearer))
    },
    Row {
        rule: "a refusal without a challenge",
        shows: "401",
        ..at(Manner::guarded(Guard::NoChallenge))
    },
    Row {
        rule: "a challenge that nobody knows",
        shows: "401",
        ..at(Manner::guarded(Guard::Unknown))
    },
    Row {
        rule: "a registry that is broken",
        shows: "500 Internal Server Error",
        ..at(Manner::guarded(Guard::Status(500)))
    },
    Row {
        rule: "a registry that is no registry",
        shows: "404 Not Found",
        ..at(Manner::guarded(Guard::Status(404)))
    },
    Row {
        rule: "a registry that has moved without a word",
        shows: "302 Found",
        ..at(Manner::guarded(Guard::Status(302)))
    },
    Row {
        rule: "a registry with too many clients",
        shows: "429",
        ..at(Manner::guarded(Guard::Status(429)))
    },
    Row {
        rule: "who is known may still be refused",
        shows: "403 Forbidden",
        ..at(Manner::guarded(Guard::AfterBasic(403)))
    },
    Row {
        rule: "an answer that is no success is none",
        shows: "204",
        ..at(Manner::guarded(Guard::AfterBasic(204)))
    },
    Row {
        rule: "a registry that hangs up",
        said: words(ANSWERS, "/v2/\": EOF", "Peer disconnected"),
        ..at(Manner::guarded(Guard::Silent))
    },
];
