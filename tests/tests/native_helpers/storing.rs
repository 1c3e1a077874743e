//! What a helper is told to keep and to forget.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::{Machine, NOT_FOUND, answer, message};

/// Writes down what it is asked, and keeps one credential.
const GOOD: &str = r#"
echo "$1" >> ~/actions
case "$1" in
store) cat > ~/kept ;;
get) cat > ~/server; if [ -f ~/kept ]; then cat ~/kept; else echo 'credentials not found in native keychain'; exit 1; fi ;;
erase) cat >> ~/erased; rm ~/kept 2> /dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
esac
"#;

#[test]
fn a_helper_is_told_what_docker_tells_it_byte_for_byte() {
    let machine = Machine::with_helper(GOOD);
    let server = "127.0.0.1:5101";
    let _ = machine.store(server, "alice", "s3cret").succeeds().prints("").is_silent();
    let line = "{\"ServerURL\":\"127.0.0.1:5101\",\"Username\":\"alice\",\"Secret\":\"s3cret\"}\n";
    assert_eq!(machine.seen("kept"), line);
    let _ = machine.get(server).succeeds().prints(&answer(server, "alice", "s3cret"));
    assert_eq!(machine.seen("server"), server, "without a line end");
    let _ = machine.erase(server).succeeds().prints("");
    let names = [server, "https://127.0.0.1:5101", "https://127.0.0.1:5101/", "127.0.0.1:5101/"];
    assert_eq!(machine.seen("erased"), names.concat(), "and its other names");
    let _ = machine.get(server).exits_with(1).prints(NOT_FOUND);
}

#[test]
fn every_byte_of_a_text_comes_back() {
    let machine = Machine::with_helper(GOOD);
    for secret in [
        "\"quotes\" \\ and \\n",
        "<&>'",
        "  blanks  ",
        "tab\tand\nline\r\n",
        "ünïcödé 🦀",
        "a\u{1}b\u{7f}",
    ] {
        let _ = machine.store("h", "<token>", secret).succeeds();
        let found = machine.get("h").succeeds().json();
        assert_eq!((&found["Username"], &found["Secret"]), (&"<token>".into(), &secret.into()));
    }
}

#[test]
fn to_erase_what_is_not_there_is_no_failure() {
    let machine = Machine::with_helper(GOOD);
    let _ = machine.erase("h").succeeds().prints("");
    assert!(machine.seen("actions").starts_with("erase\n"));
}

#[test]
fn a_helper_that_fails_to_keep_or_to_erase_says_why() {
    let machine = Machine::with_helper("cat > /dev/null; echo 'the disk is full'; exit 1");
    for output in [machine.store("h", "alice", "s3cret-1"), machine.erase("h")] {
        let output = output.exits_with(1).says("docker-credential-odd").nowhere_has("s3cret-1");
        assert!(output.stdout.contains("the disk is full"), "{output}");
    }
}

/// A helper that quotes what it was told would show it on every terminal and in every log.
#[test]
fn a_secret_in_a_helpers_words_is_shown_to_nobody() {
    for script in [
        "input=$(cat); echo \"cannot store $input\"; exit 1",
        "input=$(cat); echo \"cannot store $input\" >&2; exit 1",
        "cat > /dev/null; echo 'cannot store s3cret-1'; exit 1",
        "cat > /dev/null; echo 'cannot store s3cret-1' >&2; exit 1",
    ] {
        let machine = Machine::with_helper(script);
        let output = machine.store("h", "alice", "s3cret-1").exits_with(1).nowhere_has("s3cret-1");
        assert!(output.stdout.contains("ended with status 1"), "{output}");
    }
    // The twin: other words are shown.
    let machine = Machine::with_helper("cat > /dev/null; echo 'cannot store it'; exit 1");
    assert!(machine.store("h", "alice", "s3cret-1").stdout.contains("cannot store it"));
}

