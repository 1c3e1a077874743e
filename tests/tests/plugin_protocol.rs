//! cargo's credential provider protocol, line by line, on the program itself.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use lockgate_tests::plugin::{self, Plugin, failure, get, login, request};
use lockgate_tests::{Home, memory};
use serde_json::{Value, json};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const ARGUMENTS: &[&str] = &["cargo:token"];
/// What a plugin may take at most, in KiB, however long a line it is sent; the lines here are
/// longer than that.
const MEMORY_BOUND: u64 = 64 << 10;

fn home() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home
}

fn logged_in() -> Home {
    let home = home();
    home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    home
}

fn token(token: &str) -> Value {
    json!({ "Ok": {
        "kind": "get", "token": token, "cache": "session", "operation_independent": true,
    }})
}

fn error(kind: &str) -> Value {
    json!({ "Err": { "kind": kind } })
}

#[track_caller]
fn other(answer: &Value) -> String {
    failure(answer).unwrap_or_else(|| panic!("expected an `other` error: {answer}"))
}

#[test]
fn hello_names_version_one_alone() {
    let home = home();
    let plugin = Plugin::start(&home.plugin());
    assert_eq!(plugin.hello(), &json!({ "v": [1] }));
    plugin.ends_well();
}

#[test]
fn one_process_answers_one_request_after_another() {
    let home = home();
    let mut plugin = Plugin::start(&home.plugin());
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS)), error("not-found"));
    assert_eq!(
        plugin.ask(&login(INDEX, " cargo login abc ", ARGUMENTS)),
        json!({ "Ok": { "kind": "login" } })
    );
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS)), token("abc"));
    assert_eq!(
        plugin.ask(&request("logout", INDEX, ARGUMENTS)),
        json!({ "Ok": { "kind": "logout" } })
    );
    assert_eq!(plugin.ask(&request("logout", INDEX, ARGUMENTS)), error("not-found"));
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS)), error("not-found"));
    plugin.ends_well();
}

/// On standard error, since standard output is the protocol's: cargo itself says nothing for a
/// provider that is not its own.
#[test]
fn a_login_and_a_logout_are_told_and_a_get_is_not() {
    let home = home();
    let told = |request: Value| {
        let mut plugin = Plugin::start(&home.plugin());
        let answer = plugin.ask(&request);
        assert!(answer.get("Ok").is_some(), "{answer}");
        plugin.end().succeeds()
    };
    let login = told(login(INDEX, "abc", ARGUMENTS));
    assert_eq!(login.stderr, "       Login token for `corp` saved\n");
    let _ = told(get(INDEX, ARGUMENTS)).is_silent();
    let _ = told(request("logout", INDEX, ARGUMENTS))
        .says("      Logout token for `corp` has been removed from local storage\n")
        .says("note: This does not revoke the token on the registry server.\n");
}

#[test]
fn every_operation_is_served_by_the_same_token() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    for (operation, fields) in [
        ("read", json!({})),
        ("publish", json!({ "name": "a", "vers": "1.0.0", "cksum": "00" })),
        ("yank", json!({ "name": "a", "vers": "1.0.0" })),
        ("unyank", json!({ "name": "a", "vers": "1.0.0" })),
        ("owners", json!({ "name": "a" })),
        ("of-the-future", json!({ "name": "a" })),
    ] {
        let mut request = get(INDEX, ARGUMENTS);
        request["operation"] = json!(operation);
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(plugin.ask(&request), token("abc"), "{operation}");
    }
    plugin.ends_well();
}

#[test]
fn headers_and_unknown_fields_do_no_harm() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let mut request = get(INDEX, ARGUMENTS);
    request["registry"]["headers"] =
        json!(["WWW-Authenticate: Cargo login_url=\"https://a/\"", "www-authenticate: Basic"]);
    request["registry"]["of-the-future"] = json!({ "a": [1] });
    request["of-the-future"] = json!(null);
    assert_eq!(plugin.ask(&request), token("abc"));
    plugin.ends_well();
}

#[test]
fn an_unknown_kind_is_an_unsupported_operation() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let unknown = request("of-the-future", INDEX, ARGUMENTS);
    assert_eq!(plugin.ask(&unknown), error("operation-not-supported"));
    plugin.ends_well();
}

#[test]
fn another_version_is_refused_by_its_number() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let mut request = get(INDEX, ARGUMENTS);
    request["v"] = json!(999);
    let message = other(&plugin.ask(&request));
    assert!(message.contains("unsupported protocol version 999"), "{message}");
    plugin.ends_well();
}

