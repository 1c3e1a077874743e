//! What a program gets of its surroundings, and what it is kept from.

use std::fs;
use std::path::Path;

use crate::stage::{Stage, terminal};

const ENV: &str = "/usr/bin/env";

fn environment(stage: &Stage, scene: &[&str]) -> String {
    let scene = [scene, &["finish=10000"]].concat();
    let output = stage.play(&scene, Path::new(ENV), &[]);
    let mut lines: Vec<&str> = output.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn a_program_gets_the_fixed_variables_and_the_granted_ones_it_was_started_with() {
    let mut stage = Stage::new();
    for (name, value) in [
        ("OP_ACCOUNT", "corp"),
        ("OTHER_TOKEN", "hunter2"),
        ("HOME", "/home/other"),
        ("PATH", "/tmp/evil:/usr/bin:/bin"),
        ("IFS", "/"),
        ("BASH_ENV", "/tmp/evil"),
        ("ENV", "/tmp/evil"),
        ("NODE_OPTIONS", "--require=/tmp/evil"),
        ("PYTHONPATH", "/tmp/evil"),
        ("PERL5OPT", "-Mevil"),
        ("GIT_SSH_COMMAND", "/tmp/evil"),
        ("DYLD_INSERT_LIBRARIES", "/tmp/evil"),
    ] {
        stage.host_environment.push((name.to_owned(), value.to_owned()));
    }
    let fixed = "HOME=/home/me\nLANG=C.UTF-8\nPATH=/usr/bin:/bin\nUSER=me\nended: 0";
    assert_eq!(environment(&stage, &[]), fixed);
    assert_eq!(environment(&stage, &["grant=OP_ACCOUNT"]), fixed, "nobody asked for it");
    assert_eq!(
        environment(
            &stage,
            &["grant=OP_ACCOUNT", "grant=UNSET", "variable=OP_ACCOUNT", "variable=UNSET"]
        ),
        "HOME=/home/me\nLANG=C.UTF-8\nOP_ACCOUNT=corp\nPATH=/usr/bin:/bin\nUSER=me\nended: 0"
    );
    // A grant does not take the place of a fixed one.
    assert_eq!(environment(&stage, &["grant=PATH", "variable=PATH"]), fixed);
}

#[test]
fn a_variable_that_makes_loaders_run_other_code_is_not_handed_on_even_with_a_grant() {
    let mut stage = Stage::new();
    for name in ["BASH_ENV", "GIT_ASKPASS", "NODE_OPTIONS", "PYTHONSTARTUP", "bash_env"] {
        stage.host_environment = vec![(name.to_owned(), "/tmp/evil".to_owned())];
        let (grant, variable) = (format!("grant={name}"), format!("variable={name}"));
        let output = environment(&stage, &[&grant, &variable]);
        assert!(output.contains(&format!("the variable `{name}` makes loaders")), "{output}");
    }
    // The twin: any other name comes through.
    stage.host_environment = vec![("BASH_ENVY".to_owned(), "x".to_owned())];
    let output = environment(&stage, &["grant=BASH_ENVY", "variable=BASH_ENVY"]);
    assert!(output.contains("BASH_ENVY=x"), "{output}");
}

#[test]
fn a_program_inherits_three_descriptors_and_no_other() {
    let stage = Stage::new();
    fs::write(stage.path("stray"), "hunter2").unwrap();
    let stray = format!("stray={}", stage.path("stray").display());
    // `ls` itself opens the folder.
    let descriptors = "ended: 0\n0\n1\n2\n3\n";
    let list = ["/proc/self/fd"];
    for scene in [["finish=10000"].as_slice(), &[&stray, "finish=10000"]] {
        assert_eq!(stage.play(scene, Path::new("/bin/ls"), &list), descriptors);
    }
    // The twin: the descriptor is one that an ordinary child inherits.
    let file = fs::File::open(stage.path("stray")).unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let output = std::process::Command::new("/bin/ls").args(["-l", "/proc/self/fd"]).output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(output.contains("stray"), "{output}");
}

#[test]
fn the_terminal_is_reached_only_with_the_grant() {
    let stage = Stage::new();
    let reach = "echo asked > /dev/tty && echo reached";
    for (granted, output) in [(false, "ended: 2\n"), (true, "ended: 0\nreached\n")] {
        let (keyboard, path) = terminal();
        let control = format!("control={path}");
        let mut scene = vec![control.as_str(), "finish=1000"];
        if granted {
            scene.push("terminal=");
        }
        assert_eq!(stage.shell(&scene, reach), output, "{granted}");
        drop(keyboard);
    }
}

#[test]
fn a_program_with_the_terminal_reads_from_it_and_is_of_the_foreground() {
    let stage = Stage::new();
    let (mut keyboard, path) = terminal();
    std::io::Write::write_all(&mut keyboard, b"typed\n").unwrap();
    let control = format!("control={path}");
    let scene = [control.as_str(), "terminal=", "finish=1000"];
    let output = stage.shell(&scene, "read line < /dev/tty && echo \"got $line\"");
    assert_eq!(output, "ended: 0\ngot typed\n");
}

#[test]
fn privileges_are_gained_only_with_the_grant() {
    let stage = Stage::new();
    let look = "grep NoNewPrivs /proc/self/status | tr -d '\\t'";
    assert_eq!(stage.shell(&["finish=1000"], look), "ended: 0\nNoNewPrivs:1\n");
    let granted = stage.shell(&["new-privileges=", "finish=1000"], look);
    assert_eq!(granted, "ended: 0\nNoNewPrivs:0\n");
}

#[test]
fn the_launcher_can_be_neither_read_nor_signalled() {
    let stage = Stage::new();
    let attack = "kill -0 $PPID && echo signalled; head -c 1 /proc/$PPID/mem && echo read; exit 0";
    let output = stage.shell(&["finish=1000", "diagnostics="], attack);
    assert!(!output.contains("read\n"), "{output}");
    if output.contains("signalled") {
        assert!(!scopes_signals(), "{output}");
        return;
    }
    assert!(output.contains("Operation not permitted"), "{output}");
    // The twin: with the grant for privileges the kernel scopes nothing, and the signal arrives.
    let output =
        stage.shell(&["new-privileges=", "finish=1000"], "kill -0 $PPID && echo signalled");
    assert_eq!(output, "ended: 0\nsignalled\n");
}

/// Whether the kernel is as new as the first that keeps signals in.
fn scopes_signals() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split('.').map(|number| number.parse().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(12))
}