/// Whatever it makes of them: Go's JSON, a URL, the header of a request.
#[test]
fn no_spelling_and_no_part_of_a_secret_in_a_helpers_words_is_shown() {
    let secret = "pa\"ss<word-canary?1";
    let header = STANDARD.encode(format!("alice:{secret}"));
    for spelling in [
        r#"pa\"ss\u003cword-canary?1"#,
        "pa%22ss%3Cword-canary%3F1",
        "it begins with pa\"ss<wo",
        "PA\"SS<WORD-CANARY?1",
        &header,
        header.trim_end_matches('='),
    ] {
        for stream in ["", " >&2"] {
            let script =
                format!("cat > /dev/null; cat{stream} <<'END'\nno {spelling}\nEND\nexit 1");
            let output = Machine::with_helper(&script).store("h", "alice", secret).exits_with(1);
            let output = output.nowhere_has(spelling).nowhere_has("no ");
            assert!(output.stdout.contains("ended with status 1"), "{output}");
            let _ = output.shows("[redacted]");
        }
    }
}

#[test]
fn one_that_makes_its_secrets_leaves_a_login_to_the_next() {
    let machine = Machine::new();
    let generating = "cat > /dev/null; echo 'not implemented'; exit 1";
    for (suffix, script) in [("ecr-login", generating), ("next", GOOD)] {
        machine.grant(&machine.helper(suffix, script));
    }
    machine.configure(&["ecr-login", "next"]);
    let _ = machine.store("h", "alice", "s3cret").succeeds();
    assert_eq!(machine.seen("actions"), "store\n");
    machine.configure(&["ecr-login"]);
    let output = machine.store("h", "alice", "s3cret").exits_with(1);
    assert!(output.stdout.contains("not supported"), "{output}");
}

#[test]
fn a_secret_that_helpers_cannot_read_is_refused_before_one_is_started() {
    let machine = Machine::with_helper(GOOD);
    let longest = 65_535 - message("h", "u", "").len();
    let _ = machine.store("h", "u", &"a".repeat(longest)).succeeds();
    let kept = machine.seen("kept");
    assert_eq!(kept.len(), 65_536, "with its line end");
    let refused = machine.store("h", "u", &"a".repeat(longest + 1)).exits_with(1);
    assert!(refused.stdout.contains("65,535"), "{refused}");
    assert_eq!(machine.seen("actions"), "store\n", "it was not started again");
    assert_eq!(machine.seen("kept"), kept, "the old one is kept");
    // The twin, for one that reads longer lines.
    let helper = machine.path("tools/docker-credential-odd").display().to_string();
    machine.allow_long_secrets(&helper);
    let _ = machine.store("h", "u", &"a".repeat(200_000)).succeeds();
    assert_eq!(machine.get("h").succeeds().json()["Secret"].as_str().unwrap().len(), 200_000);
}

#[test]
fn what_the_store_of_windows_cannot_hold_is_refused_before_it_is_started() {
    let machine = Machine::new();
    let wincred = machine.helper("wincred.exe", GOOD);
    machine.grant(&wincred);
    machine.configure(&["wincred.exe"]);
    let _ = machine.store("h", "u", &"a".repeat(2560)).succeeds();
    let refused = machine.store("h", "u", &"a".repeat(2561)).exits_with(1);
    assert!(refused.stdout.contains("2,560 bytes"), "{refused}");
    assert_eq!(machine.seen("actions"), "store\n");
}

/// What fits into a pipe is gone unseen, for docker too.
#[test]
fn what_a_helper_did_not_read_it_has_not_kept() {
    let machine = Machine::with_helper("exec <&-; sleep 0.2; exit 0");
    let helper = machine.path("tools/docker-credential-odd").display().to_string();
    machine.allow_long_secrets(&helper);
    let long = "a".repeat(200_000);
    let refused = machine.store("h", "alice", &long).exits_with(1).nowhere_has(&long);
    assert!(refused.stdout.contains("takes no more input"), "{refused}");
}
