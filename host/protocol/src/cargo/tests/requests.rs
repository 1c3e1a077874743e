//! Each kind of request, and each way of not being one.

use lockgate_core::{Artifact, Operation, Purpose, Request};

use super::super::{RequestError, decode};
use super::refused;

const INDEX: &str = "sparse+https://h.example/i/";

fn request(rest: &str) -> Result<Request, RequestError> {
    decode(format!(r#"{{"v":1,"registry":{{"index-url":"{INDEX}"}},{rest}}}"#).as_bytes())
}

fn artifact(checksum: Option<&str>) -> Artifact {
    let checksum = checksum.map(ToOwned::to_owned);
    Artifact { name: "foo".into(), version: "0.1.0".into(), checksum }
}

fn purpose(rest: &str) -> Purpose {
    match request(rest).unwrap().operation {
        Operation::Get(purpose) => purpose,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_purpose_of_get() {
    let sum = "9b9cd4d1bd0c1ab8bc9a3d7cf0a4b3d9f7d9d6d5f1c9ab3d0a6f7f2d8b7a6c5d";
    let publish = format!(
        r#""kind":"get","operation":"publish","name":"foo","vers":"0.1.0","cksum":"{sum}""#
    );
    assert_eq!(purpose(&publish), Purpose::Publish(artifact(Some(sum))));
    for (rest, expected) in [
        (r#""kind":"get","operation":"read""#, Purpose::Read),
        (
            r#""kind":"get","operation":"publish","name":"foo","vers":"0.1.0""#,
            Purpose::Publish(artifact(None)),
        ),
        (
            r#""kind":"get","operation":"yank","name":"foo","vers":"0.1.0""#,
            Purpose::Yank(artifact(None)),
        ),
        (
            r#""vers":"0.1.0","name":"foo","operation":"unyank","kind":"get""#,
            Purpose::Unyank(artifact(None)),
        ),
        (r#""kind":"get","operation":"owners","name":"foo""#, Purpose::Owners("foo".into())),
        (r#""kind":"get","operation":"renew","name":7,"vers":[]"#, Purpose::Other("renew".into())),
    ] {
        assert_eq!(purpose(rest), expected, "{rest}");
    }
}

#[test]
fn login_and_logout() {
    let login = |rest: &str| match request(rest).unwrap().operation {
        Operation::Login(input) => input,
        other => panic!("{other:?}"),
    };
    let full = login(r#""kind":"login","token":"s3cret","login-url":"https://h.example/me""#);
    assert_eq!(full.secret.unwrap().expose(), b"s3cret");
    assert_eq!(full.link.unwrap(), "https://h.example/me");
    assert_eq!(full.identity, None);
    let bare = login(r#""kind":"login""#);
    assert!(bare.secret.is_none() && bare.link.is_none());
    let null = login(r#""kind":"login","token":null,"login-url":null"#);
    assert!(null.secret.is_none() && null.link.is_none());
    let escaped = login(r#""kind":"login","token":"a\"\\\/\u00e9\ud83d\ude00""#);
    assert_eq!(escaped.secret.unwrap().expose_text(), Some("a\"\\/é😀"));
    // Judged with the client's rules later on, where cargo's words for it are.
    assert!(login(r#""kind":"login","token":"""#).secret.unwrap().is_empty());
    assert!(matches!(request(r#""kind":"logout""#).unwrap().operation, Operation::Logout));
}

#[test]
fn registry_and_arguments() {
    let line = r#"{"v":1,"registry":{"index-url":"https://github.com/rust-lang/crates.io-index",
        "name":"crates-io","later":{}},"kind":"get","operation":"read","args":["corp-sso","-x",""]}"#;
    let request = decode(line.as_bytes()).unwrap();
    assert_eq!(request.registry.url(), "https://github.com/rust-lang/crates.io-index");
    assert!(request.registry.is_crates_io());
    assert_eq!(request.registry.name.as_deref(), Some("crates-io"));
    assert_eq!(request.arguments, ["corp-sso", "-x", ""]);

    let bare = super::requests::request(r#""kind":"logout""#).unwrap();
    assert_eq!(bare.registry.url(), INDEX);
    assert_eq!(bare.registry.name, None);
    assert!(bare.registry.challenges.is_empty() && bare.arguments.is_empty());
}

#[test]
fn of_the_headers_only_challenges_are_kept() {
    let line = r#"{"v":1,"registry":{"index-url":"https://h/","headers":[
        "Content-Type: text/plain", "WWW-Authenticate:  Cargo login_url=\"https://h/me\" ",
        "www-authenticate: Basic\trealm=a: b", "X-WWW-Authenticate: no", "no colon", "",
        "Set-Cookie: \u0007", "WWW-AUTHENTICATE:"]},"kind":"get","operation":"read"}"#;
    assert_eq!(
        decode(line.as_bytes()).unwrap().registry.challenges,
        ["Cargo login_url=\"https://h/me\"", "Basic\trealm=a: b", ""]
    );
}

#[test]
fn white_space_of_json_and_unknown_fields_do_not_matter() {
    for line in [
        "\t { \"v\" : 1 , \"registry\":{\"index-url\":\"https://h/\"},\"kind\":\"logout\"} \r",
        r#"{"x":[{"v":2}],"v":1,"registry":{"index-url":"https://h/","v":2},"kind":"logout","x":1}"#,
    ] {
        assert!(decode(line.as_bytes()).is_ok(), "{line}");
    }
}

#[test]
fn kinds_of_the_future_are_told_apart_from_mistakes() {
    for line in [
        r#"{"v":1,"registry":{"index-url":"https://h/"},"kind":"renew"}"#,
        r#"{"v":1,"registry":{"index-url":"https://h/"},"kind":"GET","operation":"read"}"#,
        r#"{"v":1,"registry":[],"kind":"renew","name":{},"args":"x"}"#,
        r#"{"v":1,"kind":7}"#,
        r#"{"v":1,"kind":{"get":"read"}}"#,
    ] {
        let result = decode(line.as_bytes());
        assert!(matches!(result, Err(RequestError::UnsupportedOperation)), "{line}: {result:?}");
    }
}

#[test]
fn what_is_no_request_says_why() {
    let whole = "the client's request is not one well-formed JSON object: ";
    let registry = "`index-url` of the client's request does not name a registry: ";
    for (line, why) in [
        ("", "the client's request is not a JSON object"),
        ("null", "the client's request is not a JSON object"),
        (r#"[1,{"index-url":"https://h/"},"logout"]"#, "the client's request is not a JSON object"),
        ("{", &format!("{whole}EOF while parsing an object at line 1 column 1")),
        ("{}", "the client's request has no `v`"),
        (r#"{"v":null}"#, "the client's request has no `v`"),
        (r#"{"v":2,"kind":7,"registry":"x"}"#, "unsupported protocol version 2"),
        (r#"{"v":0}"#, "unsupported protocol version 0"),
        (r#"{"v":"1"}"#, "`v` of the client's request is not a whole number"),
        (r#"{"v":1.0}"#, "`v` of the client's request is not a whole number"),
        (r#"{"v":-1}"#, "`v` of the client's request is not a whole number"),
        (r#"{"v":[1]}"#, "`v` of the client's request is not a whole number"),
        (r#"{"v":1}"#, "the client's request has no `kind`"),
        (r#"{"v":1,"kind":"logout"}"#, "the client's request has no `registry`"),
        (
            r#"{"v":1,"kind":"logout","registry":"https://h/"}"#,
            "`registry` of the client's request is not an object",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":["https://h/"]}"#,
            "`registry` of the client's request is not an object",
        ),
        (r#"{"v":1,"kind":"logout","registry":{}}"#, "the client's request has no `index-url`"),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":7}}"#,
            "`index-url` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":""}}"#,
            &format!("{registry}the registry URL is empty"),
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"h/i"}}"#,
            "`index-url` of the client's request is not an absolute URL: relative URL without a base",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/\n"}}"#,
            &format!("{registry}the registry URL contains a control character"),
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://u:p@h/"}}"#,
            &format!("{registry}registry URLs may not contain passwords"),
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/","name":"a\u001bb"}}"#,
            "`registry.name` of the client's request contains a control character",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/","headers":"x"}}"#,
            "`headers` of the client's request is not a list of strings",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/","headers":[1]}}"#,
            "`headers` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/"},"args":{}}"#,
            "`args` of the client's request is not a list of strings",
        ),
        (
            r#"{"v":1,"kind":"logout","registry":{"index-url":"https://h/"},"args":[null]}"#,
            "`args` of the client's request is not a string",
        ),
        (r#"{"v":1,"kind":"get"}"#, "the client's request has no `operation`"),
        (
            r#"{"v":1,"kind":"get","operation":{}}"#,
            "`operation` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"get","operation":"re\u0000ad"}"#,
            "`operation` of the client's request contains a control character",
        ),
        (r#"{"v":1,"kind":"get","operation":"owners"}"#, "the client's request has no `name`"),
        (
            r#"{"v":1,"kind":"get","operation":"yank","name":"foo"}"#,
            "the client's request has no `vers`",
        ),
        (
            r#"{"v":1,"kind":"get","operation":"publish","name":"foo","vers":"1","cksum":7}"#,
            "`cksum` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"get","operation":"owners","name":"a\u009bb"}"#,
            "`name` of the client's request contains a control character",
        ),
        (r#"{"v":1,"kind":"login","token":7}"#, "`token` of the client's request is not a string"),
        (
            r#"{"v":1,"kind":"login","token":["x"]}"#,
            "`token` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"login","token":"\ud800"}"#,
            "`token` of the client's request is not a string",
        ),
        (
            r#"{"v":1,"kind":"login","login-url":"http://h/me"}"#,
            "the login address that the registry gives cannot be used; its operator can correct it: it is neither an https address nor an http address of this machine",
        ),
    ] {
        assert_eq!(refused(line), why, "{line}");
    }
}
