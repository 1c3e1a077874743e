use std::path::Path;
use std::time::Duration;

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use lockgate_core::Secret;

use super::{NewAuth, mark, remove_auth, set_auth, set_helper};
use crate::docker::DockerConfig;

/// Long enough for some thousand files, short enough for everybody's patience.
const BUDGET: Duration = Duration::from_millis(700);

fn path() -> &'static Path {
    Path::new("/c/config.json")
}

/// The text after an edit, which may be the text before it.
fn done(text: &str, edited: super::Changed) -> String {
    edited.unwrap().map_or_else(|| text.to_owned(), |text| text.to_string())
}

fn login(text: &str, key: &str, username: &str, password: &str) -> String {
    let (username, password) = (Secret::from(username), Secret::from(password));
    let auth =
        NewAuth { username: Some(&username), password: Some(&password), identity_token: None };
    done(text, set_auth(text, path(), key, &auth))
}

fn helper(text: &str, host: Option<&str>, suffix: Option<&str>) -> String {
    done(text, set_helper(text, path(), host, suffix))
}

/// What docker 28.2.2 wrote for each of these.
#[test]
fn a_new_file_looks_as_docker_writes_it() {
    let one = "{\n\t\"auths\": {\n\t\t\"h\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t}\n\t}\n}";
    for text in ["", " \n", "null"] {
        assert_eq!(login(text, "h", "a", "b"), one);
    }
    assert_eq!(login("{}", "h", "a", "b"), one);
    assert_eq!(login("{\n\t\"auths\": {}\n}", "h", "a", "b"), one);
    let token = (Secret::from("a"), Secret::from("<REFRESH1>"));
    let auth = NewAuth { username: Some(&token.0), password: None, identity_token: Some(&token.1) };
    assert_eq!(
        done(one, set_auth(one, path(), "k", &auth)),
        "{\n\t\"auths\": {\n\t\t\"h\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\"k\": {\n\t\t\t\"auth\": \"YTo=\",\n\t\t\t\"identitytoken\": \"\\u003cREFRESH1\\u003e\"\n\t\t}\n\t}\n}"
    );
    assert_eq!(
        done(one, mark(one, path(), "a")),
        one.replace("\t\t\"h\"", "\t\t\"a\": {},\n\t\t\"h\"")
    );
    assert_eq!(done(one, remove_auth(one, path(), "h")), "{\n\t\"auths\": {}\n}");
    assert_eq!(
        helper("{\n\t\"auths\": {}\n}", None, Some("lockgate")),
        "{\n\t\"auths\": {},\n\t\"credsStore\": \"lockgate\"\n}"
    );
    assert_eq!(
        helper("", Some("h"), Some("lockgate")),
        "{\n\t\"credHelpers\": {\n\t\t\"h\": \"lockgate\"\n\t}\n}"
    );
}

#[test]
fn the_rest_of_a_file_stays_as_it_is_written() {
    let text = "{\r\n  \"zz\" : [1,\t2] ,\r\n  \"auths\": {\r\n    \"b\": {\"auth\":\"YTpi\", \"own\": 1},\r\n    \"d\": { }\r\n  }\r\n}\r\n";
    assert_eq!(
        login(text, "c", "a", "b"),
        text.replace(
            "    \"d\"",
            "    \"c\": {\r\n      \"auth\": \"YTpi\"\r\n    },\r\n    \"d\""
        )
    );
    assert_eq!(login(text, "b", "a", "b"), text, "it says so already");
    assert_eq!(done(text, mark(text, path(), "d")), text);
    assert_eq!(
        done(text, mark(text, path(), "b")),
        text.replace("{\"auth\":\"YTpi\", \"own\": 1}", "{}")
    );
    assert_eq!(
        done(text, remove_auth(text, path(), "b")),
        text.replace("\"b\": {\"auth\":\"YTpi\", \"own\": 1},\r\n    ", "")
    );
    assert_eq!(
        helper(text, None, Some("x")),
        text.replace("  }\r\n}", "  },\r\n  \"credsStore\": \"x\"\r\n}")
    );
    let short = "{\"psFormat\":\"{{.ID}}\\t\"}";
    assert_eq!(
        login(short, "h", "a", "b"),
        "{\"auths\": {\"h\": {\"auth\": \"YTpi\"}},\"psFormat\":\"{{.ID}}\\t\"}"
    );
}

