//! Programs that know nothing of helpers, and read `config.json` as a dictionary.

use lockgate_tests::docker_registry::{Tokens, Wants};

use crate::Machine;

/// As many a library and script does it.
const READER: &str = r#"
import base64, json, os, sys, urllib.request

server = sys.argv[1]
with open(os.path.expanduser("~/.docker/config.json")) as file:
    entry = json.load(file)["auths"][server]
user, _, password = base64.b64decode(entry["auth"]).decode().partition(":")
request = urllib.request.Request("http://" + server + "/v2/")
request.add_header("Authorization", "Basic " + entry["auth"])
if password:
    urllib.request.urlopen(request).read()
print(user, password, entry.get("identitytoken"))
"#;

fn read_after_a_login(wants: Wants) -> String {
    lockgate_tests::programs::require("python3");
    let machine = Machine::with(wants);
    let login = ["docker", "login", "-u", "alice", "--password-stdin", &machine.server()];
    let login = machine.home.lockgate(login).env("PATH", "/nothing").stdin("s3cret\n");
    let _ = login.run().succeeds();
    let reader = machine.run("/usr/bin/python3").args(["-c", READER, &machine.server()]);
    reader.run().succeeds().stdout
}

#[test]
fn a_program_that_only_reads_the_file_finds_the_password_of_a_login() {
    assert_eq!(read_after_a_login(Wants::Password), "alice s3cret None\n");
}

#[test]
fn a_program_that_only_reads_the_file_finds_what_stands_for_the_account() {
    let read = read_after_a_login(Wants::Token(Tokens::Identity));
    assert_eq!(read, "alice  identity-token-1\n");
}
