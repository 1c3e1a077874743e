//! Files of Lockgate's own names, planted where the client runs.

use std::fs;
use std::path::{Path, PathBuf};

use lockgate_tests::{Home, Run, programs};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
const TOKEN: &str = "corp-secret-7a20";
/// If one of them were read, the request would fail.
const NAMES: [&str; 5] =
    ["config.toml", "policy.toml", "grant.toml", "providers/cargo/record.json", "state/logins/x"];
/// Below each folder.
const FOLDERS: [&str; 5] = ["", ".lockgate", "lockgate", ".config/lockgate", "etc/lockgate"];

/// Plants each name in each folder from the working directory up, and says where that is.
fn plant(home: &Home, working: &Path) -> Vec<PathBuf> {
    let mut planted = Vec::new();
    for folder in working.ancestors().take_while(|folder| *folder != home.root().parent().unwrap())
    {
        for place in
            FOLDERS.iter().flat_map(|place| NAMES.map(|name| folder.join(place).join(name)))
        {
            // That one is the user's own.
            if place.starts_with(home.lockgate_home()) {
                continue;
            }
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, "this is = not [ for us\n").unwrap();
            planted.push(place);
        }
    }
    planted
}

fn traced(run: Run, log: &Path) -> Run {
    let log = log.display().to_string();
    run.under(["strace", "-f", "-y", "-s", "4096", "-e", "trace=file", "-o", &log])
}

/// As the trace shows a file: whole, in an opened folder, or from where the program runs.
fn ways_to_name(place: &Path, working: &Path) -> Vec<String> {
    let (folder, name) = (place.parent().unwrap(), place.file_name().unwrap());
    let mut ways = vec![
        format!("\"{}\"", place.display()),
        format!("<{}>, \"{}\"", folder.display(), name.display()),
    ];
    let below = place.strip_prefix(working).ok();
    ways.extend(below.map(|below| format!("<{}>, \"{}\"", working.display(), below.display())));
    ways
}

#[test]
fn nothing_of_lockgates_is_read_from_where_it_runs() {
    programs::require("strace");
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials(format!("[registries.corp]\ntoken = \"{TOKEN}\"\n"));
    let working = home.project().join("deep/deeper");
    fs::create_dir_all(&working).unwrap();
    let planted = plant(&home, &working);
    assert!(planted.len() > 90, "{}", planted.len());
    let log = home.temporary().join("trace");
    let own = home.lockgate_home().join("config.toml");
    let words = ["cargo", "token", "--registry", "corp", "--reveal"];
    for run in [home.lockgate(words), home.lockgate(words).without_env("LOCKGATE_HOME")] {
        let output = traced(run.dir(&working), &log).run().succeeds();
        let _ = output.prints(&format!("{TOKEN}\n"));
        let trace = fs::read_to_string(&log).unwrap();
        for place in &planted {
            for opened in ways_to_name(place, &working) {
                assert!(!trace.contains(&opened), "it opened {opened}");
            }
        }
    }

    // The twin: the user's own file is read, is seen in the trace, and is wrong.
    home.write_lockgate_config("this is = not [ for us\n");
    let output = traced(home.lockgate(words).dir(&working), &log).run().exits_with(101);
    let _ = output.names_line(&own, 1);
    let trace = fs::read_to_string(&log).unwrap();
    assert!(ways_to_name(&own, &working).iter().any(|way| trace.contains(way)));
}
