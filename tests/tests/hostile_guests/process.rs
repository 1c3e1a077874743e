//! Native programs.

use std::time::Duration;

use lockgate_tests::guests::{Attack, Machine, Seen, answer, attack, error};
use lockgate_tests::{Access, Server};

const STORE: &str = "stores = [\"cargo-credentials\"]";
const NOT_DONE: &str = "the host could not do it, and tells the user why";

/// A grant of one program, with the rest of its table.
fn program(path: &str, arguments: &str, more: &str) -> String {
    format!("process = [{{ program = \"{path}\", arguments = [{arguments}]{more} }}]")
}

fn echo() -> String {
    program("/bin/echo", "\"hello\", \"*\"", "")
}

/// A script whose text is the grant's own.
fn script(text: &str, more: &str) -> String {
    program("/bin/sh", &format!("\"-c\", \"{text}\""), more)
}

/// Expects a denial, and this one record of the host's.
fn refused(refusal: &str) -> impl FnOnce(&Seen) {
    move |seen| {
        assert_eq!(seen.error(), "denied: process");
        assert_eq!(seen.refusals(), [refusal]);
    }
}

fn run_echo(words: &[&str]) -> Attack {
    attack("hostile", &[&["run", "/bin/echo"], words].concat())
}

#[test]
fn a_program_needs_a_grant() {
    run_echo(&["hello", "world"])
        .refused_with(refused("process `/bin/echo` was refused: it is not granted"))
        .works_with(&echo(), answer("hello world\n"));
}

#[test]
fn a_program_is_started_with_the_arguments_of_its_grant() {
    for words in [&["goodbye", "world"][..], &["hello"], &["hello", "world", "again"]] {
        let refusal = format!(
            "process `/bin/echo {}` was refused: its grant has other arguments",
            words.join(" ")
        );
        run_echo(words).granted(&echo()).refused_with(refused(&refusal)).works_when(
            |attack| attack.saying(&["run", "/bin/echo", "hello", "world"]),
            answer("hello world\n"),
        );
    }
}

#[test]
fn an_argument_of_the_providers_is_never_an_option() {
    run_echo(&["hello", "--version"])
        .granted(&echo())
        .refused_with(refused(
            "process `/bin/echo hello --version` was refused: its grant has other arguments",
        ))
        .works_with(
            &program("/bin/echo", "\"hello\", \"--version\"", ""),
            answer("hello --version\n"),
        );
}

#[test]
fn a_variable_is_handed_on_by_grant_alone() {
    const OTHER: &str = "CARGO_REGISTRIES_OTHER_TOKEN";
    let more = format!(", environment = [\"{OTHER}\"]");
    attack("hostile", &["run-with", OTHER, "/usr/bin/env"])
        .on(&Machine::new().variable(OTHER, "other"))
        .granted(&program("/usr/bin/env", "", ""))
        .refused_with(refused(&format!(
            "process `/usr/bin/env` was refused: its grant does not hand on the variable `{OTHER}`"
        )))
        .works_with(&program("/usr/bin/env", "", &more), |seen| {
            assert!(seen.answer().contains(&format!("{OTHER}=other\n")), "{}", seen.answer());
        });
}

#[test]
fn a_program_hears_what_its_grant_receives() {
    let grant = |more: &str| format!("{STORE}\n{}", program("/bin/cat", "", more));
    attack("hostile", &["tell-program", "/bin/cat"])
        .on(&Machine::new().keeping("token"))
        .granted(&grant(""))
        .refused_with(refused(
            "process `/bin/cat` was refused: its grant does not receive secrets that came from `store:cargo-credentials`",
        ))
        .works_with(&grant(", receives = [\"store:cargo-credentials\"]"), answer("token"));
}

