//! docker's helper: ours from a file beside `/bin/true` and the native one's `version`, which does
//! nothing, ours from the desktop's keyring beside the native one, and ours with many servers. The goals:
//! at most 2.5 times `/bin/true`, faster than `version`, faster than the native one on the same entry, and
//! at most 2 ms longer with 10,000 servers than with one.

use std::fs;

use lockgate_tests::docker_helper::{Helper, SECRETSERVICE};
use lockgate_tests::home::set_mode;
use lockgate_tests::{Desktop, Home};
use sha2::{Digest, Sha256};

use super::contest::{self, Contender};

const SERVER: &str = "registry.example";
/// Servers where there are many.
const MANY: usize = 10_000;

pub(crate) fn measure() {
    let (home, many, desktop) = (with_servers(1), with_servers(MANY), Desktop::new());
    let [file, crowded] = [Helper::ours(&home), Helper::ours(&many)];
    let native = Helper::secretservice(&home, &desktop);
    let keyring_home = Home::new();
    keyring_home.write_lockgate_config("[docker]\nproviders = [\"lockgate:os-store\"]\n");
    let keyring = Helper::ours_within(&keyring_home, &desktop);
    keyring.keeps(SERVER, "u", "bench");
    assert!(native.finds(SERVER).is_some(), "{SECRETSERVICE} has another entry");
    let get = |helper: &Helper| helper.run_of(&["get"], SERVER);
    let mut contenders = [
        Contender::new("/bin/true", home.run("/bin/true")),
        Contender::new("docker's helper, version", native.run_of(&["version"], "")),
        Contender::new("docker's helper, get", get(&native)),
        Contender::new("ours, get from a file", get(&file)),
        Contender::new("ours, one of 10,000", get(&crowded)),
        Contender::new("ours, get from keyring", get(&keyring)),
        Contender::new("ours, version", file.run_of(&["version"], "")),
    ];
    contest::hold(&mut contenders);
    let pairs = [(3, 0), (4, 3), (5, 2), (6, 1)];
    contest::report_differences("docker's helper", &contenders, &pairs);
    let ratio = contenders[3].median() / contenders[1].median();
    println!("a get from a file takes {ratio:.2} of what docker's helper takes for `version`\n");
}

/// A home whose file store has so many servers, the one that is asked for among them.
fn with_servers(number: usize) -> Home {
    let home = Home::new();
    home.write_lockgate_config("[docker]\nproviders = [\"lockgate:file\"]\n");
    Helper::ours(&home).keeps(SERVER, "u", "bench");
    let folder = home.lockgate_home().join("state/credentials");
    let file = |server: &str| {
        let digest = Sha256::digest(format!("oci:{server}"));
        folder.join(format!("{digest:x}.json"))
    };
    // Copies, since each that is kept is brought to the disk.
    let entry = fs::read_to_string(file(SERVER)).unwrap();
    for number in 1..number {
        let server = format!("registry-{number}.example");
        fs::write(file(&server), entry.replace(SERVER, &server)).unwrap();
        set_mode(&file(&server), 0o600);
    }
    let last = format!("registry-{}.example", number - 1);
    assert!(number == 1 || Helper::ours(&home).finds(&last).is_some());
    home
}
