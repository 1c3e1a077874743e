//! Checkouts that want a token. Each attack has a twin in which the same text is the user's own.

use std::collections::BTreeMap;

use super::fixture::{Fixture, PROJECT, registry};
use crate::cargo::BindingError;

const CORP: &str = "[registries.corp]\nindex = 'sparse+https://corp.example/'\n";

fn ignored(fixture: &Fixture) -> Vec<String> {
    fixture.config().ignored().iter().map(ToString::to_string).collect()
}

fn words(fixture: &Fixture) -> Vec<String> {
    let corp = registry(Some("corp"), "sparse+https://corp.example/");
    let list = fixture.config().providers(&corp).unwrap();
    list.providers.iter().map(|provider| provider.words.join(" ")).collect()
}

#[test]
fn cannot_add_a_program() {
    let global = "[registry]\nglobal-credential-providers = ['mine']\n";
    let own = |line: &str| format!("[registries.corp]\n{line}\n");
    for (attack, gained) in [
        (own("credential-provider = './steal'"), "/home/u/./steal"),
        (own("credential-provider = ['lockgate', '--grant', 'all']"), "lockgate --grant all"),
        (own("credential-provider = './evil.wasm'"), "/home/u/./evil.wasm"),
        (global.replace("mine", "./steal"), "/home/u/./steal"),
        ("[credential-alias]\nmine = '/tmp/steal'\n".to_owned(), "/tmp/steal"),
    ] {
        let attacked = Fixture::new().home(&format!("{CORP}{global}")).project(&attack);
        assert_eq!(words(&attacked), ["mine"], "{attack}");
        let reports = ignored(&attacked);
        assert_eq!(reports.len(), 1, "{attack}");
        assert!(reports[0].contains(&format!("{PROJECT}:2")), "{reports:?}");

        // The same lines in the user's own file do it.
        let granted = match attack.split_once('\n') {
            Some(("[registries.corp]", line)) => format!("{CORP}{line}{global}"),
            Some(("[registry]", _)) => format!("{CORP}{attack}"),
            _ => format!("{CORP}{global}{attack}"),
        };
        assert_eq!(words(&Fixture::new().home(&granted)), [gained], "{granted}");
    }
}

#[test]
fn cannot_re_point_a_trusted_name() {
    let evil = "[registries.corp]\nindex = 'sparse+https://evil.example/'\n";
    let token = format!("{CORP}token = 's3cret'\n");
    let attacked = Fixture::new().home(&token).project(evil);
    let config = attacked.config();
    let selected = config.select(Some("corp")).unwrap();
    assert_eq!(selected.url(), "sparse+https://evil.example/", "this is what cargo would ask for");
    let error = config.binding(&selected, &BTreeMap::new()).unwrap_err();
    assert!(matches!(&error, BindingError::OtherIndex(_)), "{error}");
    assert_eq!(
        error.to_string(),
        "the token of registry `corp` is kept for `sparse+https://corp.example/` (/home/u/.cargo/config.toml:2) and is not used for `sparse+https://evil.example/` (/home/u/p/.cargo/config.toml:2); if the registry has moved, change its index in /home/u/.cargo/config.toml:2, else give the other one a name of its own"
    );
    assert!(config.binding_for_login(&selected, &BTreeMap::new()).is_err());
    assert_eq!(ignored(&attacked).len(), 1);

    let twin = Fixture::new().home(&token.replace("corp.example", "evil.example"));
    let binding = twin.config().binding(&selected, &BTreeMap::new()).unwrap();
    assert_eq!(binding.config_token.unwrap().0.expose_text(), Some("s3cret"));
}

#[test]
fn cannot_take_a_name_that_shares_its_variable() {
    for name in ["CORP", "Corp"] {
        let evil = format!("[registries.{name}]\nindex = 'https://evil.example/'\n");
        let fixture = Fixture::new().home(CORP).project(&evil);
        let request = registry(Some(name), "https://evil.example/");
        assert!(fixture.config().binding(&request, &BTreeMap::new()).is_err(), "{name}");
        let alone = Fixture::new().project(&evil);
        let binding = alone.config().binding(&request, &BTreeMap::new()).unwrap();
        assert_eq!(binding.variable.as_deref(), Some("CARGO_REGISTRIES_CORP_TOKEN"), "{name}");
    }
}

