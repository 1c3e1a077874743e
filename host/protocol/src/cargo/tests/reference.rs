//! cargo's own library for providers as the judge: it writes the requests that are read here, and
//! reads the responses that are written here.

use cargo_credential::{
    Action, CacheControl, CredentialHello, CredentialRequest, CredentialResponse, LoginOptions,
    Operation as Asked, RegistryInfo,
};
use lockgate_core::{
    Answer, Artifact, Credential, Failure, Lifetime, LoginInput, Operation, Purpose, Request,
    Secret,
};

use super::super::{HELLO, decode, encode, encode_error, encode_refusal};

type Response = Result<CredentialResponse, cargo_credential::Error>;

fn sent<'a>(action: Action<'a>, headers: &[&str], args: Vec<&'a str>) -> CredentialRequest<'a> {
    CredentialRequest {
        v: cargo_credential::PROTOCOL_VERSION_1,
        registry: RegistryInfo {
            index_url: "sparse+https://h.example/i/",
            name: Some("corp"),
            headers: headers.iter().map(ToString::to_string).collect(),
        },
        action,
        args,
    }
}

fn received(request: &CredentialRequest<'_>) -> Request {
    decode(serde_json::to_string(request).unwrap().as_bytes()).unwrap()
}

fn read_by_cargo(line: &Secret) -> Response {
    serde_json::from_str(line.expose_text().unwrap()).unwrap()
}

#[test]
fn cargo_reads_the_hello() {
    let hello: CredentialHello = serde_json::from_str(HELLO).unwrap();
    assert_eq!(hello.v, [cargo_credential::PROTOCOL_VERSION_1]);
    assert!(HELLO.ends_with("}\n"));
}

#[test]
fn every_get_that_cargo_writes_is_read() {
    let version = || Artifact { name: "n".into(), version: "1.0".into(), checksum: None };
    let published = Artifact { checksum: Some("ab12".into()), ..version() };
    for (asked, expected) in [
        (Asked::Read, Purpose::Read),
        (Asked::Publish { name: "n", vers: "1.0", cksum: "ab12" }, Purpose::Publish(published)),
        (Asked::Yank { name: "n", vers: "1.0" }, Purpose::Yank(version())),
        (Asked::Unyank { name: "n", vers: "1.0" }, Purpose::Unyank(version())),
        (Asked::Owners { name: "n" }, Purpose::Owners("n".into())),
    ] {
        let request = received(&sent(Action::Get(asked), &[], vec![]));
        assert!(matches!(&request.operation, Operation::Get(purpose) if *purpose == expected));
        assert_eq!(request.registry.url(), "sparse+https://h.example/i/");
        assert_eq!(request.registry.name.as_deref(), Some("corp"));
    }
}

#[test]
fn login_logout_headers_and_words_that_cargo_writes_are_read() {
    let login = Action::Login(LoginOptions {
        token: Some("to\"k\\en".into()),
        login_url: Some("http://127.0.0.1:4321/me"),
    });
    let request = received(&sent(login, &["WWW-Authenticate: Basic", "X: y"], vec!["a", "\n"]));
    let Operation::Login(input) = request.operation else { panic!("{:?}", request.operation) };
    assert_eq!(input.secret.unwrap().expose(), b"to\"k\\en");
    assert_eq!(input.link.as_deref(), Some("http://127.0.0.1:4321/me"));
    assert_eq!(request.registry.challenges, ["Basic"]);
    assert_eq!(request.arguments, ["a", "\n"]);

    let request = received(&sent(Action::Logout, &[], vec![]));
    assert!(matches!(request.operation, Operation::Logout));
}

#[test]
fn cargo_reads_every_credential() {
    for (lifetime, seconds) in [
        (Lifetime::Once, None),
        (Lifetime::Session, None),
        (Lifetime::Until(1_693_928_537), Some(1_693_928_537)),
        (Lifetime::Until(0), Some(0)),
        // Later than the last moment that cargo can read is that moment, not a broken answer.
        (Lifetime::Until(u64::MAX), Some(253_402_300_799)),
    ] {
        for token in ["t", "quo\"te\\ \t", &"x".repeat(64 << 10)] {
            let answer = Answer::Credential(Credential {
                identity: Some(Secret::from("someone")),
                secret: Secret::from(token),
                lifetime,
                any_purpose: seconds.is_some(),
                origins: lockgate_core::Origins::default(),
            });
            let line = encode(&Operation::Get(Purpose::Read), Ok(&answer));
            let Ok(CredentialResponse::Get { token: read, cache, operation_independent, .. }) =
                read_by_cargo(&line)
            else {
                panic!("{lifetime:?}");
            };
            assert_eq!(read.expose(), token);
            assert_eq!(operation_independent, seconds.is_some());
            match (lifetime, cache) {
                (Lifetime::Once, CacheControl::Never)
                | (Lifetime::Session, CacheControl::Session) => {}
                (Lifetime::Until(_), CacheControl::Expires { expiration, .. }) => {
                    assert_eq!(Some(expiration.unix_timestamp()), seconds);
                }
                (_, cache) => panic!("{lifetime:?} was read as {cache:?}"),
            }
        }
    }
}

