use std::path::Path;

use super::{DockerConfig, Selection};

fn parse(text: &str) -> Result<DockerConfig, String> {
    DockerConfig::parse(text, Path::new("/c/config.json")).map_err(|error| error.to_string())
}

/// The password that is found for a server.
fn password(config: &DockerConfig, server: &str) -> Option<String> {
    let entry = config.entry(server).unwrap()?;
    Some(entry.password?.expose_text().unwrap().to_owned())
}

/// An entry with the user `a` and this one letter as its password.
fn auths(entries: &[(&str, char)]) -> String {
    use base64::Engine;
    let entry = |(key, letter): &(&str, char)| {
        let auth = super::super::entry::BASE64.encode(format!("a:{letter}"));
        format!("\"{key}\": {{\"auth\": \"{auth}\"}}")
    };
    let entries: Vec<_> = entries.iter().map(entry).collect();
    format!("{{\"auths\": {{{}}}}}", entries.join(", "))
}

#[test]
fn what_says_nothing_is_an_empty_configuration() {
    for text in [
        "",
        " \n",
        "{}",
        "null",
        "{\"auths\": {}}",
        "{\"auths\": null, \"credHelpers\": {}, \"credsStore\": \"\"}",
    ] {
        let config = parse(text).unwrap();
        assert!(!config.has_auth_configuration(), "{text}");
        assert!(config.entry("h").unwrap().is_none(), "{text}");
        assert_eq!(config.selection("h").unwrap(), Selection::Unset, "{text}");
    }
    for text in
        ["{\"auths\": {\"h\": {}}}", "{\"credsStore\": \"x\"}", "{\"credHelpers\": {\"h\": \"\"}}"]
    {
        assert!(parse(text).unwrap().has_auth_configuration(), "{text}");
    }
}

#[test]
fn an_entry_is_found_by_its_key_and_then_by_its_host() {
    let config = parse(&auths(&[
        ("http://h", 'b'),
        ("https://h/v1/", 'c'),
        ("https://p:5000/v2/", 'd'),
        ("https://k", 'e'),
        ("k", 'f'),
    ]))
    .unwrap();
    for (server, found) in [
        ("h", Some("b")),
        ("https://h/v1/", Some("c")),
        ("https://h", None),
        ("p:5000", Some("d")),
        ("p", None),
        ("k", Some("f")),
        ("https://k", Some("e")),
        ("K", None),
    ] {
        assert_eq!(password(&config, server).as_deref(), found, "{server}");
    }
    assert_eq!(config.keys_of("k").collect::<Vec<_>>(), ["k", "https://k"]);
    assert_eq!(config.keys_of("h").collect::<Vec<_>>(), ["http://h", "https://h/v1/"]);
}

#[test]
fn a_token_of_hubs_web_login_is_no_password_of_hub() {
    let key = "https://index.docker.io/v1/access-token";
    let config = parse(&auths(&[(key, 'b')])).unwrap();
    assert_eq!(password(&config, "index.docker.io"), None);
    assert_eq!(password(&config, key).as_deref(), Some("b"));
    let other = parse(&auths(&[("https://index.docker.io/v1/", 'b')])).unwrap();
    assert_eq!(password(&other, "index.docker.io").as_deref(), Some("b"), "as docker does");
}

/// Each of these was tried with docker 28.2.2.
#[test]
fn the_last_of_several_counts_whatever_the_case_of_a_field() {
    let config = parse(
        r#"{"Auths":{"k":{"auth":"YTpi","identitytoken":"x"},"l":{"auth":"YTpi"}},
            "auths":{"k":{"Auth":"YTpj"}},"CREDSSTORE":"one","credsStore":null}"#,
    )
    .unwrap();
    assert_eq!(password(&config, "k").as_deref(), Some("c"));
    assert!(config.entry("k").unwrap().unwrap().identity_token.is_none());
    assert_eq!(password(&config, "l").as_deref(), Some("b"));
    assert_eq!(config.store(), Some("one"));
    assert_eq!(config.entries().map(|(key, _)| key).collect::<Vec<_>>(), ["l", "k"]);
}

#[test]
fn a_broken_entry_keeps_nobody_from_the_others() {
    let text =
        "{\"auths\": {\n\"good\": {\"auth\": \"YTpi\"},\n\"b\\u001bad\": {\"auth\": \"s3cret\"}}}";
    let config = parse(text).unwrap();
    assert_eq!(password(&config, "good").as_deref(), Some("b"));
    let error = config.entry("b\u{1b}ad").unwrap_err();
    assert_eq!(
        error.to_string(),
        "/c/config.json:3: the entry `b\u{241b}ad` cannot be read; log in to it again, or remove it"
    );
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "its `auth` is not base64 with padding");
    let broken: Vec<_> = config.entries().map(|(_, entry)| entry.is_err()).collect();
    assert_eq!(broken, [false, true]);
}

