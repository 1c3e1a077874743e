//! The real cargo logs in, builds and publishes.

use lockgate_tests::{Access, Home, Server};

use crate::show;

const TOKEN: &str = "a-token-of-the-demo";
const GREETER: &str = r#"greeter = { version = "1", registry = "corp" }"#;

/// Shows a build that is refused, a login, the build again, a publication and a logout.
pub(crate) fn working_through_lockgate() {
    show::chapter("The real cargo, its tokens handed out by a sandboxed provider");
    let server = Server::start(Access::Private);
    server.add_package("greeter", "1.0.0");
    server.accept(&[TOKEN]);
    let home = configured(&server);
    build(&home, &server);
    publish(&home, &server);
    log_out(&home);
}

fn configured(server: &Server) -> Home {
    let home = Home::new();
    show::explain(
        "a local registry that demands a token, and the line that names Lockgate for tokens",
    );
    let config = format!(
        "[registry]\n\
         global-credential-providers = [\"cargo-credential-lockgate cargo:token\"]\n\n\
         [registries.corp]\n\
         index = \"{}\"\n",
        server.index_url()
    );
    home.write_config(&config);
    show::file(&home.config(), &config);
    home.write_package("app", GREETER);
    home
}

fn build(home: &Home, server: &Server) {
    show::explain("without a token there is no dependency: the provider answers `not-found`");
    let _ = show::run(&home.cargo(["build"])).exits_with(101);

    show::explain(
        "the token is kept where cargo keeps it; the provider only ever has a handle of it",
    );
    let login = ["login", "--registry", "corp"];
    let _ = show::run(&home.cargo(login).stdin(format!("{TOKEN}\n"))).succeeds();
    show::file(&home.credentials(), &home.read_credentials());

    show::explain("now the build works; cargo warns that it no longer reads the file by itself");
    server.forget_requests();
    let _ = show::run(&home.cargo(["build"])).succeeds();
    requests(server);
}

fn publish(home: &Home, server: &Server) {
    show::explain("and a package goes the other way");
    home.write_package("tool", "");
    server.forget_requests();
    let _ = show::run(&home.cargo(["publish", "--registry", "corp"])).succeeds();
    requests(server);
}

fn log_out(home: &Home) {
    show::explain("after a logout nothing is left");
    let _ = show::run(&home.cargo(["logout", "--registry", "corp"])).succeeds();
    show::file(&home.credentials(), &home.read_credentials());
}

/// What the registry saw, which is the proof that the token arrived.
fn requests(server: &Server) {
    show::explain("what the registry saw:");
    for seen in server.requests() {
        let token = seen.authorization.as_deref().unwrap_or("no token");
        println!("{} {} {} with {token}", seen.status, seen.method, seen.path);
    }
}
