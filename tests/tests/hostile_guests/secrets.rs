//! What can be learned of a sealed secret.

use lockgate_tests::guests::{Machine, TOKEN_VARIABLE, answer, attack, error};

const GRANT: &str = "environment = [\"{registry.token}\"]";
const VARIABLE: &str = "{registry.token}";

fn machine(value: &str) -> Machine {
    Machine::new().variable(TOKEN_VARIABLE, value)
}

/// 64 wrong guesses say that it is none of 64 texts, and that is all.
#[test]
fn guesses_end_after_64_failures() {
    attack("hostile", &["guess-many", VARIABLE, "1000"])
        .on(&machine("token"))
        .granted(GRANT)
        .refused_with(answer("exhausted after 64"))
        .works_when(|attack| attack.saying(&["guess-many", VARIABLE, "64"]), answer("64 guesses"));
}

#[test]
fn right_guesses_end_after_256_attempts() {
    let words = |count: usize| {
        let mut words = vec!["guess-document", VARIABLE];
        words.resize(2 + count, "token");
        words
    };
    attack("hostile", &words(300))
        .on(&machine("token"))
        .granted(GRANT)
        .refused_with(|seen| {
            let said = seen.answer();
            assert_eq!(said.matches("true").count(), 256);
            assert_eq!(said.matches("Problem::Exhausted").count(), 44);
        })
        .works_when(
            |attack| attack.saying(&words(256)),
            |seen| assert_eq!(seen.answer().matches("true").count(), 256),
        );
}

#[test]
fn a_separator_is_no_guess() {
    attack("hostile", &["split-document", VARIABLE, "tok"])
        .on(&machine("tok:en"))
        .granted(GRANT)
        .refused_with(error("a separator is one to four bytes of ASCII, no letter or digit"))
        .works_when(
            |attack| attack.saying(&["split-document", VARIABLE, ":"]),
            answer("it is there"),
        );
}

#[test]
fn a_field_in_the_clear_needs_a_grant() {
    attack("hostile", &["plain-field", VARIABLE, "kind"])
        .on(&machine(r#"{"kind": "user", "token": "secret"}"#))
        .granted(GRANT)
        .refused_with(error("the field may not be read in the clear"))
        .works_with(&format!("{GRANT}\nplain = [\"json:/kind\"]"), answer("user"));
}

#[test]
fn a_granted_field_does_not_open_its_neighbour() {
    attack("hostile", &["plain-field", VARIABLE, "token"])
        .on(&machine(r#"{"kind": "user", "token": "secret"}"#))
        .granted(&format!("{GRANT}\nplain = [\"json:/kind\"]"))
        .refused_with(error("the field may not be read in the clear"))
        .works_when(|attack| attack.saying(&["plain-field", VARIABLE, "kind"]), answer("user"));
}

#[test]
fn a_sealed_variable_is_not_text() {
    attack("hostile", &["read-environment-text", "CARGO_REGISTRIES_OTHER_TOKEN"])
        .on(&Machine::new().variable("CARGO_REGISTRIES_OTHER_TOKEN", "other"))
        .granted("environment = [\"CARGO_REGISTRIES_OTHER_TOKEN\"]")
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: environment");
            let refusal = "environment `CARGO_REGISTRIES_OTHER_TOKEN` was refused: it is granted as a secret, not as plain text";
            assert_eq!(seen.refusals(), [refusal]);
        })
        .works_when(
            |attack| attack.saying(&["read-environment", "CARGO_REGISTRIES_OTHER_TOKEN"]),
            answer("other"),
        );
}
