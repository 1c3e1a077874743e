//! What `lockgate doctor` says in a project that is not to be trusted.

use std::fs;
use std::path::Path;

use lockgate_tests::home::set_mode;
use lockgate_tests::{Home, Output};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";

fn doctor(home: &Home, folder: &Path) -> Output {
    home.lockgate(["doctor"]).dir(folder).run()
}

#[test]
fn doctor_cites_each_line_of_a_project_that_names_programs() {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let file = home.write_project_config(
        "[credential-alias]\ncargo-credential-lockgate = \"./evil\"\n\n\
         [registry]\nglobal-credential-providers = [\"./evil\"]\n\n\
         [registries.corp]\ncredential-provider = [\"./evil\"]\ntoken = \"theirs\"\n\n\
         [http]\nproxy = \"http://127.0.0.1:9\"\n",
    );
    let found = doctor(&home, &home.project()).nowhere_has("theirs");
    let cited = |line: usize| format!("{}:{line}", file.display());
    let found = [2, 5, 8, 9, 12].into_iter().fold(found, |found, line| found.shows(&cited(line)));
    let _ = found.shows("a project cannot name programs").shows("a project cannot add providers");

    fs::remove_file(&file).unwrap();
    let _ = doctor(&home, &home.project()).nowhere_has("is not heeded");
}

/// cargo reads the configuration of every folder above the project, whoever put it there.
#[test]
fn doctor_warns_of_a_configuration_that_others_could_have_written() {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let above = home.root().join("shared");
    let folder = above.join("clone");
    for folder in [&folder, &above.join(".cargo")] {
        fs::create_dir_all(folder).unwrap();
    }
    let file = above.join(".cargo/config.toml");
    fs::write(&file, "").unwrap();
    let shown = file.display().to_string();
    for (mode, says) in [
        (0o777, format!("others can write {}", above.display())),
        (0o775, format!("others can write {}", above.display())),
        (0o1777, format!("anybody could have put it into {}", above.display())),
    ] {
        set_mode(&above, mode);
        let _ = doctor(&home, &folder).exits_with(1).shows(&shown).shows(&says);
    }
    set_mode(&above, 0o755);
    let _ = doctor(&home, &folder).nowhere_has(&shown);
    set_mode(&file, 0o666);
    let said = format!("others can write {shown}");
    let _ = doctor(&home, &folder).exits_with(1).shows(&said).shows(&format!("chmod go-w {shown}"));
}