#[test]
fn a_confined_process_starts_programs_through_its_launcher_alone() {
    let stage = Stage::new();
    let scene = ["itself=/bin/true", "say=x", "finish=1000"];
    let look = "read x; grep NoNewPrivs /proc/self/status | tr -d '\\t'; cat /etc/hostname > c";
    for (confined, itself) in [(false, true), (true, false)] {
        let mut scene = scene.to_vec();
        if confined {
            // Privileges too are the launcher's to give.
            scene.extend(["confined=", "new-privileges="]);
        }
        let output = stage.shell(&scene, look);
        let privileges = i32::from(!confined);
        let expected = format!("itself: {itself}\ntold\nended: 0\nNoNewPrivs:{privileges}\n");
        assert_eq!(output, expected, "{confined}");
    }
}

#[test]
fn the_working_directory_is_new_empty_and_private_and_gone_at_the_end() {
    let stage = Stage::new();
    let look = "ls -A; stat -c %a .; umask; pwd; mkdir -p a/b; echo x > a/b/c";
    let first = stage.shell(&["finish=1000"], look);
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!(lines[..3], ["ended: 0", "700", "0077"], "{first}");
    assert!(Path::new(lines[3]).starts_with(stage.path("scratch")), "{first}");
    assert_eq!(fs::read_dir(stage.path("scratch")).unwrap().count(), 0);
    assert_ne!(stage.shell(&["finish=1000"], look), first);
}

#[test]
fn signals_are_as_a_program_expects_them_and_cores_are_off() {
    let look = "grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -c";
    let output = Stage::new().shell(&["finish=1000"], look);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!((lines[1], lines[3]), ("SigBlk:\t0000000000000000", "0"), "{output}");
    assert_eq!(ignored(lines[2]) & STANDARD_SIGNALS, 0, "{output}");
    // The twin: the process that starts it ignores one at least (SIGPIPE, as every Rust program).
    let own = fs::read_to_string("/proc/self/status").unwrap();
    let own = own.lines().find(|line| line.starts_with("SigIgn")).unwrap();
    assert_ne!(ignored(own) & STANDARD_SIGNALS, 0, "{own}");
}

/// Those below the two that the C library keeps for itself.
const STANDARD_SIGNALS: u64 = 0x7fff_ffff;

fn ignored(line: &str) -> u64 {
    u64::from_str_radix(line.split_whitespace().last().unwrap(), 16).unwrap()
}

#[test]
fn no_shell_looks_at_the_arguments() {
    let stage = Stage::new();
    let mark = stage.path("m");
    let attack = format!("$(touch {})", mark.display());
    let output = stage.play(&["finish=1000"], Path::new("/bin/echo"), &[&attack, "`id`;", "*"]);
    assert_eq!(output, format!("ended: 0\n{attack} `id`; *\n"));
    assert!(!mark.exists());
    // The twin: a shell that looked would do it.
    stage.shell(&["finish=1000"], &format!("echo {attack}"));
    assert!(mark.exists());
}

#[test]
fn nothing_is_looked_for_in_path() {
    let mut stage = Stage::new();
    let fake = stage.script("evil/op", "touch \"$(dirname \"$0\")/../marker\"; echo fake");
    let path = format!("{}:/usr/bin:/bin", fake.parent().unwrap().display());
    stage.host_environment.push(("PATH".to_owned(), path));
    for relative in ["op", "evil/op", "./op"] {
        let output = stage.play(&["finish=1000"], Path::new(relative), &[]);
        assert!(output.contains("is not an absolute path"), "{output}");
    }
    let output = stage.shell(&["finish=1000"], "op");
    assert_eq!(output, "ended: 127\n", "a program's own search has the fixed folders");
    // The twin: by its path it runs.
    assert_eq!(stage.play(&["finish=1000"], &fake, &[]), "ended: 0\nfake\n");
}
