use std::error::Error;

use super::{RequestError, StoreRequest, decode_server, decode_store};

const SERVER: &str = "https://registry.example.com/v1/";

fn told(error: &RequestError) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}

#[track_caller]
fn stored(input: &str, server: &str, user: &str, kept: &str) {
    let request = decode_store(input.as_bytes());
    let StoreRequest { registry, username, secret } =
        request.unwrap_or_else(|error| panic!("{input}: {}", told(&error)));
    let all = (registry.url(), username.as_str(), secret.expose_text().unwrap());
    assert_eq!(all, (server, user, kept), "{input}");
}

/// What is said of an input that must not be taken.
#[track_caller]
fn refused(input: impl AsRef<[u8]>) -> String {
    let input = input.as_ref();
    match decode_store(input) {
        Ok(request) => panic!("{} was taken: {request:?}", input.escape_ascii()),
        Err(error) => told(&error),
    }
}

#[test]
fn what_docker_sends_is_stored() {
    let line = "{\"ServerURL\":\"127.0.0.1:5101\",\"Username\":\"alice\",\"Secret\":\"s3cret\"}\n";
    stored(line, "127.0.0.1:5101", "alice", "s3cret");
}

#[test]
fn however_the_object_is_written() {
    for input in [
        format!(
            "{{\n\t\"ServerURL\": \"{SERVER}\",\r\n\t\"Username\": \"foo\",\n\n\"Secret\": \"bar\"\n}}\n"
        ),
        format!(r#"{{"serverurl":"{SERVER}","USERNAME":"foo","sEcReT":"bar"}}"#),
        format!(r#"{{"\u017ferverURL":"{SERVER}","U\u017fername":"foo","Secret":"bar"}}"#),
        format!(
            r#"{{"ServerURL":"{SERVER}","Username":"foo","Secret":"bar","extra":[{{"Secret":1}}]}}"#
        ),
        format!(
            r#"{{"Secret":"x","ServerURL":"y","Username":"z","secret":"bar","ServerURL":"{SERVER}","username":"foo"}}"#
        ),
        format!(r#"{{"ServerURL":"{SERVER}","Username":"foo","Secret":"bar","secret":null}}"#),
        format!(r#"{{"ServerURL":"{SERVER}","Username":"foo","Secret":"bar"}} TRAILING {{"#),
        format!(
            "{{\"ServerURL\":\"{SERVER}\",\"Username\":\"foo\",\"Secret\":\"bar\"}}\n{{\"Secret\":\"2\"}}"
        ),
        format!(r#"{{"ServerURL":" {SERVER}\n","Username":"foo","Secret":"bar"}}"#),
    ] {
        stored(&input, SERVER, "foo", "bar");
    }
}

#[test]
fn the_marker_of_identity_tokens_is_one_in_either_escaping() {
    for marker in ["<token>", r"\u003ctoken\u003e", r"\u003Ctoken>"] {
        let input = format!(r#"{{"ServerURL":"h","Username":"{marker}","Secret":"t"}}"#);
        stored(&input, "h", "<token>", "t");
    }
}

#[test]
fn a_secret_is_any_text_and_may_be_missing() {
    for (json, secret) in [
        (r#""""#, ""),
        ("null", ""),
        (r#"" a\"\\\/\n\r\t\u0001<>&\u003cü\ud83e\udd80 ""#, " a\"\\/\n\r\t\u{1}<>&<ü🦀 "),
    ] {
        let input = format!(r#"{{"ServerURL":"h","Username":"u","Secret":{json}}}"#);
        stored(&input, "h", "u", secret);
    }
    stored(r#"{"ServerURL":"h","Username":"u"}"#, "h", "u", "");
    let long = "x".repeat(1 << 20);
    let input = format!(r#"{{"ServerURL":"h","Username":"u","Secret":"{long}"}}"#);
    stored(&input, "h", "u", &long);
}

#[test]
fn the_server_is_judged_before_the_user() {
    for input in [
        "{}",
        r#"{"ServerURL":"","Username":"","Secret":""}"#,
        r#"{"ServerURL":"","Username":"u","Secret":"s"}"#,
        r#"{"ServerURL":" \n\t","Username":"u","Secret":"s"}"#,
        r#"{"ServerURL":null,"Username":null,"Secret":null}"#,
    ] {
        assert_eq!(refused(input), "no credentials server URL", "{input}");
    }
    for input in [r#"{"ServerURL":"h"}"#, r#"{"ServerURL":"h","Username":"","Secret":"s"}"#] {
        assert_eq!(refused(input), "no credentials username", "{input}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let whole =
        "the client's request is not a JSON object with `ServerURL`, `Username` and `Secret`";
    for input in ["", " \n", "junk", "\"s\"", "null", "[{}]", "17", "\u{feff}{}", "\0{}"] {
        assert_eq!(refused(input), whole, "{input:?}");
    }
    for input in ["{", "{]", r#"{"ServerURL"}"#, r#"{"ServerURL":"a"#, r#"{ServerURL:"a"}"#] {
        let told = refused(input);
        assert!(told.starts_with("the client's request is not well-formed JSON: "), "{told}");
    }
    // A line end inside of a string is none that was taken out.
    assert!(refused("{\"ServerURL\":\"m\nl\",\"Username\":\"u\"}").contains("control character"));
}

#[test]
fn another_type_is_refused_by_its_field() {
    for field in ["ServerURL", "Username", "Secret"] {
        for wrong in ["1", "true", "[]", "{}", r#""\ud800""#] {
            let input = format!(r#"{{"{}":{wrong}}}"#, field.to_lowercase());
            let expected = format!("`{field}` of the client's request is not a string");
            assert_eq!(refused(&input), expected, "{input}");
        }
        let mut input = format!("{{\"{field}\":\"a").into_bytes();
        input.extend_from_slice(b"\xff\"}");
        let told = refused(&input);
        assert!(told.contains("the client's request is not"), "{told}");
    }
}

#[test]
fn no_error_quotes_the_secret() {
    for input in [
        r#"{"Secret":"hunter2","ServerURL":1}"#,
        r#"{"Secret":"hunter2","hunter2"}"#,
        r#"{"Secret":{"hunter2":1},"ServerURL":"h","Username":"u"}"#,
        r#"{"ServerURL":"hunter2\u0000","Username":"u"}"#,
        r#"{"ServerURL":"h","Username":"hunter2\u0000"}"#,
        r#""hunter2""#,
        "hunter2",
        r#"{"Secret":"hunter2"#,
    ] {
        assert!(!refused(input).contains("hunter2"), "{input}");
    }
}

#[test]
fn a_server_is_taken_without_the_white_space_around_it() {
    for input in
        ["h:5000", "h:5000\n", "h:5000\r\n", " \n\th:5000 \u{a0}\n\n", "\u{2003}h:5000\u{85}"]
    {
        assert_eq!(decode_server(input.as_bytes()).unwrap().url(), "h:5000", "{input:?}");
    }
    for exact in ["https://Index.Docker.io/v1/", "//host:1?q#f", "a b", "é", "\u{202e}x"] {
        assert_eq!(decode_server(exact.as_bytes()).unwrap().url(), exact);
    }
}

#[test]
fn no_server_is_told_in_dockers_words() {
    for input in ["", "\n", "\r\n", " \t\n \u{a0}"] {
        let error = decode_server(input.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "no credentials server URL", "{input:?}");
    }
}

/// docker's library takes line ends out, and looks for a server that nobody named.
#[test]
fn a_server_of_two_lines_is_none() {
    for input in ["m\nl", "good.exa\r\nmple.com", "a\rb", "a\0b", "\0a", "a\u{9b}b", "a\u{7f}"] {
        let error = decode_server(input.as_bytes()).unwrap_err();
        assert_eq!(
            told(&error),
            "the server in the client's request cannot be used: the registry URL contains a \
             control character",
            "{input:?}"
        );
        let quoted = serde_json::to_string(input).unwrap();
        let store = format!(r#"{{"ServerURL":{quoted},"Username":"u","Secret":"s"}}"#);
        assert_eq!(refused(store), told(&error));
    }
    assert!(matches!(decode_server(b"a\xff"), Err(RequestError::NotUtf8(_))));
    assert!(matches!(decode_server(&[b'a'; 5000]), Err(RequestError::Server(_))));
}

#[test]
fn a_user_of_two_lines_is_none() {
    for user in [r"a\nb", r"a\u0000", r"\u009b"] {
        let input = format!(r#"{{"ServerURL":"h","Username":"{user}","Secret":"s"}}"#);
        let told = refused(&input);
        assert!(told.starts_with("the user in the client's request cannot be used: "), "{told}");
    }
    stored(r#"{"ServerURL":"h","Username":" a:b/../c ","Secret":"s"}"#, "h", " a:b/../c ", "s");
}

#[test]
fn deep_nesting_ends_without_harm() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let ignored = format!(r#"{{"x":{deep},"ServerURL":"h","Username":"u","Secret":"s"}}"#);
    stored(&ignored, "h", "u", "s");
    let told = refused(format!(r#"{{"ServerURL":{deep},"Username":"u","Secret":"s"}}"#));
    assert_eq!(told, "`ServerURL` of the client's request is not a string");
}
