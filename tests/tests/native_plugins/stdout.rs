//! `cargo:token-from-stdout`: the same program, asked by cargo and by us.

use lockgate_tests::Access;

use crate::{Machine, PLUGIN, STDOUT, TOKEN};

fn machine(script: &str, words: &[&str]) -> Machine {
    let machine = Machine::new(Access::Private);
    let program = machine.program("print-token", script);
    machine.configure(&[&[STDOUT, &program], words].concat());
    machine
}

#[test]
fn the_entry_of_the_users_own_configuration_is_the_grant() {
    let script = "echo \"$*\" >> ~/words; echo \"$CARGO_REGISTRY_INDEX_URL\" >> ~/urls\n\
                  echo \"$CARGO_REGISTRY_NAME_OPT\" >> ~/names; echo 'Bearer of-the-plugin'";
    let machine = machine(script, &["--url={index_url}", "{name}", "a b"]);
    assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN));
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    let url = machine.server.index_url();
    assert_eq!(machine.seen("words"), format!("--url={url} {{name}} a b\n").repeat(2));
    assert_eq!(machine.seen("urls"), format!("{url}\n").repeat(2));
    assert_eq!(machine.seen("names"), "corp\n".repeat(2));
}

#[test]
fn a_token_is_one_line_as_for_cargo() {
    for printed in ["printf 'Bearer of-the-plugin'", "echo 'Bearer of-the-plugin'"] {
        let machine = machine(printed, &[]);
        assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN), "{printed}");
        let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    }
    let spaced = machine("printf ' a  \\n'", &[]);
    let _ = spaced.lockgate_reads().succeeds().prints(" a  \n");
    let several = "returned more than one line of output; expected a single token";
    for printed in
        ["printf 'a\\nb\\n'", "printf 'a\\n\\n'", "printf '\\na'", "printf 'a\\nb'; exit 3"]
    {
        let machine = machine(printed, &[]);
        let _ = machine.cargo_reads().exits_with(101).says(several);
        let expected = if printed.ends_with("exit 3") { "ended with status 3" } else { several };
        let _ = machine.lockgate_reads().exits_with(101).says(expected);
    }
}

#[test]
fn a_program_that_fails_gives_no_token() {
    let machine =
        machine("echo 'Bearer of-the-plugin'; echo 'the vault is locked' >&2; exit 3", &[]);
    let _ = machine.cargo_reads().exits_with(101).says("failed with status `exit status: 3`");
    let told = machine.lockgate_reads().exits_with(101).says("ended with status 3");
    let _ = told.says("the vault is locked").nowhere_has(TOKEN);
}

/// cargo 1.95 makes the carriage return a part of the token, and later ones do not; nothing is no token
/// for us, and for cargo one that it does not send.
#[test]
fn a_carriage_return_is_no_part_of_a_token_and_nothing_is_none() {
    let machine = machine("printf 'Bearer of-the-plugin\\r\\n'", &[]);
    let _ = machine.cargo_reads().exits_with(101).says("token contains invalid characters");
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    let empty = self::machine("exit 0", &[]);
    let _ = empty.cargo_reads().exits_with(101).says("token rejected for `corp`");
    let _ = empty.lockgate_reads().exits_with(101).says("please provide a non-empty token");
}

#[test]
fn it_neither_logs_in_nor_out_and_wants_a_command() {
    let machine = machine("echo x", &[]);
    for verb in ["login", "logout"] {
        let theirs = machine.home.cargo([verb, "--registry", "corp"]).stdin("x\n").run();
        let ours = machine.home.lockgate(["cargo", verb, "--registry", "corp"]).stdin("x\n").run();
        let logout = "requested operation not supported";
        if verb == "logout" {
            let _ = theirs.exits_with(101).says(logout);
        }
        let _ = ours.exits_with(101).says(logout);
    }
    machine.configure(&[STDOUT]);
    let wanted = "must be a command that prints a token on stdout";
    let _ = machine.cargo_reads().exits_with(101).says(wanted);
    let _ = machine.lockgate_reads().exits_with(101).says(wanted);
}

#[test]
fn a_variable_reaches_the_program_by_grant_alone() {
    let machine = machine("echo \"got-$VAULT\"", &[]);
    let read = || machine.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]);
    let _ = read().env("VAULT", "secret").run().succeeds().prints("got-\n");
    let program = machine.path("tools/print-token").display().to_string();
    let grant = format!("process={{ program = \"{program}\", environment = [\"VAULT\"] }}");
    let words = ["provider", "grant", STDOUT, &grant, "--yes"];
    let _ = machine.home.lockgate(words).run().succeeds();
    let _ = read().env("VAULT", "secret").run().succeeds().prints("got-secret\n");
}

#[test]
fn a_relative_program_is_refused_and_a_name_alone_needs_a_grant() {
    let machine = machine("echo 'Bearer of-the-plugin'", &[]);
    let tools = machine.path("tools").display().to_string();
    let path = format!("{tools}:/usr/bin:/bin");
    let read = || {
        let run = machine.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]);
        run.env("PATH", &path)
    };
    machine.configure(&[STDOUT, "tools/print-token"]);
    let _ = read().dir(machine.home.root()).run().exits_with(101).says("is no absolute path");
    machine.configure(&[STDOUT, "print-token"]);
    let command = format!("lockgate provider grant {STDOUT} process={tools}/print-token");
    let _ = read().run().exits_with(101).says(&command);
    machine.grant(PLUGIN, &format!("{tools}/print-token"));
    let _ = read().run().exits_with(101).says(&command);
    machine.grant(STDOUT, &format!("{tools}/print-token"));
    let _ = read().run().succeeds().prints(&format!("{TOKEN}\n"));
    let _ = read().env("PATH", "/usr/bin:/bin").run().exits_with(101).says("no folder of PATH");
}