#[test]
fn the_output_of_a_program_goes_where_its_origin_may() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}", server.port());
    let grant = |receives: &str| {
        let cat = program("/bin/cat", "", "");
        format!("{cat}\nhttp = [{{ url = \"{url}\"{receives} }}]")
    };
    attack("hostile", &["send-output", &url, "/bin/cat"])
        .asking_for_port(server.port())
        .granted(&grant(""))
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: http");
            assert!(seen.refusals().concat().ends_with("came from `program:/bin/cat`"));
            assert!(server.requests().is_empty());
        })
        .works_with(&grant(", receives = [\"program:/bin/cat\"]"), answer("status 404"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_program_that_echoes_does_not_launder_a_secret() {
    let server = Server::start(Access::Public);
    let url = format!("http://127.0.0.1:{}", server.port());
    let grant = |also: &str| {
        let cat = program("/bin/cat", "", ", receives = [\"store:cargo-credentials\"]");
        format!(
            "{STORE}\n{cat}\nhttp = [{{ url = \"{url}\", receives = [\"program:/bin/cat\"{also}] }}]"
        )
    };
    attack("hostile", &["relay-program", &url, "/bin/cat"])
        .on(&Machine::new().keeping("token"))
        .asking_for_port(server.port())
        .granted(&grant(""))
        .refused_with(|seen| {
            assert_eq!(seen.error(), "denied: http");
            assert!(seen.refusals().concat().ends_with("came from `store:cargo-credentials`"));
            assert!(server.requests().is_empty());
        })
        .works_with(&grant(", \"store:cargo-credentials\""), answer("status 404"));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn four_programs_run_at_a_time() {
    let machine = Machine::new();
    attack("hostile", &["start-many", "5", "/bin/sleep", "30"])
        .on(&machine)
        .granted(&program("/bin/sleep", "\"30\"", ""))
        .refused_with(refused(
            "process `/bin/sleep` was refused: one call has at most 4 programs at a time",
        ))
        .works_when(
            |attack| attack.saying(&["start-many", "4", "/bin/sleep", "30"]),
            answer("4 programs at once"),
        );
    assert_eq!(machine.running(), 0);
}

#[test]
fn sixteen_programs_are_started_in_a_call() {
    attack("hostile", &["run-many", "17", "/bin/echo", "hello", "world"])
        .granted(&echo())
        .refused_with(refused(
            "process `/bin/echo` was refused: one call starts at most 16 programs",
        ))
        .works_when(
            |attack| attack.saying(&["run-many", "16", "/bin/echo", "hello", "world"]),
            answer("16 programs"),
        );
}

#[test]
fn endless_output_ends_the_program() {
    let machine = Machine::new();
    attack("hostile", &["run", "/usr/bin/yes"])
        .on(&machine)
        .granted(&program("/usr/bin/yes", "", ""))
        .refused_with(|seen| {
            assert_eq!(seen.error(), NOT_DONE);
            assert_eq!(seen.0.errors, [["its output is longer than 1048576 bytes"]]);
            assert_eq!(machine.running(), 0);
        })
        .works_when(|attack| attack.saying(&["first-line", "/usr/bin/yes"]), answer("y"));
    assert_eq!(machine.running(), 0);
}

#[test]
fn an_endless_line_is_no_line() {
    attack("hostile", &["first-line", "/bin/cat", "/dev/zero"])
        .granted(&program("/bin/cat", "\"/dev/zero\"", ""))
        .refused_with(|seen| {
            assert_eq!(seen.refusals(), [""; 0]);
            assert_eq!(seen.error(), NOT_DONE);
            assert_eq!(seen.0.errors, [["its line is too long"]]);
        })
        .works_when(
            |attack| {
                let words = ["first-line", "/bin/echo", "hello", "world"];
                attack.saying(&words).granted(&echo())
            },
            answer("hello world"),
        );
}

#[test]
fn a_program_does_not_outlive_its_call() {
    const LATE: &str = "sleep 0.5; touch late";
    let home = tempfile::tempdir().unwrap();
    let machine = Machine::new().living_in(home.path());
    let late = || home.path().join("late").exists();
    attack("hostile", &["leave", "/bin/sh", "-c", LATE])
        .on(&machine)
        .granted(&script(LATE, ""))
        .refused_with(|seen| {
            assert_eq!(seen.answer(), "left");
            assert_eq!(machine.running(), 0);
            std::thread::sleep(Duration::from_secs(1));
            assert!(!late());
        })
        .works_when(
            |attack| attack.saying(&["run", "/bin/sh", "-c", LATE]),
            |seen| {
                assert_eq!(seen.answer(), "");
                assert!(late());
            },
        );
}

#[test]
fn a_program_is_waited_for_once() {
    attack("hostile", &["finish-twice", "/bin/echo", "hello", "world"])
        .granted(&echo())
        .refused_with(error("the program was waited for already"))
        .works_when(
            |attack| attack.saying(&["run", "/bin/echo", "hello", "world"]),
            answer("hello world\n"),
        );
}

/// A person reads it to see why; it comes from a program that was not made for this.
#[test]
fn what_a_program_says_of_its_failure_drives_no_terminal() {
    const WARN: &str = "printf 'no account\\\\n\\\\033[31mred\\\\n' >&2; exit ";
    let says = |status: &str| format!("{WARN}{status}").replace("\\\\", "\\");
    let granted = |status: &str| script(&format!("{WARN}{status}"), "");
    attack("hostile", &["run", "/bin/sh", "-c", &says("3")])
        .granted(&granted("3"))
        .refused_with(|seen| {
            assert_eq!(seen.error(), "it ended with status 3");
            let told = ["`/bin/sh` ended with status 3", "no account", "\\u{1b}[31mred"];
            assert_eq!(seen.0.errors, [told]);
            assert!(seen.output().starts_with("/bin/sh: no account\n"), "{}", seen.output());
        })
        .works_when(
            |attack| attack.saying(&["run", "/bin/sh", "-c", &says("0")]).granted(&granted("0")),
            |seen| {
                assert_eq!(seen.answer(), "");
                assert!(seen.0.errors.is_empty());
                assert!(seen.output().starts_with("/bin/sh: no account\n"), "{}", seen.output());
            },
        );
}

#[test]
fn a_secret_that_a_program_was_told_is_not_in_its_words() {
    let grant = |text: &str| {
        format!("{STORE}\n{}", script(text, ", receives = [\"store:cargo-credentials\"]"))
    };
    attack("hostile", &["tell-program", "/bin/sh", "-c", "cat >&2; exit 1"])
        .on(&Machine::new().keeping("a-token-of-some-length"))
        .granted(&grant("cat >&2; exit 1"))
        .refused_with(|seen| {
            assert_eq!(seen.0.errors, [["`/bin/sh` ended with status 1", "[redacted]"]]);
            assert_eq!(seen.output(), "/bin/sh: [redacted]\n");
        })
        .works_when(
            |attack| {
                attack.saying(&["tell-program", "/bin/sh", "-c", "cat"]).granted(&grant("cat"))
            },
            answer("a-token-of-some-length"),
        );
}
