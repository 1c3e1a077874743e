//! Who chooses a program: the user, by configuration and by grant, under the administrator's policy;
//! never a project.

use lockgate_tests::plugin::{failure, get, login};
use lockgate_tests::{Access, Output, Plugin, Policy};

use crate::{GOOD, Machine, PLUGIN, STDOUT, TOKEN};

#[test]
fn without_a_grant_a_plugin_is_not_started_and_the_command_that_grants_it_is_told() {
    let machine = Machine::new(Access::Private);
    let plugin = machine.program("cargo-credential-good", GOOD);
    machine.configure(&[&plugin, "word"]);
    let command = format!("lockgate provider grant {PLUGIN} process={plugin}");
    let _ = machine.lockgate_reads().exits_with(101).says(&command);
    assert_eq!(machine.requests().len(), 0);
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let granted = machine.home.lockgate(words).run().succeeds();
    let _ = granted.says(&plugin).says("receives login");
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
    let inspected = machine.home.lockgate(["provider", "inspect", PLUGIN]).run().succeeds();
    let _ = inspected.shows(&plugin);
    let process = format!("process={plugin}");
    let revoke = ["provider", "revoke", PLUGIN, &process, "--yes"];
    let _ = machine.home.lockgate(revoke).run().succeeds();
    let _ = machine.lockgate_reads().exits_with(101).says(&command);
    assert_eq!(machine.requests().len(), 1);
}

#[test]
fn a_grant_is_for_one_program_and_its_name_means_what_path_says() {
    let machine = Machine::new(Access::Private);
    let plugin = machine.program("cargo-credential-good", GOOD);
    let other = machine.program("cargo-credential-other", GOOD);
    machine.grant(PLUGIN, &plugin);
    machine.configure(&[&other]);
    let _ = machine.lockgate_reads().exits_with(101).says(&format!("process={other}"));
    let read = |path: &str| {
        let run = machine.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]);
        run.env("PATH", path).run()
    };
    let tools = machine.path("tools").display().to_string();
    machine.configure(&["cargo-credential-good"]);
    let _ = read(&format!("{tools}:/usr/bin")).succeeds().prints(&format!("{TOKEN}\n"));
    let _ = read("/usr/bin").exits_with(101).says("no folder of PATH has the program");
    // One of the same name before it is another program.
    let before = machine.path("before");
    std::fs::create_dir_all(&before).unwrap();
    std::fs::copy(&other, before.join("cargo-credential-good")).unwrap();
    let before = before.display().to_string();
    let refused = read(&format!("{before}:{tools}:/usr/bin")).exits_with(101);
    let _ = refused.says(&format!("process={before}/cargo-credential-good"));
}

#[test]
fn a_bridge_is_granted_programs_and_nothing_that_it_does_not_ask_for() {
    let machine = Machine::new(Access::Private);
    let grant = |argument: &str| {
        machine.home.lockgate(["provider", "grant", PLUGIN, argument, "--yes"]).run()
    };
    let _ = grant("process=cargo-credential-good").exits_with(1).says("is no absolute path");
    let _ = grant("http=https://evil.example").exits_with(1).says("cannot be granted");
    let _ = grant("reveal=true").exits_with(1).says("cannot be granted");
    let token = ["provider", "grant", "cargo:token", "process=/bin/true", "--yes"];
    let _ = machine.home.lockgate(token).run().exits_with(1).says("is built in");
}

