//! The user's keyring in the kernel: what of it a request's own process reaches, and who else does.

use lockgate_adapters::KernelKeyring;
use lockgate_core::{Ecosystem, Registry, Secret, SecretStore};
use lockgate_system::Room;
use lockgate_tests::not_run::can_be_another_user;
use lockgate_tests::plugin::{get, login, request};
use lockgate_tests::{Access, Home, Output, Server, keyring};

use super::program;

const PROVIDER: &str = "lockgate:kernel-keyring";
const DEEDS: [&str; 3] = ["read a key of the user", "make a key", "go through the user's keys"];

/// A registry with a token in the keyring, and another key of the user's, which go with it.
struct Place {
    home: Home,
    server: Server,
    key: String,
}

impl Place {
    /// None where there is no keyring.
    fn new() -> Option<Self> {
        if !keyring::is_there() {
            return None;
        }
        let (home, server) = (Home::new(), Server::start(Access::Public));
        let program = home.programs().join("cargo-credential-lockgate").display().to_string();
        home.configure(&server, &[&program, PROVIDER]);
        let key = format!("lockgate:test:{}:{}", std::process::id(), server.port());
        let room = Room::new(&key).unwrap();
        room.fill(&key, b"a passphrase", Some(60)).unwrap();
        let _ = room.publish().unwrap();
        room.release();
        Some(Self { home, server, key })
    }

    fn store(&self) -> KernelKeyring {
        KernelKeyring::new(&Registry::new(Ecosystem::Cargo, self.server.index_url()).unwrap())
    }

    fn attempt(&self, words: &[&str], provider: &str) -> Output {
        let file = self.home.credentials();
        let run = self.home.run(program()).args(words).env("INDEX", self.server.index_url());
        let run = run.env("SECRET_FILE", &file).env("STORE_FILE", &file);
        let run = run.env("SERVER", "127.0.0.1:9").env("PROVIDER", provider);
        run.env("KEY", &self.key).run().succeeds()
    }

    fn asked(&self, request: &serde_json::Value) -> Output {
        self.home.plugin().stdin(format!("{request}\n")).run().succeeds()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.store().remove();
        let _ = lockgate_system::remove_keys(&self.key);
    }
}

#[test]
fn a_request_reaches_no_key_of_the_user_but_that_of_its_own_store() {
    let Some(place) = Place::new() else { return };
    place.home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    place.store().save(None, &Secret::from("kept-in-the-kernel")).unwrap();
    for provider in ["cargo:token", PROVIDER] {
        let confined = place.attempt(&[], provider).shows("answered true\n");
        for deed in DEEDS {
            assert!(confined.stdout.contains(&format!("{deed}: refused\n")), "{deed}\n{confined}");
        }
    }
    let free = place.attempt(&["free"], PROVIDER);
    for deed in DEEDS {
        assert!(free.stdout.contains(&format!("{deed}: done\n")), "the twin: {deed}\n{free}");
    }
}

#[test]
fn a_confined_request_saves_loads_and_removes_its_own_entry() {
    let Some(place) = Place::new() else { return };
    let index = place.server.index_url();
    // Longer than what the kernel changes at once.
    let long = "t".repeat(9000);
    for token in ["first", "second", &long] {
        let _ = place.asked(&login(&index, token, &[PROVIDER])).shows("\"Ok\"");
        let _ = place.asked(&get(&index, &[PROVIDER])).shows(&format!("\"{token}\""));
        let kept = place.store().load().unwrap().unwrap();
        assert_eq!(kept.secret.expose_text(), Some(token));
    }
    let other = place.home.plugin().stdin(format!("{}\n", get(&format!("{index}x"), &[PROVIDER])));
    let _ = other.run().nowhere_has(&long);
    let _ = place.asked(&request("logout", &index, &[PROVIDER])).shows("\"Ok\"");
    let _ = place.asked(&get(&index, &[PROVIDER])).shows("not-found");
    assert!(place.store().load().unwrap().is_none());
}

/// Whoever is another user has another keyring, and no right to this one's keys.
#[test]
fn another_user_finds_no_entry_and_the_same_user_does() {
    let Some(place) = Place::new().filter(|_| can_be_another_user()) else { return };
    place.store().save(None, &Secret::from("kept-in-the-kernel")).unwrap();
    place.home.hand_over();
    let other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let run = |under: &[&str]| {
        let run = place.home.run(program()).args(["free"]).env("INDEX", place.server.index_url());
        let run = run.env("SECRET_FILE", "/").env("STORE_FILE", "/").env("SERVER", "127.0.0.1:9");
        run.env("KEY", &place.key).under(under).run()
    };
    let refused = run(&other);
    assert!(refused.stdout.contains("read a key of the user: refused\n"), "{refused}");
    assert!(refused.stdout.contains("make a key: done\n"), "it has no keyring at all: {refused}");
    let twin = run(&["env"]);
    assert!(twin.stdout.contains("read a key of the user: done\n"), "{twin}");
}
