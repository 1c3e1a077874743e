//! Helpers that break the protocol, or say that they have nothing in one of many ways.

use std::time::{Duration, Instant};

use crate::{Machine, NOT_FOUND, answer};

const SERVER: &str = "registry.example:5000";
const SECRET: &str = "s3cret-of-alice";

/// A script that prints this and ends so.
fn says(text: &str, status: i32) -> String {
    format!("cat > /dev/null\nprintf '%s\\n' '{text}'\nexit {status}")
}

fn well() -> String {
    answer(SERVER, "alice", SECRET)
}

#[test]
fn each_fault_ends_the_request_with_its_reason() {
    let good = well();
    let good = good.trim_end();
    let of_other = answer("other.example", "alice", SECRET);
    let rows = [
        (
            "the sentence on standard error",
            "cat > /dev/null; echo 'credentials not found in native keychain' >&2; exit 1"
                .to_owned(),
            "ended with status 1",
        ),
        (
            "the sentence and a good end",
            says("credentials not found in native keychain", 0),
            "ended as if there were some",
        ),
        (
            "words around the sentence",
            says("Error: credentials not found in native keychain", 1),
            "Error: credentials not found",
        ),
        ("garbage", says("credentials: alice", 0), "no object of JSON"),
        (
            "half an answer",
            says(r#"{"Username":"alice","Secret":"s3cret-of-al"#, 0),
            "no object of JSON",
        ),
        ("a list", says("[]", 0), "no object of JSON"),
        ("a text", says(r#""{}""#, 0), "no object of JSON"),
        ("nothing", says("", 0), "it is empty"),
        ("no byte", "cat > /dev/null".to_owned(), "it is empty"),
        ("more on the same line", says(&format!("{good} TRAILING"), 0), "no object of JSON"),
        (
            "a key that stands there twice",
            says(&format!(r#"{{"Username":"alice","Secret":"x","Secret":"{SECRET}"}}"#), 0),
            "twice",
        ),
        ("another server", says(of_other.trim_end(), 0), "another server's"),
        (
            "another server, in capitals",
            says(&of_other.trim_end().replace("ServerURL", "SERVERURL"), 0),
            "another server's",
        ),
        (
            "two servers, in two spellings",
            says(&good.replacen('{', r#"{"serverurl":"other.example","#, 1), 0),
            "twice",
        ),
        ("a user and no secret", says(r#"{"Username":"alice"}"#, 0), "no `Secret`"),
        ("a number for a secret", says(r#"{"Username":"alice","Secret":5}"#, 0), "no `Secret`"),
        ("a failure in its own words", says("program failed", 1), "program failed"),
        ("another status", says("program failed", 7), "ended with status 7"),
        ("an answer and a bad end", says(good, 1), "ended with status 1"),
        ("a signal", "kill -KILL $$".to_owned(), "ended with status 137"),
        ("output without an end", "exec cat /dev/zero".to_owned(), "wrote more than 1048576 bytes"),
        (
            "what acts on a terminal",
            "cat > /dev/null; printf 'a\\033[31mb\\n'; exit 1".to_owned(),
            "a\\u{1b}[31mb",
        ),
    ];
    for (fault, script, reason) in rows {
        let machine = Machine::with_helper(&script);
        let output = machine.get(SERVER).exits_with(1);
        assert!(output.stdout.contains(reason), "{fault}: expected {reason}\n{output}");
        assert_ne!(output.stdout, NOT_FOUND, "{fault}");
        let _ = output.says("docker-credential-odd").nowhere_has(SECRET);
    }
    // The twin.
    let _ = Machine::with_helper(&says(good, 0)).get(SERVER).succeeds().prints(&well());
}

#[test]
fn a_helper_has_nothing_in_each_of_these_ways() {
    for (way, script) in [
        ("docker's sentence", says("credentials not found in native keychain", 1)),
        ("with white space and another status", "cat > /dev/null; printf '\\r\\n  credentials not found in native keychain \\r\\n\\r\\n'; exit 7".to_owned()),
        ("an empty object", says("{}", 0)),
        ("empty texts, as of the helper for pass", says(&format!(r#"{{"ServerURL":"{SERVER}","Username":"","Secret":""}}"#), 0)),
        ("without reading the server", "echo 'credentials not found in native keychain'; exit 1".to_owned()),
    ] {
        let output = Machine::with_helper(&script).get(SERVER).exits_with(1);
        assert_eq!(output.stdout, NOT_FOUND, "{way}\n{output}");
    }
}

#[test]
fn what_is_odd_and_allowed_is_taken_as_docker_takes_it() {
    for (way, script) in [
        ("no server", says(&format!(r#"{{"Username":"alice","Secret":"{SECRET}"}}"#), 0)),
        (
            "an empty server",
            says(&format!(r#"{{"ServerURL":"","Username":"alice","Secret":"{SECRET}"}}"#), 0),
        ),
        (
            "small letters",
            says(&format!(r#"{{"username":"alice","secret":"{SECRET}","extra":1}}"#), 0),
        ),
        (
            "several lines",
            says(&format!("{{\n  \"Username\": \"alice\",\n  \"Secret\": \"{SECRET}\"\n}}\n"), 0),
        ),
        ("a line behind it", says(&format!("{}\nTRAILING", well().trim_end()), 0)),
        (
            "another spelling of the server",
            says(
                &format!(
                    r#"{{"ServerURL":"https://{SERVER}/","Username":"alice","Secret":"{SECRET}"}}"#
                ),
                0,
            ),
        ),
        ("without reading the server", format!("printf '%s' '{}'", well().trim_end())),
        ("with words on standard error", format!("echo hello >&2\n{}", says(well().trim_end(), 0))),
    ] {
        let output = Machine::with_helper(&script).get(SERVER);
        assert_eq!(output.stdout, well(), "{way}\n{output}");
        let _ = output.succeeds().never_says(SECRET);
    }
}

/// An identity token is marked by a name that Go's JSON escapes.
#[test]
fn an_identity_token_keeps_its_mark_in_either_spelling() {
    for mark in [r"\u003ctoken\u003e", "<token>"] {
        let script = says(&format!(r#"{{"Username":"{mark}","Secret":"refresh-1"}}"#), 0);
        let output = Machine::with_helper(&script).get(SERVER).succeeds();
        let answered = output.json();
        assert_eq!(answered["Username"], "<token>");
        assert_eq!(answered["Secret"], "refresh-1");
    }
}

#[test]
fn a_helper_that_hangs_is_ended_with_all_that_it_started() {
    let machine = Machine::with_helper("sleep 300 &\necho $! > ~/left\nwait");
    let start = Instant::now();
    let output = machine.get(SERVER).exits_with(1).says("docker-credential-odd");
    let took = start.elapsed();
    assert!(output.stdout.contains("60"), "{output}");
    assert!(took > Duration::from_secs(50) && took < Duration::from_secs(90), "{took:?}");
    let left = format!("/proc/{}/status", machine.seen("left").trim());
    let lives = || {
        let status = std::fs::read_to_string(&left).unwrap_or_default();
        status.contains("\nState:") && !status.contains("State:\tZ")
    };
    while lives() {
        assert!(start.elapsed().as_secs() < 100, "it still lives");
        std::thread::sleep(Duration::from_millis(10));
    }
}
