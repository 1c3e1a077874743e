//! The exact words of ours, and streams that are not as they should be.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use lockgate_tests::docker_helper::{Helper, MISSING_SERVER, NOT_FOUND, credential};
use lockgate_tests::memory::Watch;

use crate::{Home, Output, Run};

const SERVER: &str = "registry.example.com:5000";
const USAGE: &str = "Usage: docker-credential-lockgate <store|get|erase|list|version>\n";
/// Longest time for something that waits for nobody.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a helper may take at most, in KiB, however much it is sent: the longest request, and what that
/// is made into.
const MEMORY_BOUND: u64 = 96 << 10;

fn kept() -> (Home, Helper) {
    let home = Home::new();
    let helper = Helper::ours(&home);
    helper.keeps(SERVER, "alice", "s3cret");
    (home, helper)
}

#[track_caller]
fn end_of(mut child: Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    panic!("it waits for something");
}

#[test]
fn each_word_has_its_exact_answer() {
    let home = Home::new();
    let helper = Helper::ours(&home);
    let version = format!("docker-credential-lockgate (lockgate) {}\n", env!("CARGO_PKG_VERSION"));
    for word in ["version", "--version", "-v"] {
        let _ = helper.ask(&[word], "").succeeds().prints(&version).is_silent();
    }
    for word in ["--help", "-h"] {
        let help = helper.ask(&[word], "").succeeds().is_silent();
        assert!(help.stdout.starts_with(USAGE), "{help}");
    }
    for words in [&[][..], &["get", "get"], &["get", ""], &["--", "get"]] {
        let _ = helper.ask(words, SERVER).exits_with(1).prints(USAGE).is_silent();
    }
    for word in ["login", "GET", "", "--cargo-plugin", "--docker-helper", "logout"] {
        let said = format!("docker-credential-lockgate: unknown action: {word}\n");
        let _ = helper.ask(&[word], SERVER).exits_with(1).prints(&said).is_silent();
    }
    let odd = helper.ask(&["\u{1b}[2J\n"], "").exits_with(1);
    let _ = odd.prints("docker-credential-lockgate: unknown action: \\u{1b}[2J\\u{a}\n");
}

#[test]
fn the_bytes_are_those_of_dockers_own_helpers() {
    let (_home, helper) = kept();
    let answer =
        format!("{{\"ServerURL\":\"{SERVER}\",\"Username\":\"alice\",\"Secret\":\"s3cret\"}}\n");
    let _ = helper.ask(&["get"], format!(" {SERVER}\n")).succeeds().prints(&answer).is_silent();
    let _ = helper.ask(&["list"], "").succeeds().prints(&format!("{{\"{SERVER}\":\"alice\"}}\n"));
    helper.keeps(SERVER, "<token>", "a&b\u{9b}");
    let _ = helper.ask(&["get"], SERVER).prints(&format!(
        "{{\"ServerURL\":\"{SERVER}\",\"Username\":\"\\u003ctoken\\u003e\",\"Secret\":\"a\\u0026b\\u009b\"}}\n"
    ));
}

#[test]
fn a_list_has_no_secret_anywhere() {
    let (_home, helper) = kept();
    helper.keeps("b.example", "bob", "hunter2");
    let _ = helper.ask(&["list"], "").succeeds().nowhere_has("s3cret").nowhere_has("hunter2");
}

#[test]
fn it_has_the_same_answers_under_its_other_names() {
    let (home, helper) = kept();
    let answer = helper.ask(&["get"], SERVER).succeeds().stdout;
    let _ =
        home.lockgate(["--docker-helper", "get"]).stdin(SERVER).run().succeeds().prints(&answer);
    let _ = home.lockgate(["--docker-helper"]).run().exits_with(1).prints(USAGE);
    let name = home.programs().join("docker-credential-lockgate.exe");
    symlink(home.programs().join("lockgate"), &name).unwrap();
    let _ = home.run(name).args(["get"]).stdin(SERVER).run().succeeds().prints(&answer);
}

#[test]
fn what_reads_nothing_waits_for_nobody() {
    let (_home, helper) = kept();
    for words in [&["list"][..], &["version"], &["--help"], &["unknown"], &[], &["get", "get"]] {
        let mut child = helper.run_of(words, "").command().spawn().unwrap();
        let open = child.stdin.take();
        end_of(child);
        drop(open);
    }
}

#[test]
fn a_request_without_an_end_is_refused_and_takes_no_memory() {
    let (_home, helper) = kept();
    for action in ["store", "get", "erase"] {
        let run = helper.run_of(&[action], "");
        let mut command = run.command();
        command.stdin(File::open("/dev/zero").unwrap());
        let child = command.spawn().unwrap();
        let watch = Watch::start(child.id());
        let output = child.wait_with_output().unwrap();
        let peak = watch.stop();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said, "the client's request is longer than 8388608 bytes\n");
        assert!(peak < MEMORY_BOUND, "{action}: {peak} KiB");
    }
    assert!(helper.finds(SERVER).is_some());
}

fn redirected(helper: &Helper, action: &str, input: &str, how: &str) -> Output {
    let script = format!("exec \"$@\" {how}");
    helper.run_of(&[action], input).under(["sh", "-c", &script, "sh"]).run()
}

