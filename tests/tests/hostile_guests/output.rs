//! What the client, the terminal and the person see.

use lockgate_core::{Ecosystem, Failure, Lifetime, Operation, check_token};
use lockgate_sandbox::CallError;
use lockgate_tests::guests::{Machine, Seen, answer, attack, error};

const REVEALER: &str =
    "stores = [\"cargo-credentials\"]\nhttp = [\"https://elsewhere.example\"]\nreveal = true";

#[test]
fn output_has_an_end_and_what_is_dropped_is_counted() {
    let expect = |kept: usize, dropped: usize| {
        move |seen: &Seen| {
            assert_eq!(seen.answer(), "written");
            assert_eq!((seen.output().len(), seen.0.output.dropped()), (kept, dropped));
        }
    };
    attack("hostile", &["output", "65537"])
        .refused_with(expect(65536, 1))
        .works_when(|attack| attack.saying(&["output", "65536"]), expect(65536, 0));
}

#[test]
fn a_flood_on_every_way_out_is_one_buffer() {
    attack("hostile", &["output-flood"])
        .refused_with(|seen| {
            assert_eq!(seen.output().len(), 64 << 10);
            assert!(seen.0.output.dropped() > 11 << 20, "{}", seen.0.output.dropped());
        })
        .works_when(
            |attack| attack.saying(&["print", "a few words"]),
            |seen| assert_eq!(seen.output(), "a few words\na few words\n"),
        );
}

