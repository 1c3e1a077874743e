//! What a hostile registry, or a hostile project, comes to. Beside each the twin that shows what would
//! happen without the guard: mostly cargo itself.

use std::fs;

use crate::machine::{Has, Machine};
use crate::registry::TOKEN;

/// The pages that cargo hands on, and that no person is sent to here.
#[test]
fn a_page_that_could_mislead_a_person_is_left_out_and_the_login_goes_on() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    for (kind, page) in [
        ("script-page", "javascript:alert(1)"),
        ("file-page", "file:///etc/passwd"),
        ("user-page", "https://crates.io@evil.example/"),
        ("endless-page", "https://h.example/aaa"),
        ("script-api", "javascript:alert(1)///me"),
        ("user-api", "https://crates.io@evil.example/me"),
        ("escape-api", "https://h.example/\u{1b}]8;;x/me"),
    ] {
        machine.forget();
        machine.configure(&machine.registry.index(kind));
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(0), "{kind}: {came:#?}");
        assert!(came.asked.last().unwrap().contains("login-url=none"), "{kind}: {came:#?}");
        assert!(came.stderr.contains("is left out: it"), "{kind}: {came:#?}");
        assert!(!came.stderr.contains('\u{1b}'), "{kind}: {came:#?}");
        // The twin.
        machine.forget();
        let theirs = machine.came(&machine.theirs(&[]));
        assert!(theirs.asked.last().unwrap().contains(page), "{kind}: {theirs:#?}");
    }
}

#[test]
fn a_challenge_with_what_acts_on_a_terminal_is_passed_over() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    machine.configure(&machine.registry.index("escape-page"));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(0), "{came:#?}");
    assert!(came.asked.iter().all(|request| !request.contains('\u{9b}')), "{came:#?}");
    assert!(came.asked[1].contains("login-url=none"), "{came:#?}");
}

#[test]
fn a_file_that_is_huge_or_deep_ends_the_login_and_nothing_else() {
    let machine = Machine::new();
    for (kind, why) in [("huge", "65536 bytes"), ("deep", "EOF while parsing a list")] {
        machine.forget();
        machine.configure(&machine.registry.index(kind));
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(101), "{kind}: {came:#?}");
        assert!(came.stderr.contains(why), "{kind}: {came:#?}");
        assert!(came.asked.is_empty(), "{kind}: {came:#?}");
    }
    // The twin: cargo reads whatever comes.
    machine.forget();
    machine.configure(&machine.registry.index("huge"));
    assert_eq!(machine.came(&machine.theirs(&[])).code, Some(0));
}

/// The first registry wants a token, and sends who has one to another server.
#[test]
fn a_token_is_not_sent_on_to_another_server() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("sent-elsewhere-with-token"));
    let came = machine.came(&machine.ours(&[]));
    let tokens: Vec<_> = came.seen.iter().filter(|(_, token)| token.is_some()).collect();
    assert_eq!(tokens.len(), 1, "{came:#?}");
    assert!(tokens[0].0.starts_with("/sent-elsewhere-with-token/"), "{came:#?}");
    // The twin: to the same server it goes along.
    machine.forget();
    machine.configure(&machine.registry.index("sent-on-to-private"));
    let came = machine.came(&machine.ours(&[]));
    let last = came.seen.last().unwrap();
    assert_eq!(*last, ("/private/config.json".to_owned(), Some(TOKEN.to_owned())), "{came:#?}");
}

#[test]
fn a_registry_sends_nobody_into_the_networks_around_this_machine() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    for (kind, why) in
        [("sent-to-metadata", "only its own and that of https"), ("sent-elsewhere", "localhost")]
    {
        machine.forget();
        machine.configure(&machine.registry.index(kind));
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(101), "{kind}: {came:#?}");
        assert!(came.stderr.contains(why), "{kind}: {came:#?}");
        assert_eq!(came.seen.len(), 1, "{kind}: {came:#?}");
    }
    // The twin: cargo follows.
    machine.forget();
    machine.configure(&machine.registry.index("sent-elsewhere"));
    assert_eq!(machine.came(&machine.theirs(&[])).seen.len(), 2);
}

