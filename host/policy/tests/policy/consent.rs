//! What a person is shown before consent: each thing, why to look twice, and what grants it.

use lockgate_policy::{Change, Grant, Manifest, Request};

use crate::support::manifest;

/// The one thing that a line asks for.
fn request(line: &str) -> Request {
    let mut requests = manifest(line).requests();
    assert_eq!(requests.len(), 2, "{line}: it, and all registries");
    requests.remove(1)
}

#[test]
fn each_request_says_what_it_is_and_why_to_look_twice() {
    let more: &[_] = &["it is more than providers usually may use"];
    let program = "it starts a program, which no sandbox holds";
    let private = "it reaches this machine or your private network";
    let cases: &[(&str, &str, &[&str])] = &[
        ("stores = ['os']", "os", &[]),
        ("http = ['https://a.example']", "https://a.example", &["it talks to the network"]),
        (
            "http = ['https://*.a.example/x']",
            "https://*.a.example/x",
            &["it talks to every host below a name"],
        ),
        (
            "http = [{ url = 'https://*.a.example:8443', methods = ['POST', 'GET'], \
             private-network = true, client-certificate = '~/c.pem' }]",
            "GET|POST https://*.a.example:8443, private network, client certificate ~/c.pem",
            &[
                "it is known there by your certificate",
                private,
                "it talks to every host below a name",
            ],
        ),
        ("http = ['http://localhost:8080']", "http://localhost:8080, private network", &[private]),
        (
            "http = [{ url = 'http://localhost', receives = ['prompt'] }]",
            "http://localhost, receives prompt, private network",
            &["secrets may be sent there", private],
        ),
        ("process = ['*']", "any program that the user chooses", &[program]),
        ("process = ['/op']", "/op with any arguments", &[program]),
        (
            "process = [{ program = '/op', arguments = ['a b', '', '{registry.host}'] }]",
            "/op 'a b' '' {registry.host}",
            &[program],
        ),
        (
            "process = [{ program = '/op', arguments = [], environment = ['A'], terminal = true, \
             new-privileges = true, receives = ['prompt'] }]",
            "/op, with the variable A, receives prompt, at the terminal, with new privileges",
            &[
                program,
                "secrets may be handed to the program",
                "the program can read what you type",
                "the program can become another user, as with sudo",
            ],
        ),
        ("environment = ['A']", "A", &[]),
        (
            "environment = [{ name = 'A', plain = true }]",
            "A in the clear",
            &["it reads the value in the clear"],
        ),
        (
            "environment = ['{registry.token}']",
            "{registry.token}",
            &["it uses the registry's token"],
        ),
        ("files = ['~/a']", "~/a", &[]),
        ("files = ['/etc/a']", "/etc/a", &["the file is not in your home folder"]),
        ("plain = ['json:/a']", "json:/a", &["it reads this field in the clear"]),
        ("prompt = true", "true", &[]),
        ("reveal = true", "true", &["it sees the bytes of secrets"]),
        ("limits = { memory = '1GiB' }", "memory 1GiB", more),
        ("limits = { wall = '11s' }", "wall 11s", more),
        ("limits = { cpu = '3s' }", "cpu 3s", more),
        ("limits = { wall = '10s' }", "wall 10s", &[]),
        ("limits = { cpu = '2s' }", "cpu 2s", &[]),
        ("limits = { memory = '64MiB' }", "memory 64MiB", &[]),
        ("limits = { lifetime = '1h' }", "lifetime 1h", &[]),
    ];
    for (line, subject, risks) in cases {
        let request = request(line);
        assert_eq!((request.subject.as_str(), &request.risks[..]), (*subject, *risks), "{line}");
    }
}

#[test]
fn a_provider_for_every_registry_is_looked_at_twice() {
    let text = "name = 'a'\nversion = '1'\ndescription = 'a'\n[capabilities]\n\
                registries = ['*', 'cargo:*', 'oci:ghcr.io', 'cargo:sparse+https://a.example/*']";
    let requests = Manifest::parse(text, "manifest").unwrap().requests();
    let every: &[&str] = &["it is asked about every registry"];
    let risks: Vec<_> = requests.iter().map(|one| (one.subject.as_str(), &one.risks[..])).collect();
    assert_eq!(
        risks,
        [
            ("*", every),
            ("cargo:*", every),
            ("oci:ghcr.io", &[]),
            ("cargo:sparse+https://a.example/*", &[]),
        ]
    );
}

#[test]
fn a_program_is_granted_by_words_only_where_they_say_all_of_it() {
    for (value, argument) in [
        ("'/op'", "/op"),
        ("{ program = '/op', arguments = ['read', '*'] }", "/op read *"),
        (
            "{ program = '/op', arguments = ['a b'] }",
            "{ program = \"/op\", arguments = [\"a b\"] }",
        ),
        (
            "{ program = '/op', arguments = ['a', ''] }",
            "{ program = \"/op\", arguments = [\"a\", \"\"] }",
        ),
        ("{ program = '/op', arguments = [] }", "{ program = \"/op\", arguments = [] }"),
        ("{ program = '/o p', arguments = ['a'] }", "{ program = \"/o p\", arguments = [\"a\"] }"),
        (
            "{ program = '/op', arguments = ['a'], terminal = true }",
            "{ program = \"/op\", arguments = [\"a\"], terminal = true }",
        ),
    ] {
        let asked = manifest(&format!("process = [{value}]"));
        let request = asked.requests().remove(1);
        assert_eq!(request.grant_argument, format!("process={argument}"));
        // What is read from it is the same program with the same arguments.
        let change = Change::parse(&request.grant_argument).unwrap();
        let given = Grant::default().with(&[change], "grant").unwrap();
        assert_eq!(given.rules().lines()[0].subject, request.subject);
    }
}

/// The twin is in the test: with one blank it is a sentence.
#[test]
fn a_sentence_cannot_be_pushed_to_where_the_tables_own_words_stand() {
    let text = |sentence: &str| {
        format!(
            "name = 'a'\nversion = '1'\ndescription = \"{sentence}\"\n[capabilities]\n\
             registries = ['cargo:*']\nstores = ['os']\n[reasons]\nstores = \"{sentence}\"\n"
        )
    };
    let parse = |sentence: &str| Manifest::parse(&text(sentence), "manifest.toml");
    for blanks in ["  ", "\\u00a0 ", "\\u3000\\u3000", "\\u2800\\u2800", "\\u2003\\u2009"] {
        let refused = parse(&format!("kept{blanks}there")).unwrap_err().to_string();
        assert!(refused.contains("several blanks in a row"), "{blanks:?}: {refused}");
    }
    for blank in ["", " ", "\\u00a0"] {
        assert_eq!(parse(&format!("kept{blank}there")).unwrap().requests().len(), 2, "{blank:?}");
    }
}
