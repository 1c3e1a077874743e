//! Input that means harm.

use super::super::{MAX_REQUEST, RequestError, decode, encode_refusal, read_line};
use super::{refused, told};

const START: &str = r#"{"v":1,"registry":{"index-url":"https://h/"},"kind":"logout""#;

fn accepted(line: &str) -> bool {
    decode(line.as_bytes()).is_ok()
}

fn strings(count: usize, text: &str) -> String {
    serde_json::to_string(&vec![text; count]).unwrap()
}

#[test]
fn one_object_on_one_line_and_nothing_else() {
    assert!(accepted(&format!("{START}}}")));
    for after in ["{}", "x", "\0", "]", "\u{feff}"] {
        let why = refused(format!("{START}}}{after}"));
        assert!(why.contains("trailing characters"), "{after:?}: {why}");
    }
    let whole = "the client's request is not a JSON object";
    for before in ["\0", "\u{feff}", "x", ","] {
        assert_eq!(refused(format!("{before}{START}}}")), whole, "{before:?}");
    }
}

#[test]
fn two_requests_on_one_line_are_none_and_on_two_lines_two() {
    let two = format!("{START}}}{START}}}\n{START}}}\n");
    let mut reader = two.as_bytes();
    let first = read_line(&mut reader).unwrap().unwrap();
    assert!(refused(&*first).contains("trailing characters"));
    assert!(decode(&read_line(&mut reader).unwrap().unwrap()).is_ok());
    assert!(read_line(&mut reader).unwrap().is_none());
}

#[test]
fn control_bytes_and_broken_text() {
    for byte in (0..0x20_u8).chain([b'"']) {
        let line = [START.as_bytes(), b",\"args\":[\"a", &[byte], b"b\"]}"].concat();
        assert!(refused(line).contains("not one well-formed JSON object"), "{byte:#x}");
    }
    for broken in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf"] {
        for place in [&b",\"ignored\":\""[..], b",\"args\":[\""] {
            let line = [START.as_bytes(), place, broken].concat();
            assert!(refused(line).starts_with("the client's request is not UTF-8"), "{broken:?}");
        }
    }
}