/// A project may name a registry, and not one on this machine.
#[test]
fn a_projects_index_reaches_nothing_of_this_machine() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    let index = machine.registry.index("private");
    let provider = format!("[registry]\nglobal-credential-providers = [{:?}]\n", machine.provider);
    machine.home.write_config(provider);
    machine.home.write_project_config(&format!("[registries.a]\nindex = \"{index}\"\n"));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.seen.is_empty() && came.asked.is_empty(), "{came:#?}");
    assert!(came.stderr.contains("if it is right, name it"), "{came:#?}");
    assert!(!came.stderr.contains("private-network"), "{came:#?}");
    // The twin: the user's own configuration may.
    machine.forget();
    machine.configure(&index);
    machine.home.write_project_config(&format!("[registries.a]\nindex = \"{index}\"\n"));
    assert_eq!(machine.came(&machine.ours(&[])).code, Some(0));
}

/// git looks names up by itself and connects wherever they lead, so that it asks no index that only a
/// project names; the login goes on, as where there is no git.
#[test]
fn a_projects_index_is_not_asked_with_git() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    let port = machine.registry.port;
    let provider = format!("[registry]\nglobal-credential-providers = [{:?}]\n", machine.provider);
    machine.home.write_config(provider);
    let own = format!("http://127.0.0.1:{port}/private");
    for index in [
        own.clone(),
        format!("https://127.0.0.1:{port}/i"),
        format!("https://localhost.:{port}/i"),
        format!("git://127.0.0.1:{port}/i"),
        format!("ssh://127.0.0.1:{port}/i"),
        format!("file://{}", machine.home.root().display()),
    ] {
        machine.forget();
        machine.home.write_project_config(&format!("[registries.a]\nindex = \"{index}\"\n"));
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(0), "{index}: {came:#?}");
        assert!(came.seen.is_empty(), "{index}: {came:#?}");
        assert!(came.stderr.contains("is not asked with git"), "{index}: {came:#?}");
        assert_eq!(came.asked.len(), 1, "{index}: {came:#?}");
        assert!(came.asked[0].contains("login-url=none"), "{index}: {came:#?}");
    }
    // The twin: the user's own configuration may.
    machine.forget();
    machine.configure(&own);
    machine.home.write_project_config(&format!("[registries.a]\nindex = \"{own}\"\n"));
    let came = machine.came(&machine.ours(&[]));
    assert!(came.seen.iter().any(|(path, _)| path.starts_with("/private/info/")), "{came:#?}");
}

#[test]
fn git_is_given_no_url_that_it_could_run_or_take_for_an_option() {
    let machine = Machine::new();
    let made = machine.home.root().join("made");
    for index in [
        format!("ext+sh://-c%20touch%20{}", made.display()),
        format!("ssh://-oProxyCommand=touch%20{}/x", made.display()),
        "ssh://h.example/-x".to_owned(),
        "fd://17/x".to_owned(),
    ] {
        machine.forget();
        machine.configure(&index);
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(101), "{index}: {came:#?}");
        assert!(came.stderr.contains("is not asked"), "{index}: {came:#?}");
        assert!(came.asked.is_empty() && !made.exists(), "{index}: {came:#?}");
    }
}

/// Anybody between could say where tokens are had.
#[test]
fn a_registry_on_another_machine_is_not_asked_over_plain_http() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    for (index, scheme) in [
        ("sparse+http://registry.example/index/", "http"),
        ("http://registry.example/index", "http"),
        ("git://registry.example/index", "git"),
    ] {
        machine.configure(index);
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(0), "{came:#?}");
        assert!(came.stderr.contains(&format!("is not asked over plain {scheme}")), "{came:#?}");
        assert_eq!(came.asked.len(), 1, "{came:#?}");
        assert!(came.asked[0].starts_with("login ") && came.asked[0].contains("login-url=none"));
    }
    // The twin: on this machine it is asked.
    machine.configure(&machine.registry.index("private"));
    assert_eq!(machine.came(&machine.ours(&[])).asked.len(), 2);
}

#[test]
fn no_token_is_in_what_a_login_prints_or_leaves() {
    const GIVEN: &str = "Bearer a-canary-55d1";
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    for kind in ["private", "sent-elsewhere-with-token", "500"] {
        machine.forget();
        machine.configure(&machine.registry.index(kind));
        let came = machine.came(&machine.ours(&["-v", GIVEN]));
        assert!(!came.stderr.contains("canary"), "{came:#?}");
    }
    for (path, content) in machine.home.files() {
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("canary") || path.ends_with("user/requests"), "{}", path.display());
    }
    let left: Vec<_> = fs::read_dir(machine.home.lockgate_home().join("state"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.contains(&"index".to_owned()), "{left:?}");
}