/// The twin is the answer that the host itself writes: what the guest returned.
#[test]
fn a_forged_reply_is_only_output() {
    attack("hostile", &["print-reply"])
        .refused_with(|seen| {
            assert_eq!(seen.answer(), "printed");
            assert!(seen.output().contains(r#""token":"forged""#), "{}", seen.output());
        })
        .works_when(|attack| attack.saying(&["answer", "returned"]), answer("returned"));
}

#[test]
fn an_early_exit_is_no_answer() {
    for exit in ["exit-early", "exit-failing"] {
        attack("hostile", &[exit])
            .refused_with(error("the provider was stopped: it exited instead of answering"))
            .works_when(|attack| attack.saying(&["answer", "text"]), answer("text"));
    }
}

#[test]
fn a_revealed_secret_is_not_in_the_text_of_a_crash() {
    attack("revealer", &["panic"])
        .on(&Machine::new().keeping("very-secret"))
        .granted(REVEALER)
        .refused_with(|seen| {
            assert!(seen.error().starts_with("the provider crashed"), "{}", seen.error());
            assert!(seen.output().contains("[redacted]"), "{}", seen.output());
            assert!(!seen.output().contains("very-secret"), "{}", seen.output());
        })
        .works_when(
            |attack| attack.by("hostile").saying(&["trap", "very-secret"]).granted(""),
            |seen| assert!(seen.output().contains("very-secret"), "{}", seen.output()),
        );
}

#[test]
fn a_revealed_secret_is_not_in_output_log_or_message() {
    for way in ["print", "log", "fail"] {
        attack("revealer", &[way])
            .on(&Machine::new().keeping("very-secret"))
            .granted(REVEALER)
            .refused_with(|seen| {
                let text = everything(seen);
                assert!(text.contains("[redacted]") && !text.contains("very-secret"), "{text}");
            })
            .works_when(
                |attack| attack.by("hostile").saying(&[way, "very-secret"]).granted(""),
                |seen| assert!(everything(seen).contains("very-secret"), "{}", everything(seen)),
            );
    }
}

/// All that a person could be shown.
fn everything(seen: &Seen) -> String {
    let error = if seen.0.result.is_err() { seen.error() } else { String::new() };
    seen.output() + &error
}

#[test]
fn messages_of_a_failure_are_cut() {
    attack("hostile", &["fail-flood"])
        .refused_with(|seen| {
            let messages = messages(seen);
            assert_eq!(messages.len(), 16);
            assert_eq!(messages.concat().len(), 8 << 10);
        })
        .works_when(
            |attack| attack.saying(&["fail", "it does not work", "the server is down"]),
            |seen| assert_eq!(messages(seen), ["it does not work", "the server is down"]),
        );
}

fn messages(seen: &Seen) -> Vec<String> {
    match &seen.0.result {
        Err(CallError::Failure(Failure::Other(messages))) => messages.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_claim_of_a_refusal_is_not_the_hosts_record() {
    attack("hostile", &["claim-denied", "environment"])
        .refused_with(|seen| {
            assert_eq!(seen.error(), "the provider says that it was denied `environment`");
            assert!(seen.refusals().is_empty());
        })
        .works_when(
            |attack| attack.saying(&["read-environment", "HOME"]),
            |seen| {
                let refusal = "environment `HOME` was refused: it is not granted";
                assert_eq!(seen.refusals(), [refusal]);
            },
        );
}

#[test]
fn a_prompt_needs_the_grant() {
    let machine = Machine::new().typing("typed");
    attack("hostile", &["prompt", "your password?"])
        .on(&machine)
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: prompt");
            assert_eq!(seen.refusals(), ["prompt `prompt` was refused: it is not granted"]);
            assert!(machine.questions().is_empty(), "somebody was asked");
        })
        .works_with("prompt = true", answer("typed"));
    assert_eq!(machine.questions(), ["hostile asks: your password? "]);
}

#[test]
fn a_flood_of_questions_ends() {
    let machine = Machine::new().typing("typed");
    attack("hostile", &["prompt-flood"])
        .on(&machine)
        .granted("prompt = true")
        .refused_with(|seen| {
            assert!(seen.error().starts_with("asked 8 times: "), "{}", seen.error());
            assert_eq!(machine.questions().len(), 8);
        })
        .works_when(|attack| attack.saying(&["prompt", "one question"]), answer("typed"));
}

#[test]
fn a_lifetime_is_cut_to_the_grant() {
    let lifetime = |seen: &Seen| seen.credential().lifetime;
    attack("hostile", &["answer-forever", "text"])
        .granted(r#"limits = { lifetime = "1h" }"#)
        .refused_with(|seen| {
            let Lifetime::Until(until) = lifetime(seen) else { panic!("{:?}", lifetime(seen)) };
            assert!((now() + 3590..=now() + 3600).contains(&until), "{until}");
        })
        .works_with("", |seen| assert_eq!(lifetime(seen), Lifetime::Until(u64::MAX)));
}

#[test]
fn a_session_is_cut_to_the_grant() {
    let lifetime = |seen: &Seen| seen.credential().lifetime;
    attack("hostile", &["answer", "text"])
        .granted(r#"limits = { lifetime = "1h" }"#)
        .refused_with(|seen| assert!(matches!(lifetime(seen), Lifetime::Until(_))))
        .works_with("", |seen| assert_eq!(lifetime(seen), Lifetime::Session));
}

#[test]
fn every_purpose_is_the_providers_word_within_its_grant() {
    attack("hostile", &["answer", "text"])
        .granted("limits = { any-purpose = false }")
        .refused_with(|seen| assert!(!seen.credential().any_purpose))
        .works_with("", |seen| assert!(seen.credential().any_purpose));
}

fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// The check is the broker's, with this function, on whatever comes out of the sandbox.
#[test]
fn an_answer_that_no_header_takes_is_refused() {
    let check = |seen: &Seen| check_token(Ecosystem::Cargo, &seen.credential().secret);
    let refusal = |seen: &Seen| check(seen).unwrap_err().to_string();
    let cases = [
        ("", "please provide a non-empty token"),
        ("token\r\nX-Forged: 1", "token contains invalid characters"),
        ("tok\u{1b}[2J", "token contains invalid characters"),
        ("t\u{f6}ken", "token contains invalid characters"),
    ];
    for (token, expected) in cases {
        attack("hostile", &["answer", token])
            .refused_with(|seen| assert!(refusal(seen).starts_with(expected), "{}", refusal(seen)))
            .works_when(
                |attack| attack.saying(&["answer", "token"]),
                |seen| assert_eq!(check(seen), Ok(())),
            );
    }
}

/// A request to log out has no credential to answer with.
#[test]
fn a_logout_answers_no_credential() {
    attack("hostile", &["answer", "text"])
        .during(Operation::Logout)
        .refused_with(answer("logged out"))
        .works_when(
            |attack| attack.during(Operation::Get(lockgate_core::Purpose::Read)),
            answer("text"),
        );
}