#[test]
fn a_known_key_comes_once_however_it_is_spelt() {
    for (twin, key) in [
        (r#""v":1"#, "v"),
        (r#""\u0076":1"#, "v"),
        (r#""kind":"login""#, "kind"),
        (r#""registry":{"index-url":"https://other/"}"#, "registry"),
        (r#""args":[],"args":["x"]"#, "args"),
        (r#""token":"a","token":"b""#, "token"),
        (r#""login-url":null,"login-url":"https://h/""#, "login-url"),
        (r#""operation":"read","operation":"read""#, "operation"),
    ] {
        let why = refused(format!("{START},{twin}}}"));
        assert!(why.contains(&format!("duplicate field `{key}`")), "{twin}: {why}");
    }
    let inside =
        r#"{"v":1,"kind":"logout","registry":{"index-url":"https://a/","index-url":"https://b/"}}"#;
    assert!(refused(inside).contains("duplicate field `index-url`"));
    assert!(accepted(&format!(r#"{START},"unknown":1,"unknown":2}}"#)));
}

#[test]
fn depth_does_not_overflow_the_stack() {
    let depth = 100_000;
    let bomb = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let open = "[".repeat(depth);
    let objects = format!("{}1{}", "{\"v\":".repeat(depth / 4), "}".repeat(depth / 4));
    for field in ["registry", "args", "operation", "token", "v"] {
        for value in [&bomb, &open, &objects] {
            refused(format!(r#"{{"v":1,"{field}":{value}}}"#));
            refused(format!(r#"{{"kind":"login","{field}":{value}}}"#));
        }
    }
    refused(format!(r#"{{"v":1,"kind":"logout","registry":{{"index-url":{bomb}}}}}"#));
    refused(format!(r#"{{"v":1,"kind":"logout","registry":{{"headers":{bomb}}}}}"#));
    for value in [&bomb, &open, &objects] {
        refused(value);
    }
    assert!(accepted(&format!(r#"{START},"ignored":{bomb}}}"#)));
}

#[test]
fn huge_numbers_are_no_versions() {
    for number in ["1e999999999", "1e0", "18446744073709551616", &"9".repeat(100_000)] {
        let why = refused(format!(r#"{{"v":{number}}}"#));
        assert_eq!(why, "`v` of the client's request is not a whole number");
    }
    assert_eq!(
        refused(r#"{"v":18446744073709551615}"#),
        "unsupported protocol version 18446744073709551615"
    );
}

#[test]
fn words_have_bounds() {
    let with = |words: &str| format!(r#"{START},"args":{words}}}"#);
    assert!(accepted(&with(&strings(64, "a"))));
    assert_eq!(
        refused(with(&strings(65, "a"))),
        "`args` of the client's request has more than 64 entries"
    );
    assert!(accepted(&with(&strings(1, &"a".repeat(4096)))));
    assert_eq!(
        refused(with(&strings(1, &"a".repeat(4097)))),
        "`args` of the client's request is longer than 4096 bytes"
    );
}

#[test]
fn texts_have_bounds() {
    let long = "a".repeat(4097);
    for (rest, field) in [
        (format!(r#""kind":"get","operation":"{long}""#), "operation"),
        (format!(r#""kind":"get","operation":"owners","name":"{long}""#), "name"),
        (format!(r#""kind":"get","operation":"yank","name":"a","vers":"{long}""#), "vers"),
        (
            format!(r#""kind":"get","operation":"publish","name":"a","vers":"1","cksum":"{long}""#),
            "cksum",
        ),
        (
            format!(r#""kind":"logout","registry":{{"index-url":"https://h/","name":"{long}"}}"#),
            "registry.name",
        ),
    ] {
        assert_eq!(
            refused(format!(r#"{{"v":1,{rest}}}"#)),
            format!("`{field}` of the client's request is longer than 4096 bytes")
        );
    }
    let url = format!(r#"{{"v":1,"kind":"logout","registry":{{"index-url":"https://{long}"}}}}"#);
    assert!(refused(url).ends_with("the registry URL is longer than 4096 bytes"));
}

#[test]
fn headers_of_a_hostile_server_have_bounds() {
    let with = |headers: &str| {
        format!(
            r#"{{"v":1,"kind":"logout","registry":{{"index-url":"https://h/","headers":{headers}}}}}"#
        )
    };
    let challenge = |length: usize| format!("WWW-Authenticate: {}", "a".repeat(length));
    assert!(accepted(&with(&strings(256, "X: y"))));
    assert!(accepted(&with(&strings(1, &format!("X: {}", "y".repeat(500_000))))));
    assert!(accepted(&with(&strings(16, &challenge(8192)))));
    for (headers, why) in [
        (strings(257, "X: y"), "`headers` of the client's request has more than 256 entries"),
        (strings(10_000, "X: y"), "`headers` of the client's request has more than 256 entries"),
        (
            strings(17, &challenge(1)),
            "`WWW-Authenticate` of the client's request has more than 16 entries",
        ),
        (
            strings(1, &challenge(8193)),
            "`WWW-Authenticate` of the client's request is longer than 8192 bytes",
        ),
    ] {
        assert_eq!(refused(with(&headers)), why);
    }
    for byte in ["\\r", "\\n", "\\u0000", "\\u001b", "\\u007f", "\\u009b"] {
        let headers = format!(r#"["WWW-Authenticate: Basic{byte}X: y"]"#);
        let why = "`WWW-Authenticate` of the client's request contains a control character";
        assert_eq!(refused(with(&headers)), why, "{byte}");
    }
}

#[test]
fn a_full_line_of_anything_is_answered() {
    for unit in ["[", "{", "\"", "{\"v\":", "\\", "1", "\u{1b}", "{\"v\":1,\"token\":\"\\u0000"] {
        let line = unit.repeat(MAX_REQUEST / unit.len());
        let response = encode_refusal(&decode(line.as_bytes()).unwrap_err());
        assert!(response.len() < 1000, "{unit}: {}", response.len());
    }
}

/// A token in the right place of a broken request, or in a wrong place, or of a wrong type.
#[test]
fn no_error_quotes_a_token() {
    let token = "canary-93c1";
    for line in [
        format!(r#"{{"v":1,"kind":"login","token":"{token}"}}"#),
        format!(r#"{{"v":1,"kind":"login","token":"{token}","token":"{token}"}}"#),
        format!(r#"{{"v":1,"kind":"login","token":"{token}"#),
        format!(r#"{{"v":1,"kind":"login","token":"\u0061{token}\x"}}"#),
        format!(r#"{{"v":1,"kind":"login","token":["{token}"]}}"#),
        format!(r#"{{"v":1,"kind":"login","token":{{"{token}":1}}}}"#),
        format!(r#"{{"v":1,"kind":"login","token":{token}}}"#),
        format!(r#"{{"v":1,"kind":"{token}"}}"#),
        format!(r#"{{"v":1,"kind":["{token}"]}}"#),
        format!(r#"{{"v":"{token}"}}"#),
        format!(r#"{{"v":1,"kind":"logout","registry":"{token}"}}"#),
        format!(r#"{{"v":1,"kind":"logout","registry":{{"index-url":["{token}"]}}}}"#),
        format!(r#"{{"v":1,"kind":"logout","registry":{{"index-url":"https://u:{token}@h/"}}}}"#),
        format!(r#"{{"v":1,"kind":"logout","registry":{{"index-url":"https://u:{token}@["}}}}"#),
        format!(r#"{{"v":1,"kind":"logout","registry":{{"headers":"{token}"}}}}"#),
        format!(r#"{{"v":1,"kind":"login","login-url":"https://u:{token}@h/"}}"#),
        format!(r#"{{"v":1,"kind":"login","login-url":"{token}"}}"#),
        format!(r#""{token}""#),
        token.to_owned(),
    ] {
        let error = decode(line.as_bytes()).unwrap_err();
        let shown = format!("{} {error:?} {error:#?}", told(&error));
        assert!(!shown.contains(token), "{line}: {shown}");
        let response = encode_refusal(&error);
        assert!(!response.expose_text().unwrap().contains(token), "{line}");
    }
    let good = format!(r#"{START},"token":"{token}"}}"#).replace("logout", "login");
    let request = decode(good.as_bytes()).unwrap();
    assert!(!format!("{request:?} {request:#?}").contains(token));
    assert!(!matches!(decode(b"x"), Err(RequestError::UnsupportedOperation)));
}
