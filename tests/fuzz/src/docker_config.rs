//! docker's configuration, and the variable that goes before it.

use std::error::Error;
use std::path::Path;

use lockgate_core::{Secret, is_go_field};
use lockgate_registry::docker::{
    AuthVariable, DockerConfig, DockerConfigError, Entry, NewAuth, aliases, mark, remove_auth,
    set_auth, set_helper,
};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::shown::{self, assert_lines};
use crate::{CANARY, text};

/// Servers that are asked for besides those of the file.
const SERVERS: [&str; 3] = ["h", "https://index.docker.io/v1/", "new.example"];
/// What stands before a secret in the seeds.
const BEFORE_SECRETS: [&str; 3] = ["\"auth\": \"", "\"password\": \"", "token\": \""];

/// A `config.json`: no text for people shows a secret, and an edit changes what it is about and nothing
/// else, once.
pub fn docker_config(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let mut shown = Vec::new();
    let config = told(DockerConfig::parse(text, path()), &mut shown);
    if let Some(config) = &config {
        let keys: Vec<&str> = config.entries().map(|(key, _)| key).chain(SERVERS).collect();
        for key in keys.iter().take(8) {
            told(config.entry(key), &mut shown);
            told(config.selection(key), &mut shown);
            assert!(aliases(key).iter().all(|alias| aliases(alias).contains(&(*key).to_owned())));
            check_edits(text, config, key, &mut shown);
        }
        assert!(!format!("{config:?}").contains(CANARY));
    }
    shown.iter().for_each(|line| assert_lines(line));
    let leak = shown.iter().find(|shown| shown.contains(CANARY));
    assert!(leak.is_none() || !is_secret_everywhere(text), "{leak:?}");
    config.is_some()
}

fn path() -> &'static Path {
    Path::new("/c\n/config.json")
}

fn check_edits(text: &str, config: &DockerConfig, key: &str, shown: &mut Vec<String>) {
    let (username, password) = (Secret::from("user"), Secret::from("pass:word"));
    let auth =
        NewAuth { username: Some(&username), password: Some(&password), identity_token: None };
    if let Some(after) = check(|text| set_auth(text, path(), key, &auth), text, shown) {
        let entry = check_others(text, config, &after, key).entry(key);
        let entry = entry.expect("a new entry can be read").expect("a new entry is there");
        assert_eq!(words(&entry), [words_of(&username), words_of(&password), None, None]);
    }
    if let Some(after) = check(|text| mark(text, path(), key), text, shown) {
        let entry = check_others(text, config, &after, key).entry(key);
        assert!(matches!(entry, Ok(Some(entry)) if entry.is_empty()), "{after}");
    }
    if let Some(after) = check(|text| remove_auth(text, path(), key), text, shown) {
        let config = check_others(text, config, &after, key);
        assert!(config.keys_of(key).all(|other| other != key), "{after}");
    }
    for host in [None, Some(key)] {
        for suffix in [None, Some("lockgate")] {
            if let Some(after) = check(|text| set_helper(text, path(), host, suffix), text, shown) {
                check_helper(config, &after, host, suffix);
            }
        }
    }
}

/// The text after an edit, which does nothing when it is made once more; none if it is not made.
fn check(
    edit: impl Fn(&str) -> Result<Option<Zeroizing<String>>, DockerConfigError>,
    text: &str,
    shown: &mut Vec<String>,
) -> Option<String> {
    let after = told(edit(text), shown)?;
    let after = after.map_or_else(|| text.to_owned(), |after| after.to_string());
    let again = edit(&after).expect("what was changed can be changed");
    assert!(again.is_none(), "{after} {again:?}");
    Some(after)
}