#[test]
fn a_file_that_is_wrong_is_an_error_at_its_place_without_its_content() {
    for (text, message) in [
        ("{", "/c/config.json:1:1: docker's configuration is not JSON: EOF while parsing"),
        (
            "{} s3cret",
            "/c/config.json:1:4: docker's configuration is not JSON: trailing characters",
        ),
        (
            "\n\n{\"a\": s3cret}",
            "/c/config.json:3:7: docker's configuration is not JSON: expected value",
        ),
        (
            "{\"auths\": {},}",
            "/c/config.json:1:14: docker's configuration is not JSON: trailing comma",
        ),
        ("[\"s3cret\"]", "/c/config.json:1: docker's configuration must be an object in braces"),
        ("{\n\"auths\": \"s3cret\"}", "/c/config.json:2: `auths` must be an object in braces"),
        (
            "{\"auths\": {\n\"k\": \"s3cret\"}}",
            "/c/config.json:2: the entry `k` must be an object in",
        ),
        (
            "{\"credsStore\": 5}",
            "/c/config.json:1: what `credsStore` names must be a text in quotes",
        ),
        ("{\"credHelpers\": []}", "/c/config.json:1: `credHelpers` must be an object in braces"),
        (
            "{\"credHelpers\": {\"h\": {}}}",
            "/c/config.json:1: what `credHelpers` names must be a text",
        ),
    ] {
        let error = parse(text).unwrap_err();
        assert!(error.starts_with(message) && !error.contains("s3cret"), "{text}: {error}");
    }
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(super::super::MAX_DOCKER_CONFIG));
    assert!(parse(&long).unwrap_err().contains("is larger than"));
}

#[test]
fn a_helper_of_the_key_goes_before_the_one_of_all() {
    let config = parse(
        r#"{"credsStore": "all", "credHelpers": {"h": "one", "file.example": "", "docker.io": "hub",
            "https://scheme.example": "no"}}"#,
    )
    .unwrap();
    let helper = |name: &str| Selection::Helper(name.to_owned());
    for (server, expected) in [
        ("h", helper("one")),
        ("h:443", helper("all")),
        ("https://h", helper("all")),
        ("file.example", Selection::File),
        ("scheme.example", helper("all")),
        ("https://index.docker.io/v1/", helper("hub")),
        ("registry-1.docker.io", helper("hub")),
        ("https://index.docker.io/v1/refresh-token", helper("hub")),
    ] {
        assert_eq!(config.selection(server).unwrap(), expected, "{server}");
    }
    let own = parse(r#"{"credHelpers": {"docker.io": "a", "https://index.docker.io/v1/": "b"}}"#)
        .unwrap();
    assert_eq!(own.selection("index.docker.io").unwrap(), helper("b"));
    assert_eq!(own.selection("docker.io").unwrap(), helper("a"));
    assert_eq!(own.selection("h").unwrap(), Selection::Unset);
}

/// docker starts `docker-credential-../x` relative to the folder that it is called in.
#[test]
fn a_helpers_name_is_that_of_a_program_on_the_path() {
    for name in ["../x", "a/b", "a\\\\b", "-x", "a..b", "a\\u0000b", "a\\nb", "x y"] {
        let config = parse(&format!("{{\n\"credsStore\": \"{name}\"}}")).unwrap();
        let error = config.selection("h").unwrap_err().to_string();
        assert!(error.starts_with("/c/config.json:2: `") && !error.contains('\n'), "{error}");
    }
    for name in ["desktop.exe", "pass", "ecr-login"] {
        let config = parse(&format!("{{\"credHelpers\": {{\"h\": \"{name}\"}}}}")).unwrap();
        assert_eq!(config.selection("h").unwrap(), Selection::Helper(name.to_owned()));
    }
}

#[test]
fn nothing_of_a_file_is_in_its_debug_text() {
    let config = parse(r#"{"auths": {"h": {"identitytoken": "s3cret"}}}"#).unwrap();
    assert!(!format!("{config:?} {:?}", config.entry("h")).contains("s3cret"));
}

/// The stored servers of a large organisation are read in no time.
#[test]
fn ten_thousand_entries_are_one_pass() {
    let keys: Vec<String> = (0..10_000).map(|number| format!("h{number}.example")).collect();
    let entries: Vec<_> = keys.iter().map(|key| (key.as_str(), 'b')).collect();
    let start = std::time::Instant::now();
    let config = parse(&auths(&entries)).unwrap();
    assert_eq!(password(&config, "h9999.example").as_deref(), Some("b"));
    assert_eq!(password(&config, "other.example"), None);
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}