#[test]
fn closed_streams_are_no_crash() {
    let (_home, helper) = kept();
    let _ = redirected(&helper, "get", "", "<&-").exits_with(1).prints(MISSING_SERVER);
    let _ = redirected(&helper, "list", "", "<&-").succeeds().shows("alice");
    let _ = redirected(&helper, "get", SERVER, "2>&-").succeeds().shows("s3cret");
    let new = credential(SERVER, "bob", "new");
    let _ = redirected(&helper, "store", &new, ">&- 2>&-").succeeds();
    let _ = redirected(&helper, "get", SERVER, ">&-").nowhere_has("new");
    let _ = redirected(&helper, "get", SERVER, "<&- >&- 2>&-");
    assert_eq!(helper.finds(SERVER), Some(("bob".into(), "new".into())));
}

#[test]
fn an_answer_that_nobody_reads_is_no_success() {
    let (_home, helper) = kept();
    let full = redirected(&helper, "get", SERVER, "> /dev/full").exits_with(1);
    let _ = full.says("standard output cannot be written").nowhere_has("s3cret");
    for action in ["get", "list"] {
        let mut child = helper.run_of(&[action], "").command().spawn().unwrap();
        drop(child.stdout.take());
        child.stdin.take().unwrap().write_all(SERVER.as_bytes()).unwrap();
        let status = end_of(child);
        assert_eq!(status.code(), Some(1), "{action}: {status}");
    }
}

/// docker shows the one line in a sentence of its own, and standard error as it comes.
#[test]
fn a_failure_is_one_line_for_docker_and_all_of_it_for_the_person() {
    let (home, helper) = kept();
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:fil\"]\n");
    for action in ["get", "erase"] {
        let output = helper.ask(&[action], SERVER).exits_with(1).says("lockgate:fil");
        assert_eq!(output.stdout.matches('\n').count(), 1, "{output}");
        assert!(output.stdout.contains("there is no provider `lockgate:fil`"), "{output}");
        assert!(output.stderr.starts_with("error: "), "{output}");
    }
    let file = home.lockgate_home().join("config.toml");
    home.write_lockgate_config("[docker]\nproviders = 17\n");
    let _ = helper.ask(&["get"], SERVER).exits_with(1).names_line(&file, 2);
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:file\"]\n");
    assert!(helper.finds(SERVER).is_some());
}

/// Rust's own library reports what cannot be used, and would quote it.
#[test]
fn no_failure_has_the_secret_in_it() {
    let (_home, helper) = kept();
    for input in [
        "hunter2".to_owned(),
        r#"{"Secret":"hunter2","ServerURL":1}"#.to_owned(),
        r#"{"Secret":["hunter2"],"ServerURL":"h","Username":"u"}"#.to_owned(),
        credential("h", "u\n", "hunter2"),
        credential("h", "u", "hunter2\0"),
        credential("h", "u", &"hunter2".repeat(200_000)),
    ] {
        let output = helper.ask(&["store"], input).exits_with(1).nowhere_has("hunter2");
        assert_eq!(output.stdout.matches('\n').count(), 1, "{output}");
    }
    assert_eq!(helper.finds("h"), None);
}

#[test]
fn a_credential_of_one_server_is_never_another_ones() {
    let (_home, helper) = kept();
    for other in ["registry.example.com", "registry.example.com:5001", "registry.example.com:50000"]
    {
        let _ = helper.ask(&["get"], other).exits_with(1).prints(NOT_FOUND).is_silent();
        helper.forgets(other);
    }
    let quoted = format!("{SERVER}\",\"Username\":\"x");
    let _ = helper.ask(&["get"], quoted).exits_with(1).prints(NOT_FOUND);
    // The twin: the very one is found, and gone once it is erased.
    assert!(helper.finds(SERVER).is_some());
    helper.forgets(SERVER);
    assert_eq!(helper.finds(SERVER), None);
}

/// Nobody chose the file, so that it is told; who did is not told again.
#[test]
fn a_store_that_nobody_chose_is_told_at_each_login_and_one_that_was_chosen_is_not() {
    let home = Home::new();
    let helper = Helper::ours(&home);
    let store = || helper.ask(&["store"], credential(SERVER, "u", "s")).succeeds().prints("");
    let told = store().says("warning: ").says("unencrypted").says("providers = ");
    assert_eq!(told.stderr.matches("warning: ").count(), 1, "{told}");
    let _ = helper.ask(&["get"], SERVER).succeeds().is_silent();
    let _ = helper.ask(&["erase"], SERVER).succeeds().is_silent();
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:file\"]\n");
    let _ = store().is_silent();
}

#[test]
fn a_home_that_others_can_write_to_gets_an_answer_too() {
    let (home, helper) = kept();
    lockgate_tests::home::set_mode(&home.lockgate_home(), 0o777);
    let output = helper.ask(&["get"], SERVER).exits_with(1);
    assert_eq!(output.stdout.matches('\n').count(), 1, "{output}");
    assert_ne!(output.stdout, NOT_FOUND);
}

#[test]
fn what_it_was_started_with_has_no_part_in_it() {
    let (_home, helper) = kept();
    let ignoring: [&str; 4] = ["sh", "-c", "trap '' PIPE CHLD HUP; exec \"$@\"", "sh"];
    let run: Run = helper.run_of(&["get"], SERVER).under(ignoring);
    let _ = run.run().succeeds().shows("s3cret").is_silent();
    let mut command = helper.run_of(&["list"], "").command();
    command.stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success());
}