/// The changed file, in which all but the entry is what it was.
fn check_others(text: &str, config: &DockerConfig, after: &str, key: &str) -> DockerConfig {
    let changed = DockerConfig::parse(after, path()).expect("what was changed can be read");
    let others = |config: &DockerConfig| -> Vec<_> {
        let others = config.entries().filter(|(other, _)| *other != key);
        others.map(|(key, entry)| (key.to_owned(), entry.ok().map(|one| words(&one)))).collect()
    };
    let (mut before, mut now) = (others(config), others(&changed));
    before.sort();
    now.sort();
    assert_eq!(before, now, "{text} {after}");
    assert_eq!(config.store(), changed.store());
    assert!(config.helpers().eq(changed.helpers()));
    if let (Some(before), Some(now)) = (other_fields(text), other_fields(after)) {
        assert_eq!(before, now, "{text} {after}");
    }
    changed
}

fn check_helper(config: &DockerConfig, after: &str, host: Option<&str>, suffix: Option<&str>) {
    let changed = DockerConfig::parse(after, path()).expect("what was changed can be read");
    let keys = |config: &DockerConfig| config.entries().map(|(key, _)| key.to_owned()).collect();
    let (before, now): (Vec<_>, Vec<_>) = (keys(config), keys(&changed));
    assert_eq!(before, now, "{after}");
    let others = |config: &DockerConfig| -> Vec<_> {
        let others = config.helpers().filter(|(key, _)| Some(*key) != host);
        others.map(|(key, suffix)| (key.to_owned(), suffix.to_owned())).collect()
    };
    assert_eq!(others(config), others(&changed), "{after}");
    match host {
        None => assert_eq!(changed.store(), suffix),
        Some(host) => {
            assert_eq!(config.store(), changed.store());
            let named = changed.helpers().find(|(key, _)| *key == host).map(|(_, suffix)| suffix);
            assert_eq!(named, suffix, "{after}");
        }
    }
}

/// All fields of the root but `auths`, as another parser reads them; none where it does not.
fn other_fields(text: &str) -> Option<Vec<(String, Value)>> {
    let Value::Object(root) = serde_json::from_str(text).ok()? else { return Some(Vec::new()) };
    Some(root.into_iter().filter(|(name, _)| !is_go_field(name, "auths")).collect())
}

fn words(entry: &Entry) -> [Option<Vec<u8>>; 4] {
    let Entry { username, password, identity_token, registry_token } = entry;
    let words = [username, password, identity_token, registry_token];
    words.map(|secret| secret.as_ref().and_then(words_of))
}

fn words_of(secret: &Secret) -> Option<Vec<u8>> {
    Some(secret.expose().to_vec())
}

/// What succeeded; what an error says is shown.
fn told<T, E: Error>(outcome: Result<T, E>, shown: &mut Vec<String>) -> Option<T> {
    outcome.map_err(|error| shown.push(shown::told(&error))).ok()
}

/// Whether the word that must not be shown stands only where a secret does.
fn is_secret_everywhere(text: &str) -> bool {
    let before = |(at, _): (usize, &str)| text.get(..at).unwrap_or_default();
    let is_secret = |start: &str| BEFORE_SECRETS.iter().any(|end| start.ends_with(end));
    text.match_indices(CANARY).map(before).all(is_secret)
}

/// `DOCKER_AUTH_CONFIG`: what is taken from it is what a `config.json` with the same text says, and what
/// is refused is not quoted.
pub fn docker_auth_variable(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let mut shown = Vec::new();
    let variable = told(AuthVariable::parse(text), &mut shown);
    shown.iter().for_each(|line| assert_lines(line));
    let leak = shown.iter().find(|shown| shown.contains(CANARY));
    assert!(leak.is_none() || !is_secret_everywhere(text), "{leak:?}");
    let Some(variable) = &variable else { return false };
    let config = DockerConfig::parse(text, path()).expect("it is no stricter than the variable");
    for (key, entry) in variable.entries() {
        let same = config.entry(key).expect("the entry is decoded alike").expect("it is there");
        assert_eq!(words(&same), words(entry), "{key}");
        let same = variable.entry(key).expect("it has the key that it is listed with");
        assert_eq!(words(same), words(entry), "{key}");
    }
    assert_eq!(variable.entries().count(), config.entries().count());
    true
}
