//! A real native helper behind a login of Lockgate: `pass`, which docker chooses by itself where it is.

use lockgate_tests::{Output, programs};

use crate::Machine;

const HELPER: &str = "/usr/bin/docker-credential-pass";

impl Machine {
    /// Makes a key and a store of passwords.
    fn set_up_pass(&self) {
        ["gpg", "pass", "docker-credential-pass"].into_iter().for_each(programs::require);
        let key = ["--batch", "--passphrase", "", "--quick-generate-key", "tester@example.com"];
        let _ = self.home.run("/usr/bin/gpg").args(key).run().succeeds();
        let _ =
            self.home.run("/usr/bin/pass").args(["init", "tester@example.com"]).run().succeeds();
        let process = format!("process={HELPER}");
        let grant = ["provider", "grant", "lockgate:docker-helper", &process, "--yes"];
        let _ = self.home.lockgate(grant).run().succeeds();
    }

    fn pass_has(&self) -> Output {
        self.home.run(HELPER).args(["get"]).stdin(self.server()).run()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // gpg leaves an agent behind that waits for the folder to go.
        if self.home.user().join(".gnupg").exists() {
            let words = ["--kill", "gpg-agent"];
            let _ = self.home.run("/usr/bin/gpgconf").args(words).run();
        }
    }
}

#[test]
fn a_login_and_a_logout_go_through_the_real_helper_of_pass() {
    let machine = Machine::new();
    machine.set_up_pass();
    machine.write_config("{\n\t\"auths\": {},\n\t\"credsStore\": \"pass\"\n}");
    let login = ["docker", "login", "-u", "alice", "--password-stdin", &machine.server()];
    let login = machine.home.lockgate(login).stdin("s3cret\n").run();
    let _ = login.succeeds().prints("Login Succeeded\n").is_silent();
    assert_eq!(machine.pass_has().succeeds().json()["Secret"], "s3cret");
    machine.no_client_has_the_password();
    assert!(machine.read_config().contains(&format!("\"{}\": {{}}", machine.server())));
    let logout = machine.home.lockgate(["docker", "logout", &machine.server()]).run();
    let _ = logout.succeeds();
    assert!(!machine.pass_has().stdout.contains("s3cret"));
    assert!(!machine.read_config().contains(&machine.server()));
}
