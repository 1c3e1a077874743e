//! A login at a terminal.

use lockgate_tests::Terminal;
use lockgate_tests::docker_registry::{FakeRegistry, Manner, PASSWORD, USER};
use lockgate_tests::terminal::end;

use crate::machine::{Machine, encoded};

/// The signal of Ctrl-C.
const SIGINT: i32 = 2;

#[test]
fn a_password_is_typed_in_hiding_and_a_user_in_sight() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let mut terminal = Terminal::new();
    let mut login = terminal.start(machine.docker(&["login", &registry.server()]));
    terminal.wait_for("Username: ");
    assert!(terminal.echoes());
    terminal.type_keys(&format!("  {USER} \r"));
    terminal.wait_for("Password: ");
    while terminal.echoes() {
        std::thread::yield_now();
    }
    terminal.type_keys(&format!("{PASSWORD}\r"));
    terminal.wait_for("Login Succeeded");
    assert!(end(&mut login).success());
    assert!(terminal.echoes() && !terminal.screen().contains(PASSWORD), "{}", terminal.screen());
    assert!(machine.config().contains(&encoded(USER, PASSWORD)));
}

#[test]
fn the_user_of_before_is_offered_and_nothing_typed_is_an_error() {
    let machine = Machine::new();
    let registry = FakeRegistry::start(Manner::BASIC);
    let server = registry.server();
    machine.write_config(&format!(
        r#"{{"auths":{{"{server}":{{"auth":"{}"}}}}}}"#,
        encoded(USER, "an-older-one")
    ));
    let mut terminal = Terminal::new();
    let mut login = terminal.start(machine.docker(&["login", &server]));
    terminal.wait_for("Username (alice): ");
    terminal.type_keys("\r");
    terminal.wait_for("Password: ");
    while terminal.echoes() {
        std::thread::yield_now();
    }
    terminal.type_keys("\r");
    terminal.wait_for("Error: Password Required");
    assert_eq!(end(&mut login).code(), Some(1));
}

#[test]
fn ctrl_c_ends_a_login_at_each_question_and_nothing_is_kept() {
    let machine = Machine::new();
    let before = machine.config();
    let registry = FakeRegistry::start(Manner::BASIC);
    for at_password in [false, true] {
        let mut terminal = Terminal::new();
        let mut login = terminal.start(machine.docker(&["login", &registry.server()]));
        terminal.wait_for("Username: ");
        if at_password {
            terminal.type_keys("alice\r");
            terminal.wait_for("Password: ");
            while terminal.echoes() {
                std::thread::yield_now();
            }
        }
        terminal.type_keys("\u{3}");
        let status = end(&mut login);
        // What the program that made the session tells of the signal of Ctrl-C.
        assert_eq!(status.code(), Some(SIGINT), "{at_password}: {status}");
        assert!(terminal.echoes());
    }
    assert_eq!(machine.config(), before);
    assert_eq!(registry.asked(), [""; 0]);
}

#[test]
fn a_helper_that_nobody_granted_is_offered_to_a_person() {
    let machine = Machine::new();
    machine.write_config(r#"{"credsStore":"fake"}"#);
    let log = machine.home.root().join("tmp/asked");
    let program = machine.helper("fake", &format!("read -r line\necho $1 >> {}", log.display()));
    let registry = FakeRegistry::start(Manner::BASIC);
    for (answer, code) in [("n\r", 1), ("y\r", 0)] {
        let mut terminal = Terminal::new();
        let words = ["login", "-u", USER, "-p", PASSWORD, &registry.server()];
        let mut login = terminal.start(machine.docker(&words));
        terminal.wait_for("Grant it? [y/N]");
        assert!(terminal.screen().contains(&program.display().to_string()));
        terminal.type_keys(answer);
        assert_eq!(end(&mut login).code(), Some(code), "{}", terminal.screen());
        assert_eq!(log.exists(), code == 0);
    }
}