#[test]
fn what_is_there_twice_is_there_once_after_a_change() {
    let text = "{\"auths\": {\"h\": {\"auth\": \"YTpi\"}, \"k\": {}, \"h\": {\"auth\": \"YTpi\"}}, \"Auths\": {\"h\": {\"auth\": \"YTpj\"}}}";
    assert_eq!(
        login(text, "h", "a", "d"),
        "{\"auths\": {\"k\": {}}, \"Auths\": {\"h\": {\"auth\": \"YTpk\"}}}"
    );
    assert_eq!(
        done(text, remove_auth(text, path(), "h")),
        "{\"auths\": {\"k\": {}}, \"Auths\": {}}"
    );
    let store = "{\"credsStore\": \"a\", \"x\": 1, \"CredsStore\": \"b\"}";
    assert_eq!(helper(store, None, Some("c")), "{\"x\": 1, \"CredsStore\": \"c\"}");
    assert_eq!(helper(store, None, None), "{\"x\": 1}");
}

/// The `null` takes back what stands before it; in its place a new object would bring that again.
#[test]
fn a_change_that_would_change_more_is_not_made() {
    let text = "{\"auths\": {\"k\": {\"auth\": \"YTpi\"}}, \"auths\": null}";
    let error = mark(text, path(), "h").unwrap_err().to_string();
    assert!(
        error.starts_with("docker's configuration `/c/config.json` is written in a way"),
        "{error}"
    );
    let fine = "{\"auths\": null, \"x\": 1}";
    assert_eq!(login(fine, "h", "a", "b"), "{\"auths\": {\"h\": {\"auth\": \"YTpi\"}}, \"x\": 1}");
}

#[test]
fn a_helper_is_set_and_taken_back() {
    let text = "{\n\t\"auths\": {}\n}";
    for host in [None, Some("h")] {
        let set = helper(text, host, Some("lockgate"));
        assert_eq!(helper(&set, host, Some("lockgate")), set);
        let other = helper(&set, host, Some("pass"));
        assert_eq!(other, set.replace("lockgate", "pass"));
        assert_eq!(helper(&other, host, None), text);
        assert_eq!(helper(text, host, None), text);
    }
    let two = helper(&helper(text, Some("h"), Some("x")), Some("a"), Some(""));
    assert_eq!(
        two,
        "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"a\": \"\",\n\t\t\"h\": \"x\"\n\t}\n}"
    );
    assert_eq!(helper(&helper(&two, Some("a"), None), Some("h"), None), text);
    for (host, suffix) in [(None, ""), (None, "../x"), (Some("h"), "-x"), (Some("h"), "a/b")] {
        assert!(set_helper(text, path(), host, Some(suffix)).is_err(), "{suffix}");
    }
}

/// The attack is a name that ends earlier when it is read back: `ali:ce` with `x` becomes `ali`.
#[test]
fn what_would_be_read_back_as_something_else_is_not_kept() {
    let secret = Secret::from;
    let refused = |username: Option<Secret>, password: Option<Secret>| {
        let auth = NewAuth {
            username: username.as_ref(),
            password: password.as_ref(),
            identity_token: None,
        };
        let error = set_auth("{}", path(), "h", &auth).unwrap_err();
        std::error::Error::source(&error).unwrap().to_string()
    };
    for (username, password, expected) in [
        (Some(secret("ali:ce")), Some(secret("x")), "a user name with a colon"),
        (None, Some(secret("x")), "a password needs a user name"),
        (Some(secret("")), Some(secret("x")), "a password needs a user name"),
        (Some(secret("a")), Some(secret("x\0")), "a NUL"),
        (Some(Secret::new(vec![0xff])), Some(secret("x")), "it is not UTF-8"),
    ] {
        let error = refused(username, password);
        assert!(error.starts_with(expected), "{error}");
    }
    let text = login("{}", "h", "ali", "ce:x");
    let entry = DockerConfig::parse(&text, path()).unwrap().entry("h").unwrap().unwrap();
    let read = (entry.username.unwrap(), entry.password.unwrap());
    assert_eq!((read.0.expose(), read.1.expose()), (&b"ali"[..], &b"ce:x"[..]));
}

#[test]
fn nothing_is_changed_in_a_file_that_cannot_be_read() {
    for text in ["{", "{\"auths\": []}", "{} {}", "{\"auths\": {\"h\": {}}", "[]"] {
        assert!(mark(text, path(), "h").is_err(), "{text}");
        assert!(remove_auth(text, path(), "h").is_err(), "{text}");
    }
    let other = "{\"auths\": {\"h\": {\"auth\": \"broken\"}, \"k\": 5}}";
    assert_eq!(
        login(other, "h", "a", "b"),
        "{\"auths\": {\"h\": {\"auth\": \"YTpi\"}, \"k\": 5}}",
        "what one entry says is not read for another's sake"
    );
}