#[test]
fn what_is_no_request_is_answered_with_an_error() {
    let home = logged_in();
    let wrong = [
        "this is not JSON",
        "{\"v\":1,\"registry\":",
        "[]",
        "null",
        "{}",
        "{\"v\":1,\"kind\":\"get\",\"operation\":\"read\"}",
        "{\"v\":1,\"registry\":{\"index-url\":7},\"kind\":\"get\",\"operation\":\"read\"}",
        "{\"v\":1,\"registry\":{\"index-url\":\"\"},\"kind\":\"get\",\"operation\":\"read\"}",
        "\u{feff}{}",
    ];
    for line in wrong {
        let mut plugin = Plugin::start(&home.plugin());
        plugin.send(format!("{line}\n").as_bytes());
        let message = other(&plugin.reply());
        assert!(!message.is_empty(), "{line}");
        plugin.ends_well();
    }
    let mut plugin = Plugin::start(&home.plugin());
    plugin.send(b"{\"v\":1,\xff\xfe}\n");
    other(&plugin.reply());
    plugin.ends_well();
}

#[test]
fn json_that_nests_without_end_is_an_error() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    plugin.send(&[b"[".repeat(200_000), b"\n".to_vec()].concat());
    other(&plugin.reply());
    plugin.ends_well();
}

#[test]
fn a_line_of_100_megabytes_takes_no_memory() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let watch = memory::Watch::start(plugin.id());
    let chunk = vec![b'a'; 1 << 20];
    plugin.send(b"{\"v\":1,\"x\":\"");
    for _ in 0..100 {
        plugin.send(&chunk);
    }
    plugin.send(b"\"}\n");
    let message = other(&plugin.reply());
    let _ = plugin.end().succeeds().prints("").is_silent();
    let peak = watch.stop();
    assert!(message.contains("long"), "{message}");
    assert!(peak < MEMORY_BOUND, "{peak} KiB");
}

#[test]
fn the_end_of_input_in_the_middle_is_no_crash() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    plugin.send(b"{\"v\":1,\"regis");
    let output = plugin.end().succeeds().is_silent();
    assert_eq!(output.stdout.lines().count(), 1, "{output}");
    other(&output.json());

    let mut plugin = Plugin::start(&home.plugin());
    plugin.send(get(INDEX, ARGUMENTS).to_string().as_bytes());
    let output = plugin.end().succeeds().is_silent();
    assert!(other(&output.json()).contains("ends in the middle"), "{output}");
}

#[test]
fn carriage_returns_are_white_space() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    for _ in 0..2 {
        plugin.send(format!("{}\r\n", get(INDEX, ARGUMENTS)).as_bytes());
        assert_eq!(plugin.reply(), token("abc"));
    }
    plugin.ends_well();
}

#[test]
fn requests_may_come_all_at_once() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let line = format!("{}\n", get(INDEX, ARGUMENTS));
    plugin.send(line.repeat(5).as_bytes());
    for _ in 0..5 {
        assert_eq!(plugin.reply(), token("abc"));
    }
    plugin.ends_well();
}

#[test]
fn an_unknown_provider_is_an_error_that_names_the_known_ones() {
    let home = logged_in();
    for word in ["cargo:nonsense", "corp-sso", ""] {
        let mut plugin = Plugin::start(&home.plugin());
        let message = other(&plugin.ask(&get(INDEX, &[word])));
        assert!(message.contains(&format!("`{word}`")), "{message}");
        assert!(message.contains("cargo:token"), "{message}");
        plugin.ends_well();
    }
}

#[test]
fn a_path_is_no_provider() {
    let home = logged_in();
    std::fs::write(home.project().join("evil.wasm"), b"\0asm\x0d\0\x01\0").unwrap();
    let absolute = home.project().join("evil.wasm").display().to_string();
    for word in ["./evil.wasm", "evil.wasm", "../evil.wasm", &absolute] {
        let mut plugin = Plugin::start(&home.plugin());
        let message = other(&plugin.ask(&get(INDEX, &[word])));
        assert!(message.contains(word), "{message}");
        plugin.ends_well();
    }
}

#[test]
fn escapes_in_a_provider_word_do_not_reach_the_terminal() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let message = other(&plugin.ask(&get(INDEX, &["a\u{1b}]0;owned\u{7}"])));
    assert!(!message.contains(['\u{1b}', '\u{7}']), "{message:?}");
    plugin.ends_well();
}