#[test]
fn cannot_choose_a_weaker_store_but_may_choose() {
    let home = |list: &str| format!("{CORP}[registry]\nglobal-credential-providers = {list}\n");
    let fixture = |list: &str, provider: &str| {
        let project = format!("[registries.corp]\ncredential-provider = '{provider}'\n");
        Fixture::new().home(&home(list)).project(&project)
    };
    let weaker = fixture("['cargo:token', 'cargo:libsecret']", "cargo:token");
    assert_eq!(words(&weaker), ["cargo:libsecret", "cargo:token"]);
    assert!(ignored(&weaker)[0].contains("plain file"));

    let aliased = fixture("['f', 'cargo:libsecret']\n[credential-alias]\nf = 'cargo:token'", "f");
    assert_eq!(words(&aliased), ["cargo:libsecret", "cargo:token"]);

    let first = fixture("['cargo:libsecret', 'cargo:token']", "cargo:token");
    assert_eq!(words(&first), ["cargo:token"]);
    let other = fixture("['corp-sso x', 'cargo:libsecret']", "corp-sso x");
    assert_eq!(words(&other), ["corp-sso x"]);
    assert!(ignored(&first).is_empty() && ignored(&other).is_empty());
    let arguments = fixture("['corp-sso', 'cargo:libsecret']", "corp-sso --more");
    assert_eq!(words(&arguments), ["cargo:libsecret", "corp-sso"]);
}

#[test]
fn a_chosen_path_is_the_users_and_not_the_projects() {
    let fixture = Fixture::new()
        .home(&format!("{CORP}[registry]\nglobal-credential-providers = ['bin/p', 'x']\n"))
        .project("[registries.corp]\ncredential-provider = 'bin/p'\n");
    assert_eq!(words(&fixture), ["/home/u/bin/p"]);
}

#[test]
fn every_line_that_is_not_heeded_is_reported() {
    let project = "\
include = ['x.toml']
[registry]
default = 'new'
token = 's3cret'
credential-provider = 'p'
global-credential-providers = ['q']
[registries.new]
index = 'https://new/'
token = 's3cret'
[registries.corp]
index = 'https://other/'
[credential-alias]
x = 'y'
[http]
proxy = 'http://u:s3cret@evil/'
[net]
git-fetch-with-cli = true
[build]
jobs = 1
[term]
quiet = true
[registries.\"a\\nb\"]
token = 's3cret'
";
    let included = "[registries.corp]\ntoken = 's3cret'\n";
    let fixture =
        Fixture::new().home(CORP).project(project).file("/home/u/p/.cargo/x.toml", included);
    let lines: Vec<String> = ignored(&fixture)
        .iter()
        .map(|text| {
            assert!(!text.contains("s3cret") && !text.contains('\n'), "{text}");
            let key = text.split('`').nth(1).unwrap();
            let line = text.split(".toml:").nth(1).unwrap().split(' ').next().unwrap();
            format!("{key}@{}", line.trim_end_matches(':'))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "registry.token@4",
            "registry.credential-provider@5",
            "registry.global-credential-providers@6",
            "registries.new.token@9",
            "registries.corp.index@11",
            "credential-alias.x@13",
            "http.proxy@15",
            "net.git-fetch-with-cli@17",
            "term.quiet@21",
            "registries.a\u{240a}b.token@23",
            "registries.corp.token@2",
        ]
    );
    let own = Fixture::new().home(project).file("/home/u/.cargo/x.toml", included);
    assert!(ignored(&own).is_empty(), "the user's own file is heeded");
}

#[test]
fn a_projects_token_is_no_token() {
    let fixture = Fixture::new().home(CORP).project("[registries.corp]\ntoken = 'evil'\n");
    let corp = registry(Some("corp"), "sparse+https://corp.example/");
    let binding = fixture.config().binding(&corp, &BTreeMap::new()).unwrap();
    assert!(binding.config_token.is_none());
    let twin = Fixture::new().home(&format!("{CORP}token = 'mine'\n"));
    let binding = twin.config().binding(&corp, &BTreeMap::new()).unwrap();
    assert_eq!(binding.config_token.unwrap().0.expose_text(), Some("mine"));
}
