//! Who chooses a helper: the user, by configuration and by grant, under the administrator's policy.

use lockgate_tests::Policy;

use crate::{BRIDGE, Machine, answer};

const GOOD: &str = r#"cat > /dev/null; echo "$1" >> ~/actions
echo '{"Username":"alice","Secret":"s3cret"}'"#;

#[test]
fn without_a_grant_a_helper_is_not_started_and_the_command_that_grants_it_is_told() {
    let machine = Machine::new();
    let helper = machine.helper("corp", GOOD);
    machine.configure(&["corp"]);
    let command = format!("lockgate provider grant {BRIDGE} process={helper}");
    for refused in [machine.get("h"), machine.store("h", "u", "s"), machine.erase("h")] {
        let _ = refused.exits_with(1).says(&command);
    }
    assert_eq!(machine.seen("actions"), "");
    let words: Vec<&str> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let granted = machine.home.lockgate(words).run().succeeds();
    let _ = granted.says(&helper).says("receives login");
    let _ = machine.get("h").succeeds().prints(&answer("h", "alice", "s3cret"));
    let process = format!("process={helper}");
    let revoke = ["provider", "revoke", BRIDGE, &process, "--yes"];
    let _ = machine.home.lockgate(revoke).run().succeeds();
    let _ = machine.get("h").exits_with(1).says(&command);
    assert_eq!(machine.seen("actions"), "get\n");
}

/// They find their stores by variables, without which a grant of the path alone would be of no use.
#[test]
fn a_known_helper_is_granted_what_it_needs_and_the_person_sees_it() {
    let machine = Machine::new();
    let helper = machine.helper("pass", GOOD);
    let process = format!("process={helper}");
    let grant = ["provider", "grant", BRIDGE, &process, "--yes"];
    let granted = machine.home.lockgate(grant).run().succeeds();
    let _ = granted.says("GNUPGHOME").says("PASSWORD_STORE_DIR");
}

#[test]
fn a_name_means_the_first_program_of_paths_absolute_folders() {
    let machine = Machine::new();
    let helper = machine.helper("corp", GOOD);
    machine.grant(&helper);
    machine.configure(&["corp"]);
    let get = |path: &str| machine.front_door("get").stdin("h").env("PATH", path).run();
    let tools = machine.path("tools").display().to_string();
    let _ = get(&format!("{tools}:/usr/bin")).succeeds();
    let missing = get("/usr/bin:/bin").exits_with(1);
    let _ = missing.says("no folder of PATH has the program `docker-credential-corp`");
    // A project's folder.
    let planted = machine.home.project().join("docker-credential-corp");
    std::fs::copy(&helper, planted).unwrap();
    let _ = get(".:/usr/bin").exits_with(1).says("no folder of PATH has the program");
    // One of the same name before it is another program.
    let before = machine.path("before");
    std::fs::create_dir_all(&before).unwrap();
    std::fs::copy(&helper, before.join("docker-credential-corp")).unwrap();
    let before = before.display().to_string();
    let refused = get(&format!("{before}:{tools}")).exits_with(1);
    let _ = refused.says(&format!("process={before}/docker-credential-corp"));
}

#[test]
fn a_word_is_a_name_or_an_absolute_path_and_nothing_else() {
    let machine = Machine::new();
    let helper = machine.helper("corp", GOOD);
    machine.grant(&helper);
    for (word, said) in [
        ("../x", "names no credential helper"),
        ("a/b", "names no credential helper"),
        ("-corp", "names no credential helper"),
        ("a\\\\b", "names no credential helper"),
        ("", "has to be the name of a credential helper"),
        ("corp more", "takes one word"),
    ] {
        let line = format!("[docker]\nproviders = [\"{}\"]\n", format!("{BRIDGE} {word}").trim());
        machine.home.write_lockgate_config(&line);
        let _ = machine.get("h").exits_with(1).says(said);
    }
    for word in ["corp", helper.as_str()] {
        machine.configure(&[word]);
        let _ = machine.get("h").succeeds();
    }
}

/// Each start would start the next one.
#[test]
fn this_program_is_never_started_as_a_helper() {
    let machine = Machine::new();
    let own = machine.home.programs().join("docker-credential-lockgate").display().to_string();
    let link = machine.path("tools/docker-credential-other");
    std::os::unix::fs::symlink(lockgate_tests::programs::lockgate(), &link).unwrap();
    for word in ["lockgate", &own, "other"] {
        machine.configure(&[word]);
        let _ = machine.get("h").exits_with(1).says("is this program itself");
    }
}

#[test]
fn the_administrator_forbids_bridges_or_one_helper() {
    let Some(policy) = Policy::new("") else { return };
    let machine = Machine::new();
    let helper = machine.helper("corp", GOOD);
    machine.grant(&helper);
    machine.configure(&[&helper]);
    let get = || policy.over(machine.front_door("get").stdin("h")).run();
    let _ = get().succeeds();
    policy.write("bridges = false\nmessage = \"ask it@corp.example\"\n");
    let refused = get().exits_with(1).says("policy.toml:1").says("ask it@corp.example");
    let _ = refused.never_says("provider grant");
    policy.write(&format!("[deny]\nprocess = [\"{helper}\"]\n"));
    let _ = get().exits_with(1).says("policy.toml:2").never_says("provider grant");
    policy.write("[deny]\nprocess = [\"/usr/bin/other\"]\n");
    let _ = get().succeeds();
    assert_eq!(machine.seen("actions"), "get\nget\n");
}
