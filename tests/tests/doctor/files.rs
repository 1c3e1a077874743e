//! Files and folders that keep requests from being answered.

use std::fs;

use lockgate_tests::home::set_mode;

use super::{REVEAL, TOKEN, healthy, look};

#[test]
fn a_credentials_file_that_is_no_toml_is_a_problem_and_named_by_its_line() {
    let home = healthy();
    for (content, line) in
        [("[registries.corp]\ntoken = junk junk\n", 2), ("[registries.corp]\n\ntoken = 7\n", 3)]
    {
        home.write_credentials(content);
        let _ = home.lockgate(REVEAL).run().exits_with(101);
        let said = format!("{}:{line}: ", home.credentials().display());
        look(&home).problem("stores", "cargo-credentials", &said, "correct what is named");
    }
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    look(&home).healthy();
    set_mode(&home.credentials(), 0o644);
    let remedy = format!("chmod 600 {}", home.credentials().display());
    look(&home).problem("stores", "cargo-credentials", "others can read the tokens", &remedy);
}

#[test]
fn a_file_where_a_folder_belongs_is_a_problem() {
    let home = healthy();
    for name in ["state", "providers"] {
        let path = home.lockgate_home().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::write(&path, "").unwrap();
        let said = format!("`{}` is not a folder", path.display());
        look(&home).problem("configuration", name, &said, "move away what is there");
        fs::remove_file(&path).unwrap();
        look(&home).healthy();
    }
}

#[test]
fn a_folder_that_others_can_write_comes_with_the_command_that_closes_it() {
    let home = healthy();
    look(&home).healthy();
    let state = home.lockgate_home().join("state");
    set_mode(&state, 0o777);
    let remedy = format!("chmod go-w {}", state.display());
    look(&home).problem("configuration", "state", "can be written by other users", &remedy);
    look(&home).problem("audit", "recording", "can be written by other users", &remedy);
    set_mode(&state, 0o700);
    look(&home).healthy();

    set_mode(&home.lockgate_home(), 0o777);
    let remedy = format!("chmod go-w {}", home.lockgate_home().display());
    let subject = "configuration cannot be used";
    look(&home).problem("configuration", subject, "LOCKGATE_HOME", &remedy);
    set_mode(&home.lockgate_home(), 0o750);
    let remedy = format!("chmod 700 {}", home.lockgate_home().display());
    look(&home).problem("configuration", subject, "open to other users", &remedy);
}

/// Whoever can write it says which provider is asked.
#[test]
fn a_configuration_that_others_could_have_written_is_not_used() {
    let home = healthy();
    let config = home.lockgate_home().join("config.toml");
    home.write_lockgate_config("[cargo]\nproviders = [\"cargo:token\"]\n");
    for mode in [0o666, 0o660, 0o602] {
        set_mode(&config, mode);
        let refused = home.lockgate(REVEAL).run().exits_with(101).nowhere_has(TOKEN);
        let _ = refused.says(&config.display().to_string()).says("chmod go-w");
        let remedy = format!("chmod go-w {}", config.display());
        let subject = "configuration cannot be used";
        look(&home).problem("configuration", subject, "by other users", &remedy);
    }
    set_mode(&config, 0o644);
    let _ = home.lockgate(REVEAL).run().succeeds();
    look(&home).healthy();
}

#[test]
fn a_record_that_was_changed_is_a_problem() {
    let home = healthy();
    for _ in 0..2 {
        let _ = home.lockgate(REVEAL).run().succeeds();
    }
    look(&home).good("audit", "record");
    let file = home.lockgate_home().join("state/audit/audit.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("cargo:token", "cargo:nekot", 1)).unwrap();
    let said = format!("{}:", file.display());
    look(&home).problem("audit", "record", &said, "lockgate audit verify");
}
