//! cargo and its configuration.

use std::fs;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Run};

use super::{REVEAL, found, healthy, json_run, look};

/// In a folder that is not there any more.
fn nowhere(home: &Home, run: Run) -> Run {
    let gone = home.root().join("gone");
    fs::create_dir_all(&gone).unwrap();
    run.dir(gone).under(["sh", "-c", "rmdir \"$PWD\"; exec \"$@\"", "sh"])
}

/// Commands that are about the user and the machine, and not about where they run.
const ANYWHERE: [&[&str]; 7] = [
    &["provider", "list"],
    &["provider", "verify"],
    &["provider", "inspect", "cargo:token"],
    &["provider", "rebuild"],
    &["policy", "show"],
    &["audit", "show"],
    &["audit", "verify"],
];

#[test]
fn a_projects_broken_configuration_hides_nothing_else() {
    let home = healthy();
    let file = home.write_project_config("\n[registries\n");
    let place = format!("{}:2", file.display());
    let _ = home.lockgate(REVEAL).run().exits_with(101).says(&place);
    let found = look(&home);
    found.problem("cargo", "configuration", &place, "correct what is named above");
    for (section, subject) in
        [("configuration", "state"), ("providers", "built in"), ("audit", "recording")]
    {
        found.good(section, subject);
    }
    for words in ANYWHERE {
        let _ = home.lockgate(words).run().succeeds();
    }
    fs::remove_file(&file).unwrap();
    look(&home).healthy();
}

#[test]
fn a_folder_that_is_gone_hides_nothing_else() {
    let home = healthy();
    let _ = nowhere(&home, home.lockgate(REVEAL)).run().exits_with(101).says("current directory");
    let found = found(&nowhere(&home, json_run(&home)));
    found.problem("cargo", "configuration", "current directory", "work in another folder");
    found.good("providers", "built in");
    for words in ANYWHERE {
        let _ = nowhere(&home, home.lockgate(words)).run().succeeds();
    }
}

/// cargo starts whatever has the name.
#[test]
fn another_program_of_our_name_is_a_problem() {
    let home = healthy();
    let ours = home.programs().join("cargo-credential-lockgate");
    fs::remove_file(&ours).unwrap();
    fs::write(&ours, "#!/bin/sh\n").unwrap();
    set_mode(&ours, 0o755);
    let subject = "cargo-credential-lockgate";
    look(&home).problem("cargo", subject, "is another program", "remove the other from PATH");
    fs::remove_file(&ours).unwrap();
    let found = look(&home);
    assert_eq!(found.about("cargo", subject)["state"], "note", "{found:?}");
}

#[test]
fn a_registry_without_a_usable_index_is_a_problem_at_its_line() {
    let home = healthy();
    let good = fs::read_to_string(home.config()).unwrap();
    home.write_config(format!("{good}[registries.bad]\nindex = \"no url\"\n"));
    let place = format!("{}:5", home.config().display());
    look(&home).problem("cargo", "registry bad", "no url", &place);
    home.write_config(good);
    look(&home).healthy();
}
