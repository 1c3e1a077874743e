//! The memory of the program while it waits for a person to type a token.

use std::fs;
use std::time::{Duration, Instant};

use lockgate_tests::plugin::request;
use lockgate_tests::terminal::end;
use lockgate_tests::{Access, Home, Run, Server, Terminal};

use super::{INDEX, TOKEN, prepared};

/// The processes of a program of this home.
fn processes(home: &Home) -> Vec<String> {
    let program = home.programs().join("lockgate").canonicalize().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        if fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program) {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found
}

/// Whether a process of the same user can open this file of another.
fn can_open(home: &Home, process: &str, file: &str) -> bool {
    let path = format!("/proc/{process}/{file}");
    home.run("sh").args(["-c", "exec 3< \"$1\"", "sh", &path]).run().status.success()
}

fn unlimited(run: Run) -> Run {
    run.under(["sh", "-c", "ulimit -c unlimited; exec \"$@\"", "sh"])
}

fn core_limit(process: &str) -> String {
    let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    line.split_whitespace().nth(4).unwrap().to_owned()
}

/// With the program waiting at its question: nothing of any of its processes can be opened, and
/// none leaves a core behind when it is aborted.
fn closed_at_the_question(home: &Home, run: Run) {
    let terminal = Terminal::new();
    let mut child = terminal.start(unlimited(run));
    terminal.wait_for("please paste the token");
    let waiting = processes(home);
    assert!(!waiting.is_empty());
    for process in &waiting {
        for file in ["mem", "environ", "maps", "stack", "auxv"] {
            assert!(!can_open(home, process, file), "{file} of {process}");
        }
        assert!(can_open(home, process, "status"), "it is gone: this test shows nothing");
        assert_eq!(core_limit(process), "0");
    }
    for process in &waiting {
        let _ = std::process::Command::new("kill").args(["-ABRT", process]).status();
    }
    let _ = end(&mut child);
    let cores: Vec<_> = home
        .files()
        .into_iter()
        .filter(|(path, _)| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("core"))
        })
        .collect();
    assert!(cores.is_empty(), "{cores:?}");
}

#[test]
fn nobody_reads_the_memory_of_a_command_that_waits_for_a_token() {
    let (server, home) = (Server::start(Access::Public), prepared(Home::unprivileged()));
    // It is asked before the person is.
    let login = home.lockgate(["cargo", "login", "--registry", "corp"]);
    closed_at_the_question(&home, login.env("CARGO_REGISTRIES_CORP_INDEX", server.index_url()));
}

#[test]
fn nobody_reads_the_memory_of_a_plugin_that_waits_for_a_token() {
    let home = prepared(Home::unprivileged());
    let request = request("login", INDEX, &["cargo:token"]).to_string();
    let plugin = home.programs().join("cargo-credential-lockgate");
    let piped = "printf '%s\\n' \"$0\" | \"$1\" --cargo-plugin";
    let run = home.run("sh").args(["-c", piped, &request]).args([plugin]);
    closed_at_the_question(&home, run);
}

/// The twin: the memory of another program of that user can be opened, and it may dump its core.
#[test]
fn the_memory_of_another_waiting_program_can_be_read() {
    let home = prepared(Home::unprivileged());
    let mut child = unlimited(home.run("cat")).env("TOKEN", TOKEN).command().spawn().unwrap();
    let process = child.id().to_string();
    let start = Instant::now();
    let ready = || can_open(&home, &process, "mem") && core_limit(&process) != "0";
    while !ready() && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ready() && can_open(&home, &process, "environ"));
    child.kill().unwrap();
    child.wait().unwrap();
}
