//! What a line says, and what it never says.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange files that nothing else would, and fail by panicking"
)]

mod place;

use std::fs;
use std::path::Path;
use std::time::Duration;

use lockgate_audit::{AuditError, Context, Event, Filter, Outcome, Reader, Trail};
use lockgate_core::{Ecosystem, Lifetime, LoginInput, Operation, Origin, Origins, Registry};
use place::{Place, context, entries, used};

#[test]
fn a_line_says_who_asked_for_what_and_what_came_of_it() {
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    let context = context();
    trail.record(&context, &used("CORP_TOKEN")).unwrap();
    let (refused, rule) = ("GET https://b.example/", "policy.toml:7");
    let event = Event::Use { capability: "http", subject: refused, allowed: false, rule };
    trail.record(&context, &event).unwrap();
    let origins = Origins::of(Origin::Environment("CORP_TOKEN".into()));
    let (lifetime, duration) = (Some(Lifetime::Until(951_782_400)), Duration::from_micros(1234));
    let (outcome, rule, origins) = (Outcome::Answered, "", Some(&origins));
    trail.record(&context, &Event::Answer { outcome, rule, lifetime, origins, duration }).unwrap();

    let expected = [
        r#""event":"use","request":"R","caller":{"pid":7,"program":"/usr/bin/cargo"},"provider":"corp","digest":"sha256:ab","registry":"cargo:sparse+https://a.example/i/","operation":"logout","capability":"environment","subject":"CORP_TOKEN","allowed":true,"rule":"grant.toml:3""#,
        r#""event":"use","request":"R","caller":{"pid":7,"program":"/usr/bin/cargo"},"provider":"corp","digest":"sha256:ab","registry":"cargo:sparse+https://a.example/i/","operation":"logout","capability":"http","subject":"GET https://b.example/","allowed":false,"rule":"policy.toml:7""#,
        r#""event":"answer","request":"R","caller":{"pid":7,"program":"/usr/bin/cargo"},"provider":"corp","digest":"sha256:ab","registry":"cargo:sparse+https://a.example/i/","operation":"logout","outcome":"answered","lifetime":"2000-02-29T00:00:00.000000Z","origins":["environment:CORP_TOKEN"],"duration_us":1234"#,
    ];
    let found = entries(&place.folder);
    assert_eq!(found.len(), expected.len());
    for (index, (entry, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(entry.seq, index as u64 + 1);
        let request = entry.request.as_deref().unwrap();
        let expected = expected.replace("\"R\"", &format!("\"{request}\""));
        assert!(entry.line.contains(&expected), "{}\n{expected}", entry.line);
        assert!(entry.line.starts_with(&format!(r#"{{"seq":{},"time":"2"#, index + 1)));
    }
    let refusals = Filter { refused: true, ..Filter::default() };
    let refused: Vec<_> = found.iter().filter(|it| refusals.admits(it)).map(|it| it.seq).collect();
    assert_eq!(refused, [2]);
    place.assert_whole(3);
}

#[test]
fn nothing_is_touched_before_something_is_recorded() {
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    assert!(!place.folder.exists());
    assert_eq!(place.report().lines, 0);
    trail.prepare().unwrap();
    assert!(place.current().exists());
    assert_eq!(place.text(), "");
}

#[test]
fn one_request_cannot_fill_the_trail_and_its_answer_is_recorded_all_the_same() {
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    let request = context();
    for _ in 0..200 {
        trail.record(&request, &used("X")).unwrap();
    }
    for _ in 0..1000 {
        let error = trail.record(&request, &used("X")).unwrap_err();
        assert!(matches!(error, AuditError::TooMany), "{error}");
    }
    let (outcome, rule, duration) = (Outcome::Failed, "", Duration::ZERO);
    let answer = Event::Answer { outcome, rule, lifetime: None, origins: None, duration };
    trail.record(&request, &answer).unwrap();
    let events: Vec<_> = entries(&place.folder).into_iter().map(|entry| entry.event).collect();
    assert_eq!(events.len(), 202);
    assert_eq!(events[199..], ["use", "more", "answer"]);
    // The twin: another request has lines of its own.
    trail.record(&context(), &used("X")).unwrap();
    place.assert_whole(203);
}

#[test]
fn the_secret_of_a_login_is_in_no_line() {
    const CANARY: &str = "canary-8f2e6c1d";
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    let registry = Registry::new(Ecosystem::Oci, format!("{CANARY}@a.example")).unwrap();
    let input = LoginInput { secret: Some(CANARY.into()), ..LoginInput::default() };
    let context = Context::new(7, None, &registry, &Operation::Login(input));
    trail.record(&context, &used("X")).unwrap();
    let (outcome, rule, duration) = (Outcome::Answered, "", Duration::ZERO);
    let answer = Event::Answer { outcome, rule, lifetime: None, origins: None, duration };
    trail.record(&context, &answer).unwrap();
    assert!(!place.text().contains(CANARY), "{}", place.text());
    assert!(!format!("{trail:?} {context:?} {answer:?}").contains(CANARY));
    // The twin: a subject is written as it is, so that nothing secret may be one.
    trail.record(&context, &used(CANARY)).unwrap();
    assert!(place.text().contains(CANARY));
}

/// A small generator of texts with everything that could end a line, a string or a colour.
struct Texts(u64);

impl Texts {
    fn number(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % below
    }

    fn next(&mut self) -> String {
        let length = self.number(700);
        (0..length)
            .filter_map(|_| match self.number(4) {
                0 => char::from_u32(self.number(0xa0) as u32),
                1 => ['"', '\\', '\n', '\u{2028}', '\u{202e}', '\u{9b}', '}', ',']
                    .get(self.number(8) as usize)
                    .copied(),
                2 => char::from_u32(self.number(0x11_0000) as u32),
                _ => Some('a'),
            })
            .collect()
    }
}

#[test]
fn every_text_makes_one_line_without_control_characters() {
    let place = Place::new();
    let trail = Trail::open(&place.folder);
    let mut texts = Texts(42);
    for _ in 0..500 {
        let [a, b, c, d, e] = std::array::from_fn(|_| texts.next());
        let registry =
            Registry::new(Ecosystem::Oci, a.replace(char::is_control, "") + "x").unwrap();
        let context = Context::new(1, Some(Path::new(&b)), &registry, &Operation::Logout)
            .for_provider(&c, Some(&d));
        let event = Event::Use { capability: &e, subject: &a, allowed: false, rule: &b };
        trail.record(&context, &event).unwrap();
        let origins = Origins::of(Origin::File(c.clone()));
        let (outcome, lifetime, duration) = (Outcome::Denied, None, Duration::MAX);
        let origins = Some(&origins);
        let answer = Event::Answer { outcome, rule: &d, lifetime, origins, duration };
        trail.record(&context, &answer).unwrap();
    }
    let text = place.text();
    assert_eq!(text.lines().count(), 1000);
    for line in text.lines() {
        assert_eq!(lockgate_core::escape(line), line, "something in it acts on a terminal");
        assert!(line.len() < 32 << 10, "{} bytes", line.len());
        assert!(line.ends_with("\"}"));
    }
    place.assert_whole(1000);
    assert_eq!(entries(&place.folder).len(), 1000);
}

#[test]
fn a_reader_follows_over_the_turn_of_files() {
    let place = Place::with(2);
    let mut reader = Reader::new(&place.folder);
    let mut next = || {
        let mut seqs = Vec::new();
        reader.read(|entry| seqs.push(entry.seq)).unwrap();
        seqs
    };
    assert_eq!(next(), [1, 2]);
    assert_eq!(next(), [0; 0]);
    place.record(1);
    assert_eq!(next(), [3]);
    fs::rename(place.current(), place.file("audit.1.jsonl")).unwrap();
    place.record(2);
    assert_eq!(next(), [4, 5]);
}
