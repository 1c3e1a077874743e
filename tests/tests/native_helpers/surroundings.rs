//! What a helper finds around it.

use crate::{BRIDGE, Machine};

const LOOKS: &str = r#"cat > /dev/null
env > ~/environment
pwd > ~/folder
ls -A > ~/files
echo "$# $*" > ~/words
echo '{"Username":"alice","Secret":"s3cret"}'"#;

fn environment(machine: &Machine) -> Vec<String> {
    let mut lines: Vec<String> = machine.seen("environment").lines().map(str::to_owned).collect();
    // The shell's own.
    lines.retain(|line| {
        !["PWD=", "OLDPWD=", "SHLVL=", "_="].iter().any(|own| line.starts_with(own))
    });
    lines.sort();
    lines
}

#[test]
fn a_helper_finds_the_fixed_variables_and_what_was_granted_and_an_empty_folder() {
    let machine = Machine::with_helper(LOOKS);
    let get = || machine.front_door("get").stdin("h").env("CORP_TOKEN", "canary").run();
    let _ = get().succeeds();
    let home = machine.home.user().display().to_string();
    let fixed = [
        format!("DOCKER_CONFIG={home}/.docker"),
        format!("HOME={home}"),
        "LANG=C.UTF-8".to_owned(),
        "PATH=/usr/bin:/bin".to_owned(),
        "USER=tester".to_owned(),
    ];
    assert_eq!(environment(&machine), fixed);
    assert_eq!(machine.seen("words"), "1 get\n");
    assert_eq!(machine.seen("files"), "");
    assert!(!machine.seen("folder").starts_with(&machine.home.project().display().to_string()));
    // The twin: a granted variable.
    let process = format!(
        "process={{ program = \"{}\", environment = [\"CORP_TOKEN\"] }}",
        machine.path("tools/docker-credential-odd").display()
    );
    let _ =
        machine.home.lockgate(["provider", "grant", BRIDGE, &process, "--yes"]).run().succeeds();
    let _ = get().succeeds();
    assert!(environment(&machine).contains(&"CORP_TOKEN=canary".to_owned()));
}

/// docker does not tell its helpers which of its configurations it uses.
#[test]
fn a_helper_is_told_which_of_dockers_configurations_is_in_use() {
    let machine = Machine::with_helper(LOOKS);
    let folder = machine.path("other-docker").display().to_string();
    let _ = machine.front_door("get").stdin("h").env("DOCKER_CONFIG", &folder).run().succeeds();
    assert!(environment(&machine).contains(&format!("DOCKER_CONFIG={folder}")));
}
