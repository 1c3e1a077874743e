//! What a program finds around it: variables, descriptors, a folder, a terminal, and secrets.

use std::fs;
use std::path::Path;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Run, Sampler};

use super::{HOST, RUN, machine};

/// Each makes a loader, an interpreter or git run other code, or look elsewhere.
const HOSTILE: [&str; 20] = [
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "DYLD_INSERT_LIBRARIES",
    "GLIBC_TUNABLES",
    "GCONV_PATH",
    "BASH_ENV",
    "ENV",
    "IFS",
    "PS4",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "PERL5OPT",
    "PERL5LIB",
    "RUBYOPT",
    "GIT_SSH_COMMAND",
    "GIT_CONFIG_COUNT",
    "SSLKEYLOGFILE",
    "HTTPS_PROXY",
];

const TELLS: &str = "#!/bin/sh\ntr '\\0' '\\n' < /proc/$$/environ | sort > ~/environment\n\
     printf 'token'\n";

fn hostile(run: Run, folder: &Path) -> Run {
    let value = folder.join("evil");
    let run = HOSTILE.iter().fold(run, |run, name| run.env(name, &value));
    run.env("OP_ACCOUNT", "corp").env("OTHER", "other").env("CARGO_REGISTRIES_CORP_TOKEN", "tok")
}

#[test]
fn the_environment_of_a_program_is_this_and_nothing_else() {
    for (more, account) in [("", ""), (", environment = [\"OP_ACCOUNT\"]", "OP_ACCOUNT=corp\n")] {
        let machine = machine(TELLS, more);
        let run = hostile(machine.home.plugin(), &machine.home.project());
        let words = match account {
            "" => RUN.to_vec(),
            _ => [&["run-with", "OP_ACCOUNT"], &RUN[1..]].concat(),
        };
        let answer = machine.ask_through(&run, &words);
        assert_eq!(answer["Ok"]["token"], "token", "{answer}");
        let home = machine.home.user().display().to_string();
        let golden =
            format!("HOME={home}\nLANG=C.UTF-8\n{account}PATH=/usr/bin:/bin\nUSER=tester\n");
        assert_eq!(machine.seen("environment"), golden);
    }
}

/// The twin: started by another program, it gets all of them.
#[test]
fn the_environment_of_another_programs_child_is_all_of_it() {
    let machine = machine(TELLS, "");
    let run = hostile(machine.home.run(&machine.program), &machine.home.project());
    let _ = run.without_env("LD_PRELOAD").run().succeeds();
    for name in HOSTILE.iter().filter(|name| **name != "LD_PRELOAD") {
        assert!(machine.seen("environment").contains(&format!("{name}=")), "{name}");
    }
}

/// Programs by the names that the host, the script or the client could look for.
#[test]
fn programs_of_those_names_on_path_are_not_run() {
    let machine = machine("#!/bin/sh\ntrue; printf 'token' | cat\n", "");
    let planted = machine.home.root().join("planted");
    let marker = machine.home.root().join("it-ran");
    fs::create_dir_all(&planted).unwrap();
    for name in ["op", "sh", "cat", "env", "security", "docker-credential-pass", "lockgate"] {
        let script = format!("#!/bin/sh\n: > {}\n", marker.display());
        fs::write(planted.join(name), script).unwrap();
        set_mode(&planted.join(name), 0o755);
    }
    let on_path = format!("{}:/usr/bin:/bin", planted.display());
    let words = ["run", "PROGRAM", "get", HOST];
    let answer = machine.ask_through(&machine.home.plugin().env("PATH", &on_path), &words);
    assert_eq!(answer["Ok"]["token"], "token", "{answer}");
    assert!(!marker.exists());
    for name in ["op", "sh"] {
        let answer = machine.ask(&["run", name, "get", HOST]);
        assert!(answer["Err"]["message"].is_string(), "{answer}");
    }
    assert!(!marker.exists());
    let script = machine.home.run(&machine.program).env("PATH", &on_path);
    let _ = script.run().succeeds();
    assert!(marker.exists(), "the twin: without the host, the script runs what lies on PATH");
}

const LOOKS: &str = "#!/bin/sh\n{ ls /proc/self/fd | tr '\\n' ' '; echo\nls -A | wc -l\n\
     grep NoNewPrivs /proc/self/status\n\
     (: < /dev/tty) 2>/dev/null && echo terminal || echo no terminal\n} > ~/seen\nprintf token\n";

/// Descriptor 3 is the folder that `ls` itself reads; a script has one more, for its own text.
#[test]
fn it_has_no_descriptors_terminal_files_or_new_privileges() {
    let machine = machine(LOOKS, "");
    let stray = machine.home.project().join("stray");
    fs::write(&stray, "").unwrap();
    let inherits = ["sh", "-c", "exec 7<>stray 8<>stray; exec \"$@\"", "sh"];
    let answer = machine.ask_through(&machine.home.plugin().under(inherits), &RUN);
    assert_eq!(answer["Ok"]["token"], "token", "{answer}");
    let seen = machine.seen("seen");
    let lines: Vec<&str> = seen.lines().collect();
    let descriptors: Vec<&str> = lines[0].split_whitespace().collect();
    assert!(!descriptors.contains(&"7") && !descriptors.contains(&"8"), "{seen}");
    assert_eq!(lines[1..], ["0", "NoNewPrivs:\t1", "no terminal"], "{seen}");
    assert_eq!(fs::read(&stray).unwrap(), b"");

    let free = machine.home.run(&machine.program).under(inherits);
    let _ = free.run().succeeds();
    let seen = machine.seen("seen");
    assert!(seen.lines().next().unwrap().contains("7 8"), "the twin: {seen}");
    assert!(seen.contains("NoNewPrivs:\t0"), "the twin: {seen}");
}

const SLOWLY: &str = "#!/bin/sh\nsleep 0.4\ncat\n";

#[test]
fn a_secret_that_it_is_told_is_in_no_command_line_and_no_environment() {
    const TOKEN: &str = "told-canary-5f0c4a";
    let machine = machine(SLOWLY, ", receives = [\"store:cargo-credentials\"]");
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    let sampler = Sampler::start(&[TOKEN]);
    let told = machine.token(&["tell-program", "PROGRAM", "get", HOST]);
    assert_eq!(told, TOKEN, "it was never told");
    let found = sampler.stop();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The twin: a variable that was granted is seen there, which is why it takes a grant.
#[test]
fn a_granted_variable_is_seen_in_its_environment() {
    const VALUE: &str = "granted-canary-91d2";
    let machine = machine(SLOWLY, ", environment = [\"OP_ACCOUNT\"]");
    let sampler = Sampler::start(&[&format!("OP_ACCOUNT={VALUE}")]);
    let run = machine.home.plugin().env("OP_ACCOUNT", VALUE);
    let _ = machine.ask_through(&run, &[&["run-with", "OP_ACCOUNT"], &RUN[1..]].concat());
    assert!(sampler.stop().iter().any(|found| found.contains("PATH=/usr/bin:/bin")));
}
