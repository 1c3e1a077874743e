//! Time and memory of the host.

use lockgate_tests::guests::{Seen, answer, attack, error};

/// Answered by the providers of `wat/`, which keep nothing.
const NOT_FOUND: &str = "no credential was found";
const OUT_OF_TIME: &str =
    "the provider was stopped: it used more than the 1ms of processor time that it may take";

#[test]
fn an_endless_loop_ends() {
    attack("hostile", &["loop"])
        .granted(r#"limits = { cpu = "300ms" }"#)
        .refused_with(error(
            "the provider was stopped: it used more than the 300ms of processor time that it may take",
        ))
        .works_when(|attack| attack.saying(&["loop", "1"]), answer("counted 1 millions"));
}

#[test]
fn a_loop_ends_by_the_processor_time_of_its_grant() {
    attack("hostile", &["loop", "500"])
        .granted(r#"limits = { cpu = "1ms" }"#)
        .refused_with(error(OUT_OF_TIME))
        .works_with(r#"limits = { cpu = "30s", wall = "1m" }"#, answer("counted 500 millions"));
}

#[test]
fn a_loop_in_the_start_function_ends() {
    loop_ends("loop-in-start");
}

#[test]
fn a_loop_in_realloc_ends() {
    loop_ends("loop-in-realloc");
}

#[test]
fn a_loop_in_post_return_ends() {
    loop_ends("loop-in-post-return");
}

fn loop_ends(guest: &str) {
    attack(guest, &["word"])
        .granted(r#"limits = { cpu = "1ms" }"#)
        .refused_with(error(OUT_OF_TIME))
        .works_with(r#"limits = { cpu = "30s", wall = "1m" }"#, error(NOT_FOUND));
}

#[test]
fn a_long_sleep_ends_by_the_wall_time_of_its_grant() {
    attack("hostile", &["sleep", "3600"])
        .granted(r#"limits = { wall = "200ms" }"#)
        .refused_with(error(
            "the provider was stopped: it ran longer than the 200ms that it may take",
        ))
        .works_when(
            |attack| attack.saying(&["sleep", "1"]).granted(r#"limits = { wall = "1m" }"#),
            answer("slept"),
        );
}

#[test]
fn memory_ends_at_the_default_and_grows_by_grant() {
    attack("hostile", &["grow-memory", "100"])
        .refused_with(error(
            "the provider was stopped: it asked for more than the 67108864 bytes of memory that it may use",
        ))
        .works_with(r#"limits = { memory = "256MiB" }"#, answer("grew by 100 MiB"));
}

#[test]
fn tables_end_at_their_bound() {
    attack("table-of-50001", &[])
        .refused_with(error(
            "the provider was stopped: it asked for more than the 50000 table elements that it may use",
        ))
        .works_when(|attack| attack.by("table-of-50000"), error(NOT_FOUND));
}

#[test]
fn a_huge_string_is_refused_before_it_is_copied() {
    let bytes = |count: usize| count.to_string();
    attack("hostile", &["huge-string", &bytes((2 << 20) + 1)])
        .refused_with(|seen| {
            assert_eq!(seen.error(), TOO_MUCH_AT_ONCE);
            assert!(seen.refusals().is_empty(), "the host looked at it");
        })
        .works_when(
            |attack| attack.saying(&["huge-string", &bytes((2 << 20) - 64)]),
            answer("the host took it: Failure::Denied(\"environment\")"),
        );
}

const TOO_MUCH_AT_ONCE: &str = "the provider was stopped: too much data is being copied between the host and the guest: fuel allocated for hostcalls has been exhausted";

#[test]
fn a_flood_of_handles_ends() {
    attack("hostile", &["handle-flood", "257"])
        .refused_with(error(
            "the provider was stopped: it holds more than the 256 handles that it may hold",
        ))
        .works_when(|attack| attack.saying(&["handle-flood", "250"]), answer("250 handles"));
}

#[test]
fn handles_given_back_do_not_count() {
    attack("hostile", &["handle-flood", "100000"])
        .refused_with(error(
            "the provider was stopped: it holds more than the 256 handles that it may hold",
        ))
        .works_when(
            |attack| attack.saying(&["many-compose", "1000"]),
            answer("composed 1000 times"),
        );
}

#[test]
fn endless_recursion_is_a_crash_of_the_guest_alone() {
    attack("hostile", &["deep-recursion"])
        .refused_with(error("the provider crashed: wasm trap: call stack exhausted"))
        .works_when(|attack| attack.saying(&["deep-recursion", "100"]), answer("100"));
}

#[test]
fn a_secret_cannot_be_doubled_for_ever() {
    attack("hostile", &["double-compose", "22"])
        .refused_with(error("the provider was stopped: it made a secret longer than 8388608 bytes"))
        .works_when(|attack| attack.saying(&["double-compose", "21"]), answer("doubled 21 times"));
}

#[test]
fn a_flood_of_random_numbers_ends() {
    attack("hostile", &["random-flood", "4097"])
        .refused_with(error("the provider was stopped: it asked for too many random bytes at once"))
        .works_when(|attack| attack.saying(&["random-flood", "4096"]), answer("4096"));
}

/// What is refused is remembered for people, and would be a way to fill the host's memory.
#[test]
fn a_flood_of_refusals_is_not_kept() {
    let record = |seen: &Seen, count: usize| {
        assert_eq!(seen.answer(), format!("{count} calls"));
        seen.0.refusals.len()
    };
    attack("hostile", &["many-calls", "1000"])
        .refused_with(|seen| {
            assert_eq!(record(seen, 1000), 64);
            assert!(seen.0.refusals.iter().all(|refusal| refusal.subject.len() < 2 << 10));
        })
        .works_when(
            |attack| attack.saying(&["many-calls", "10"]),
            |seen| assert_eq!(record(seen, 10), 10),
        );
}
