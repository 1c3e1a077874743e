//! Plugins that break the protocol: cargo gives up, and so does Lockgate.

use lockgate_tests::Access;

use crate::{Machine, PLUGIN, TOKEN};

const HELLO: &str = r#"echo '{"v":[1]}'; read -r request"#;
const ANSWER: &str = r#"echo '{"Ok":{"kind":"get","token":"Bearer of-the-plugin","cache":"session","operation_independent":true}}'"#;

/// A plugin with this script, granted and configured.
fn machine(script: &str) -> Machine {
    let machine = Machine::new(Access::Private);
    let plugin = machine.program("cargo-credential-odd", script);
    machine.grant(PLUGIN, &plugin);
    machine.configure(&[&plugin]);
    machine
}

fn replies(reply: &str) -> String {
    format!("{HELLO}\nprintf '%s\\n' '{reply}'")
}

fn get(fields: &str) -> String {
    replies(&format!(r#"{{"Ok":{{"kind":"get",{fields}}}}}"#))
}

#[test]
fn each_fault_ends_the_request_with_its_reason() {
    let rest = r#""cache":"session","operation_independent":true"#;
    let scripts = [
        (format!("echo welcome\n{HELLO}\n{ANSWER}"), "failed to deserialize hello"),
        (format!("echo\n{HELLO}\n{ANSWER}"), "failed to deserialize hello"),
        (format!("echo '{{\"v\":[2,3]}}'\n{ANSWER}"), "supports protocol versions [2, 3]"),
        (format!("echo '{{\"v\":[\"1\"]}}'\n{ANSWER}"), "failed to deserialize hello"),
        (format!("echo '{{\"v\":1}}'\n{ANSWER}"), "failed to deserialize hello"),
        (format!("echo '{{\"v\":[]}}'\n{ANSWER}"), "supports protocol versions []"),
        ("exit 0".to_owned(), "failed to deserialize hello"),
        (HELLO.to_owned(), "failed to deserialize response"),
        (
            format!("{HELLO}\nprintf '{{\"Ok\":{{\"kind\":\"get\"'"),
            "failed to deserialize response",
        ),
        (replies(r#"{"token":"x"}"#), "failed to deserialize response"),
        (replies(r#"{"Ok":{"kind":"login"},"Err":{"kind":"not-found"}}"#), "failed to deserialize"),
        (replies(r#"{"Ok":{"kind":"login"}}"#), "unexpected response for `get` request"),
        (get(r#""token":"x","operation_independent":true"#), "failed to deserialize response"),
        (get(r#""token":"x","cache":"session""#), "failed to deserialize response"),
        (get(&format!(r#""token":7,{rest}"#)), "failed to deserialize response"),
        (get(rest), "failed to deserialize response"),
        (
            get(r#""token":"x","cache":"session","operation_independent":"true""#),
            "failed to deserialize response",
        ),
        (
            get(r#""token":"x","cache":"expires","operation_independent":true"#),
            "failed to deserialize response",
        ),
        (
            get(r#""token":"x","cache":"expires","expiration":1.5,"operation_independent":true"#),
            "failed to deserialize response",
        ),
        (replies(r#"{"Err":{"kind":"other"}}"#), "failed to deserialize response"),
        (replies(r#"{"Err":{"kind":"new"}}"#), "unknown"),
        (replies(r#"{"Err":{"kind":"operation-not-supported"}}"#), "operation not supported"),
        (format!("{HELLO}\n{ANSWER}\nexit 3"), "status"),
        (format!("{}\nexit 3", replies(r#"{"Err":{"kind":"url-not-supported"}}"#)), "status"),
    ];
    for (script, reason) in scripts {
        let machine = machine(&script);
        let _ = machine.cargo_reads().exits_with(101).says(reason);
        let _ = machine.lockgate_reads().exits_with(101).says(reason).nowhere_has(TOKEN);
    }
}

#[test]
fn what_is_odd_and_allowed_is_taken_as_cargo_takes_it() {
    let scripts = [
        format!("echo '{{\"v\":[2,1],\"new\":{{}}}}'\nread -r request\n{ANSWER}"),
        format!("{HELLO}\n{}", ANSWER.replace("echo", "printf %s")),
        get(&format!(r#""token":"{TOKEN}","cache":"later","operation_independent":false,"x":[]"#)),
        get(&format!(
            r#""token":"{TOKEN}","cache":"expires","expiration":32503680000,"operation_independent":true"#
        )),
        format!("{HELLO}\n{ANSWER}\necho more\nexec >&-\nread -r nothing || exit 0"),
    ];
    for script in scripts {
        let machine = machine(&script);
        assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN), "{script}");
        let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    }
}

#[test]
fn an_error_of_its_own_is_told_with_its_causes_in_their_order() {
    let script = replies(
        r#"{"Err":{"kind":"other","message":"the vault is locked","caused-by":["no key","\u001b[31mno agent"]}}"#,
    );
    let machine = machine(&script);
    let causes = "Caused by:\n  the vault is locked\n\nCaused by:\n  no key\n\nCaused by:\n";
    let _ = machine.cargo_reads().exits_with(101).says(causes);
    let told = machine.lockgate_reads().exits_with(101).says(causes);
    let _ = told.says("\\u{1b}[31mno agent").says("cargo-credential-odd` failed action `get`");
}

#[test]
fn a_plugin_that_finds_nothing_has_found_nothing() {
    let machine = machine(&replies(r#"{"Err":{"kind":"not-found"}}"#));
    let _ = machine.cargo_reads().exits_with(101).says("no token found for `corp`");
    let _ = machine.lockgate_reads().exits_with(101).says("no token found for `corp`");
}

/// cargo waits until the pipe is read, which is never.
#[test]
fn more_than_a_pipe_holds_behind_the_reply_is_read_and_dropped() {
    let machine = machine(&format!("{HELLO}\n{ANSWER}\nhead -c 200000 /dev/zero"));
    let owner = ["owner", "--list", "tool", "--registry", "corp"];
    let waiting = machine.home.cargo(owner).under(["timeout", "--kill-after=1", "3"]).run();
    let _ = waiting.exits_with(124);
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
}

#[test]
fn a_reply_without_end_is_cut_off() {
    let machine = machine(&format!("{HELLO}\nexec cat /dev/zero"));
    let _ = machine.lockgate_reads().exits_with(101).says("wrote more than 65536 bytes");
}

/// cargo would wait for the process that holds the pipe.
#[test]
fn what_a_plugin_leaves_behind_keeps_nobody_waiting() {
    let machine = machine(&format!("{HELLO}\n{ANSWER}\nsleep 100 &\necho $! > ~/left"));
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    let left = format!("/proc/{}/status", machine.seen("left").trim());
    let lives = || {
        let status = std::fs::read_to_string(&left).unwrap_or_default();
        status.contains("\nState:") && !status.contains("State:\tZ")
    };
    let start = std::time::Instant::now();
    while lives() {
        // It was killed, and the kernel has yet to see to that.
        assert!(start.elapsed().as_secs() < 10, "it still lives");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn a_token_that_no_header_takes_is_refused() {
    let machine =
        machine(&get(r#""token":"a\u0007b","cache":"session","operation_independent":true"#));
    let _ = machine.lockgate_reads().exits_with(101).says("token contains invalid characters");
}