#[test]
fn cargo_reads_the_other_answers() {
    let login = Operation::Login(LoginInput::default());
    let read = read_by_cargo(&encode(&login, Ok(&Answer::LoggedIn)));
    assert!(matches!(read, Ok(CredentialResponse::Login)));
    let read = read_by_cargo(&encode(&Operation::Logout, Ok(&Answer::LoggedOut)));
    assert!(matches!(read, Ok(CredentialResponse::Logout)));
}

#[test]
fn cargo_reads_every_failure() {
    use cargo_credential::Error;
    let read = |failure: Failure| {
        read_by_cargo(&encode(&Operation::Get(Purpose::Read), Err(&failure))).unwrap_err()
    };
    assert!(matches!(read(Failure::NotFound), Error::NotFound));
    assert!(matches!(read(Failure::UnsupportedRegistry), Error::UrlNotSupported));
    assert!(matches!(read(Failure::UnsupportedOperation), Error::OperationNotSupported));
    let denied = read(Failure::Denied("stores".into()));
    assert_eq!(denied.to_string(), "the provider says that it was denied `stores`");
    let renew = br#"{"v":1,"registry":{"index-url":"https://h/"},"kind":"renew"}"#;
    let refusal = encode_refusal(&decode(renew).unwrap_err());
    assert!(matches!(read_by_cargo(&refusal), Err(Error::OperationNotSupported)));
}

#[test]
fn cargo_reads_messages_and_causes_in_their_order() {
    let messages = ["outermost", "then\nthis", "innermost \u{1b}"].map(ToOwned::to_owned);
    let failure = Failure::Other(messages.to_vec());
    for line in [encode(&Operation::Logout, Err(&failure)), encode_error(&messages)] {
        let error = read_by_cargo(&line).unwrap_err();
        let mut told = vec![error.to_string()];
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            told.push(error.to_string());
            cause = error.source();
        }
        assert_eq!(told, ["outermost", "then\nthis", "innermost \\u{1b}"]);
    }
}

/// Requests with random changes: no change makes reading them panic, and where both readers take a
/// line they agree on whom it is about.
#[test]
fn changed_requests_are_read_alike_or_refused() {
    let login = Action::Login(LoginOptions { token: Some("t".into()), login_url: None });
    let seeds = [
        sent(Action::Get(Asked::Owners { name: "n" }), &["WWW-Authenticate: Basic"], vec!["a"]),
        sent(login, &[], vec!["b", "c"]),
        sent(Action::Logout, &[], vec![]),
    ]
    .map(|request| serde_json::to_string(&request).unwrap());
    let pieces = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\\",
        "\\u0076",
        "1",
        "null",
        "\0",
        "\r",
        "\u{ff}",
        "\"v\":1,",
        "\"name\":\"x\",",
        "\"args\":[],",
        " ",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let mut both = 0;
    for round in 0..30_000 {
        let mut line = seeds[round % seeds.len()].clone();
        for _ in 0..=random(2) {
            let at = random(line.len() + 1);
            if !line.is_char_boundary(at) {
                continue;
            }
            let end = (at + random(3)).min(line.len());
            let end = if line.is_char_boundary(end) { end } else { at };
            line.replace_range(at..end, pieces[random(pieces.len())]);
        }
        let here = decode(line.as_bytes());
        let there: Result<CredentialRequest<'_>, _> = serde_json::from_str(&line);
        if let (Ok(here), Ok(there)) = (here, there) {
            both += 1;
            assert_eq!(there.v, 1, "{line}");
            assert_eq!(here.registry.url(), there.registry.index_url, "{line}");
            assert_eq!(here.registry.name.as_deref(), there.registry.name, "{line}");
            assert_eq!(here.arguments, there.args, "{line}");
            assert_eq!(here.operation.name(), there.action.to_string(), "{line}");
        }
    }
    assert!(both > 1000, "only {both} changed requests were taken by both");
}