#[test]
fn without_arguments_the_configuration_names_the_providers() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    assert_eq!(plugin.ask(&get(INDEX, &[])), token("abc"), "cargo:token is the default");
    plugin.ends_well();

    home.write_lockgate_config("[cargo]\nproviders = [\"cargo:nonsense\"]\n");
    let mut plugin = Plugin::start(&home.plugin());
    let message = other(&plugin.ask(&get(INDEX, &[])));
    assert!(message.contains("cargo:nonsense"), "{message}");
    plugin.ends_well();
}

#[test]
fn further_words_are_the_providers_own() {
    let home = logged_in();
    let mut plugin = Plugin::start(&home.plugin());
    let words = ["cargo:token", "--nonsense", "cargo:nonsense"];
    assert_eq!(plugin.ask(&get(INDEX, &words)), token("abc"), "cargo:token ignores arguments");
    plugin.ends_well();
}

#[test]
fn each_bad_token_is_refused_and_nothing_is_kept() {
    let home = home();
    let mut plugin = Plugin::start(&home.plugin());
    for (given, words) in [
        (" \t ", "please provide a non-empty token"),
        ("cargo login", "please provide a non-empty token"),
        ("a\u{16}", "token contains invalid characters"),
        ("caf\u{e9}", "token contains invalid characters"),
        ("a\nb", "token contains invalid characters"),
    ] {
        let message = other(&plugin.ask(&login(INDEX, given, ARGUMENTS)));
        assert!(message.contains(words), "{given:?}: {message}");
    }
    assert_eq!(plugin.ask(&get(INDEX, ARGUMENTS)), error("not-found"));
    plugin.ends_well();
}

#[test]
fn a_registry_url_with_control_characters_is_refused() {
    let home = logged_in();
    for url in ["sparse+https://a/\nhost=b/", "not a url", "sparse+https://user:word@a/"] {
        let mut plugin = Plugin::start(&home.plugin());
        let answer = plugin.ask(&get(url, ARGUMENTS));
        let message = other(&answer);
        assert!(!message.contains('\n') || !message.contains("\nhost=b"), "{message:?}");
        plugin.ends_well();
    }
}

/// Descriptor 1 would otherwise be the next file that is opened: the store itself.
#[test]
fn a_closed_standard_output_is_not_written_over_a_file() {
    let home = logged_in();
    let request = format!("{}\n", login(INDEX, "new", ARGUMENTS));
    let closed = home.plugin().under(["sh", "-c", "exec \"$@\" >&-", "sh"]).stdin(request).run();
    assert!(closed.status.code().is_some(), "{closed}");
    let _ = closed.nowhere_has("panicked");
    for (path, content) in home.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("{\"v\":[1]}"), "{}: {text}", path.display());
    }
    let credentials = home.read_credentials();
    assert!(credentials.starts_with("[registries.corp]\ntoken = "), "{credentials}");
}

#[test]
fn a_closed_standard_input_is_the_end_of_requests() {
    let home = logged_in();
    let closed = home.plugin().under(["sh", "-c", "exec \"$@\" <&-", "sh"]).run();
    let _ = closed.succeeds().prints("{\"v\":[1]}\n").is_silent();
}

#[test]
fn a_client_that_goes_away_is_no_crash() {
    let home = logged_in();
    let request = format!("{}\n", get(INDEX, ARGUMENTS)).repeat(100);
    let gone = home.plugin().under(["sh", "-c", "\"$@\" | true", "sh"]).stdin(request).run();
    let _ = gone.succeeds().nowhere_has("panicked");
}

#[test]
fn another_way_of_starting_is_a_usage_error() {
    let home = logged_in();
    for arguments in [&[][..], &["--cargo-plugin", "more"], &["get"]] {
        let run = home.run(home.programs().join("cargo-credential-lockgate")).args(arguments);
        let output = run.run();
        assert!(output.status.code().is_some_and(|code| code != 0), "{output}");
        assert!(!output.stderr.is_empty(), "{output}");
    }
}

#[test]
fn the_driver_sees_what_it_should() {
    assert_eq!(plugin::failure(&error("not-found")), None);
    let answer = json!({ "Err": { "kind": "other", "message": "a", "caused-by": ["b"] } });
    assert_eq!(plugin::failure(&answer).as_deref(), Some("a\nb"));
}