#[test]
fn a_project_cannot_choose_a_program() {
    let (machine, plugin) = Machine::new(Access::Private).with_good_plugin(&[]);
    let evil = machine.program("evil", "echo ran >> ~/evil; echo 'Bearer of-the-plugin'");
    let ours = machine.home.programs().join("cargo-credential-lockgate").display().to_string();
    for words in [
        vec![ours.as_str(), STDOUT, &evil],
        vec![ours.as_str(), PLUGIN, &evil],
        vec![ours.as_str(), PLUGIN, &plugin, "--vault=evil"],
        vec![STDOUT, &evil],
        vec![&evil],
    ] {
        // The user names the registry and no provider for it.
        machine.home.write_config(format!(
            "[registries.corp]\nindex = \"{}\"\n",
            machine.server.index_url()
        ));
        let _ = machine
            .home
            .write_project_config(&format!("[registries.corp]\ncredential-provider = {words:?}\n"));
        let _ = machine.lockgate_reads().exits_with(101);
        if let [first, rest @ ..] = words.as_slice()
            && *first == ours
        {
            let answer =
                Plugin::start(&machine.home.plugin()).ask(&get(&machine.server.index_url(), rest));
            let said = failure(&answer).unwrap_or_else(|| panic!("{answer}"));
            assert!(said.contains("your own configuration"), "{said}");
        }
        assert_eq!(machine.seen("evil"), "", "{words:?}");
        assert_eq!(machine.requests().len(), 0, "{words:?}");
    }
    // The twin: the same words in the user's own configuration.
    let _ = std::fs::remove_dir_all(machine.home.project().join(".cargo"));
    machine.configure(&[&ours, STDOUT, &evil]);
    let words = [STDOUT, &evil];
    let answer =
        Plugin::start(&machine.home.plugin()).ask(&get(&machine.server.index_url(), &words));
    assert_eq!(answer["Ok"]["token"], TOKEN, "{answer}");
    assert_eq!(machine.seen("evil"), "ran\n");
}

#[test]
fn a_project_cannot_bring_the_plugin_of_one_registry_to_anothers_login() {
    let (machine, plugin) = Machine::new(Access::Private).with_good_plugin(&[]);
    machine.configure(&["cargo:token"]);
    let index = machine.server.index_url();
    let answer = Plugin::start(&machine.home.plugin()).ask(&login(&index, "t", &[PLUGIN, &plugin]));
    let said = failure(&answer).unwrap_or_else(|| panic!("{answer}"));
    assert!(said.contains("your own configuration names other"), "{said}");
    assert_eq!(machine.requests().len(), 0);
    machine.configure(&[&plugin]);
    let answer = Plugin::start(&machine.home.plugin()).ask(&login(&index, "t", &[PLUGIN, &plugin]));
    assert_eq!(answer["Ok"]["kind"], "login", "the twin: {answer}");
    let other = machine.program("cargo-credential-other", GOOD);
    machine.grant(PLUGIN, &other);
    let answer = Plugin::start(&machine.home.plugin()).ask(&login(&index, "t", &[PLUGIN, &other]));
    let said = failure(&answer).unwrap_or_else(|| panic!("{answer}"));
    assert!(said.contains("your own configuration names other"), "{said}");
    assert_eq!(machine.requests()[0]["token"], "t");
}

#[test]
fn the_administrator_forbids_bridges_or_one_program() {
    let Some(policy) = Policy::new("") else { return };
    let (machine, plugin) = Machine::new(Access::Private).with_good_plugin(&[]);
    let printer = machine.program("print-token", "echo 'Bearer of-the-plugin'");
    let read = || -> Output {
        let run = machine.home.lockgate(["cargo", "token", "--registry", "corp", "--reveal"]);
        policy.over(run).run()
    };
    for words in [vec![plugin.as_str()], vec![STDOUT, &printer]] {
        machine.configure(&words);
        policy.write("");
        let _ = read().succeeds().prints(&format!("{TOKEN}\n"));
        policy.write("bridges = false\nmessage = \"ask it@corp.example\"\n");
        let refused = read().exits_with(101).says("policy.toml:1");
        let _ = refused.says("ask it@corp.example").never_says("provider grant");
        let program = words[words.len() - 1];
        policy.write(&format!("[deny]\nprocess = [\"{program}\"]\n"));
        let _ = read().exits_with(101).says("policy.toml:2").never_says("provider grant");
        policy.write("[deny]\nprocess = [\"/usr/bin/other\"]\n");
        let _ = read().succeeds().prints(&format!("{TOKEN}\n"));
    }
    let other = machine.program("cargo-credential-other", GOOD);
    machine.configure(&[&other]);
    policy.write(&format!("[deny]\nprocess = [\"{other}\"]\n"));
    let refused = read().exits_with(101);
    let _ = refused.says("policy.toml:2").never_says("provider grant");
}

#[test]
fn our_own_front_door_in_the_list_is_answered_in_process() {
    let machine = Machine::new(Access::Private);
    let ours = machine.home.programs().join("cargo-credential-lockgate").display().to_string();
    machine.configure(&[&ours, "cargo:token"]);
    machine.home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    // It could not be started: no program of that name is granted.
    let _ = machine.lockgate_reads().succeeds().prints(&format!("{TOKEN}\n"));
}