#[test]
fn a_file_does_not_grow_over_what_is_read() {
    let room = crate::docker::MAX_DOCKER_CONFIG - "{\"a\": \"\"}".len();
    let full = format!("{{\"a\": \"{}\"}}", "x".repeat(room));
    assert!(remove_auth(&full, path(), "h").is_ok());
    let error = mark(&full, path(), "h").unwrap_err().to_string();
    assert!(error.contains("is larger than"), "{error}");
}

const SPACES: [&str; 5] = ["", " ", "\n", "\n\t", "\r\n  "];
const KEYS: [&str; 6] = ["h", "https://h/", "k\\\"", "\\u0068", "", "\u{e9}"];
const VALUES: [&str; 5] =
    ["{}", "null", "{\"auth\": \"YTpi\"}", "{ \"own\":[ {} ], \"auth\":\"\" }", "{\"a\":\"}\"}"];

/// A file with entries, each part of it written in one of many ways.
fn file(u: &mut Unstructured<'_>) -> Result<String> {
    let entries = object(u, |u| {
        let key = *u.choose(&KEYS)?;
        Ok(format!("\"{key}\": {}", u.choose(&VALUES)?))
    })?;
    let helpers = object(u, |u| Ok(format!("\"{}\":\"x\"", u.choose(&KEYS)?)))?;
    let fields = [
        format!("\"auths\":{entries}"),
        format!("\"credHelpers\" : {helpers}"),
        "\"credsStore\": \"x\"".to_owned(),
        "\"HttpHeaders\": {\"a\": [1, {}]}".to_owned(),
        "\"Auths\": {\"h\": {}}".to_owned(),
    ];
    object(u, |u| u.choose(&fields).cloned())
}

fn object(
    u: &mut Unstructured<'_>,
    mut member: impl FnMut(&mut Unstructured<'_>) -> Result<String>,
) -> Result<String> {
    let space = *u.choose(&SPACES)?;
    let mut members = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        members.push(format!("{}{}{}", u.choose(&SPACES)?, member(u)?, u.choose(&SPACES)?));
    }
    Ok(format!("{{{}{space}}}", members.join(",")))
}

/// What docker makes of a file, apart from one entry.
fn meaning(text: &str, without: &str) -> Vec<String> {
    let config = DockerConfig::parse(text, path()).unwrap();
    let entries = config.entries().filter(|(key, _)| *key != without).map(|(key, entry)| {
        let auth = entry.ok().and_then(|entry| entry.password);
        format!("{key} {:?}", auth.map(|auth| auth.expose().to_vec()))
    });
    let helpers = config.helpers().map(|(key, suffix)| format!("{key} {suffix}"));
    entries.chain(helpers).chain(config.store().map(str::to_owned)).collect()
}

#[test]
fn a_change_is_about_one_entry_and_nothing_else() {
    let mut changed = 0;
    arbtest(|u| {
        let (text, key) = (file(u)?, *u.choose(&["h", "a", "zz", "k\""])?);
        let edited = match u.int_in_range(0..=2)? {
            0 => login(&text, key, "user", "word"),
            1 => done(&text, mark(&text, path(), key)),
            _ => done(&text, remove_auth(&text, path(), key)),
        };
        assert_eq!(meaning(&text, key), meaning(&edited, key), "{text} {edited}");
        let http = "\"HttpHeaders\": {\"a\": [1, {}]}";
        assert_eq!(text.matches(http).count(), edited.matches(http).count(), "{text} {edited}");
        changed += usize::from(text != edited);
        Ok(())
    })
    .budget(BUDGET);
    assert!(changed > 0);
}

#[test]
fn what_was_set_is_read_back_and_what_is_removed_leaves_what_was_there() {
    let mut compared = 0;
    arbtest(|u| {
        let (text, key) = (file(u)?, *u.choose(&["a", "zz", "k"])?);
        let set = login(&text, key, "user", "w\u{e9}:\"rd");
        let config = DockerConfig::parse(&set, path()).unwrap();
        let entry = config.entry(key).unwrap().unwrap();
        assert_eq!(entry.password.unwrap().expose_text(), Some("w\u{e9}:\"rd"));
        assert_eq!(login(&set, key, "user", "w\u{e9}:\"rd"), set);
        let removed = done(&set, remove_auth(&set, path(), key));
        // Where there is an entry already, not one byte differs.
        let has_entries = DockerConfig::parse(&text, path()).unwrap().entries().next().is_some();
        let last_is_empty = text.contains("\"Auths\"") || !has_entries;
        if !last_is_empty && text.matches("\"auths\"").count() == 1 {
            assert_eq!(removed, text);
            compared += 1;
        }
        assert_eq!(meaning(&removed, ""), meaning(&text, ""), "{text} {removed}");
        Ok(())
    })
    .budget(BUDGET);
    assert!(compared > 0);
}
