//! What is read, and what is written.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use lockgate_adapters::{DockerConfigStore, Listed};
use lockgate_core::SecretStore;

use crate::{Docker, SERVER, WRITTEN, is, loaded, login, store};

fn config(entry: &str) -> Docker {
    Docker::with(&format!("{{\"auths\":{{\"{SERVER}\":{entry}}}}}"))
}

#[test]
fn every_form_of_an_entry_is_read_as_docker_reads_it() {
    for (entry, expected) in [
        (r#"{"auth":"YWxpY2U6czNjcmV0"}"#, Some("alice:s3cret")),
        (r#"{"auth":"YWxpY2U6","identitytoken":"REFRESH1"}"#, Some("<token>:REFRESH1")),
        (r#"{"identitytoken":"REFRESH1"}"#, Some("<token>:REFRESH1")),
        (r#"{"username":"bob","password":"old"}"#, Some("bob:old")),
        (r#"{"auth":"YWxpY2U6"}"#, Some("alice:")),
        // docker sends it by itself, and no helper could hand it on.
        (r#"{"registrytoken":"r"}"#, None),
        ("{}", None),
        ("null", None),
    ] {
        let expected = Ok(expected.map(str::to_owned));
        assert_eq!(loaded(&config(entry).store(SERVER)), expected, "{entry}");
    }
}

#[test]
fn the_very_key_goes_before_one_that_has_the_host() {
    let docker = Docker::with(
        r#"{"auths":{"https://ghcr.io/v1/":{"auth":"YTox"},"ghcr.io":{"auth":"YToy"}}}"#,
    );
    assert_eq!(loaded(&docker.store("ghcr.io")), is("a:2"));
    assert_eq!(loaded(&docker.store("https://ghcr.io/v1/")), is("a:1"));
    assert_eq!(loaded(&docker.store("https://ghcr.io")), Ok(None));
    assert_eq!(loaded(&docker.store("ghcr.io:443")), Ok(None));
    let legacy = Docker::with(r#"{"auths":{"https://ghcr.io/v1/":{"auth":"YTox"}}}"#);
    assert_eq!(loaded(&legacy.store("ghcr.io")), is("a:1"));
}

#[test]
fn what_is_not_there_is_not_found() {
    let docker = Docker::new();
    assert_eq!(loaded(&docker.store(SERVER)), Ok(None));
    assert_eq!(loaded(&store(&docker.folder().join("missing/config.json"), SERVER)), Ok(None));
    for text in ["", "{}", " \n", "{\"auths\":{}}", "{\"credsStore\":\"pass\"}"] {
        assert_eq!(loaded(&Docker::with(text).store(SERVER)), Ok(None), "{text:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told_by_file_and_line_without_a_secret() {
    for text in [
        "{",
        "{\"auths\":{\"ghcr.io\":{\"auth\":\"aHVudGVyMmNhbmFyeQ\"",
        "{\"auths\":{\n\"ghcr.io\":{\"auth\":\"aHVudGVyMmNhbmFyeQ\"}}}",
        "{\"auths\":[]}",
    ] {
        let docker = Docker::with(text);
        let told = loaded(&docker.store(SERVER)).unwrap_err();
        assert!(told.contains(&format!("{}:", docker.file().display())), "{told}");
        assert!(!told.contains("aHVud"), "{told}");
    }
    let binary = Docker::new();
    fs::write(binary.file(), b"{\n\"a\": \"\xff\"}").unwrap();
    let told = loaded(&binary.store(SERVER)).unwrap_err();
    assert!(told.contains("config.json:2: docker's configuration is not UTF-8 text"), "{told}");
}

#[test]
fn the_first_login_makes_the_file_as_docker_would_for_the_user_alone() {
    let docker = Docker::new();
    let file = docker.folder().join("new/.docker/config.json");
    login(&store(&file, SERVER), "alice", "s3cret").unwrap();
    let expected = "{\n\t\"auths\": {\n\t\t\"ghcr.io\": {\n\t\t\t\"auth\": \"YWxpY2U6czNjcmV0\"\n\t\t}\n\t}\n}";
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    for name in fs::read_dir(file.parent().unwrap()).unwrap() {
        assert_eq!(mode(&name.unwrap().path()), 0o600);
    }
}

#[test]
fn an_identity_token_is_kept_beside_the_account_as_docker_keeps_it() {
    let docker = Docker::with(WRITTEN);
    let with_account = docker.store(SERVER).account(Some("alice".to_owned()));
    login(&with_account, "<token>", "REFRESH1").unwrap();
    let entry = "\"ghcr.io\": {\n\t\t\t\"auth\": \"YWxpY2U6\",\n\t\t\t\"identitytoken\": \"REFRESH1\"\n\t\t}";
    assert!(docker.text().contains(entry), "{}", docker.text());
    assert_eq!(loaded(&docker.store(SERVER)), is("<token>:REFRESH1"));
    login(&docker.store(SERVER), "alice", "password").unwrap();
    assert!(!docker.text().contains("REFRESH1"), "{}", docker.text());
    assert_eq!(loaded(&docker.store(SERVER)), is("alice:password"));
}

#[test]
fn the_rest_of_the_file_stays_to_the_byte() {
    let docker = Docker::with(WRITTEN);
    login(&docker.store(SERVER), "alice", "s3cret").unwrap();
    let entry = "\"a.example\": {\n\t\t\t\"auth\": \"YTpi\",\n\t\t\t\"odd\": 1\n\t\t}";
    let end = "\n\t\"psFormat\": \"x\",\n\t\"unknown\": [ 1 ]\n}";
    let text = docker.text();
    assert!(text.contains(entry) && text.ends_with(end), "{text}");
    assert!(docker.store(SERVER).remove().unwrap());
    assert!(!docker.store(SERVER).remove().unwrap());
    assert_eq!(docker.text(), WRITTEN);
}

#[test]
fn an_account_that_docker_would_read_back_as_another_is_refused() {
    let docker = Docker::with(WRITTEN);
    let told = login(&docker.store(SERVER), "ali:ce", "x").unwrap_err();
    assert!(told.contains("config.json"), "{told}");
    assert!(docker.store(SERVER).save(None, &"x".into()).is_err());
    assert_eq!(docker.text(), WRITTEN);
    login(&docker.store(SERVER), "alice", "a:b").unwrap();
    assert_eq!(loaded(&docker.store(SERVER)), is("alice:a:b"));
}

#[test]
fn servers_are_listed_without_their_secrets_and_without_empty_entries() {
    let docker = Docker::with(
        r#"{"auths":{"z.example":{},"b.example":{"auth":"Ym9iOnM="},"a.example":{"identitytoken":"t"}}}"#,
    );
    let one = |server: &str, identity: Option<&str>| Listed {
        server: server.to_owned(),
        identity: identity.map(str::to_owned),
    };
    let listed = DockerConfigStore::list(&docker.file(), None).unwrap();
    assert_eq!(listed, [one("a.example", None), one("b.example", Some("bob"))]);
    assert_eq!(DockerConfigStore::list(Docker::new().file().as_path(), None).unwrap(), []);
}

/// Regression: an entry of another scheme or path was found by another name of the server, and was still
/// found after it had been removed.
#[test]
fn what_only_has_the_host_is_found_by_the_host_alone_and_removed_with_it() {
    let text = r#"{"auths":{"http://ghcr.io":{"auth":"YTox"},"https://ghcr.io/team-a/":{"auth":"YToy"},"a.example":{"auth":"YToz"}}}"#;
    let docker = Docker::with(text);
    assert_eq!(loaded(&docker.store("ghcr.io").by_key_alone()), Ok(None));
    assert_eq!(loaded(&docker.store("http://ghcr.io").by_key_alone()), is("a:1"));
    assert!(!docker.store("ghcr.io").by_key_alone().remove().unwrap());
    assert_eq!(docker.text(), text);
    assert_eq!(loaded(&docker.store("ghcr.io")), is("a:1"), "as docker finds it");
    assert!(docker.store("ghcr.io").remove().unwrap());
    assert_eq!(loaded(&docker.store("ghcr.io")), Ok(None));
    assert_eq!(docker.text(), r#"{"auths":{"a.example":{"auth":"YToz"}}}"#);
}
