//! Ctrl-C at each question.

use lockgate_tests::terminal::end;
use lockgate_tests::{Access, Home, Run, Server, Terminal, programs};

const CTRL_C: &str = "\u{3}";

fn until_hidden(terminal: &Terminal) {
    terminal.wait_for("please paste the token");
    let start = std::time::Instant::now();
    while terminal.echoes() {
        assert!(start.elapsed().as_secs() < 10, "what is typed would show");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

/// Ctrl-C at a question for a token ends the program, keeps nothing and leaves the terminal as it
/// was; the twin: a token typed there is kept.
fn interrupted_and_twin(home: &Home, login: impl Fn() -> Run) {
    let before = home.read_credentials();
    let mut terminal = Terminal::new();
    let mut child = terminal.start(login());
    until_hidden(&terminal);
    terminal.type_keys(CTRL_C);
    assert!(!end(&mut child).success(), "{}", terminal.screen());
    assert!(terminal.echoes(), "{}", terminal.screen());
    assert_eq!(home.read_credentials(), before);

    let mut terminal = Terminal::new();
    let mut child = terminal.start(login());
    until_hidden(&terminal);
    terminal.type_keys("typed-token\n");
    assert!(end(&mut child).success(), "{}", terminal.screen());
    assert!(terminal.echoes());
    assert!(home.read_credentials().contains("typed-token"), "{}", terminal.screen());
    assert!(!terminal.screen().contains("typed-token"), "it was shown");
}

#[test]
fn at_the_question_of_the_command() {
    let (server, home) = (Server::start(Access::Public), Home::new());
    home.configure(&server, &["cargo:token"]);
    interrupted_and_twin(&home, || home.lockgate(["cargo", "login", "--registry", "corp"]));
}

#[test]
fn at_the_question_of_the_plugin() {
    let (server, home) = (Server::start(Access::Public), Home::new());
    home.configure_ours(&server);
    interrupted_and_twin(&home, || {
        let login = home.cargo(["login", "--registry", "corp"]);
        login.env("RUSTC", programs::toolchain().join("rustc"))
    });
}

#[test]
fn at_the_question_before_an_installation() {
    let home = Home::new();
    let file = home.write_small();
    let install = || home.lockgate(["provider", "install"]).args([&file]);
    let installed = || home.lockgate_home().join("providers/small").exists();
    let mut terminal = Terminal::new();
    let mut child = terminal.start(install());
    terminal.wait_for("Grant all of this?");
    terminal.type_keys(CTRL_C);
    assert!(!end(&mut child).success());
    assert!(terminal.echoes() && !installed(), "{}", terminal.screen());

    let mut terminal = Terminal::new();
    let mut child = terminal.start(install());
    terminal.wait_for("Grant all of this?");
    terminal.type_keys("y\n");
    assert!(end(&mut child).success() && installed(), "the twin: {}", terminal.screen());
}
