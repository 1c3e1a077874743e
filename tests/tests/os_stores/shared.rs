//! One entry, whoever keeps it and whoever reads it.

use crate::{Desktop, LIBSECRET, Machine, OS_STORE, TOKEN, entry_of};

#[test]
fn what_lockgate_keeps_is_what_cargo_and_libsecret_find() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let url = machine.server.index_url();
    let _ = machine.reads().exits_with(101).nowhere_has(TOKEN);
    let _ = machine.logs_in(TOKEN).succeeds().nowhere_has(TOKEN);
    assert_eq!(machine.token_in_keyring().as_deref(), Some(TOKEN));
    assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN));
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
    let found = machine.desktop.search(&entry_of(&url)).succeeds();
    let _ = found
        .shows("label = cargo-registry:corp\n")
        .shows("schema = org.rust-lang.cargo.registry\n")
        .says(&format!("attribute.url = {url}\n"));
    assert!(machine.home.read_credentials().is_empty(), "nothing is in the plain file");
    let _ = machine.cargo(&["logout"]).run().succeeds();
    let _ = machine.reads().exits_with(101);
}

#[test]
fn what_cargo_keeps_is_what_lockgate_finds() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let _ = machine.cargo(&["login"]).stdin(format!("{TOKEN}\n")).run().succeeds();
    assert_eq!(machine.token_in_keyring().as_deref(), Some(TOKEN));
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
    let _ = machine.lockgate("token").run().succeeds().shows(LIBSECRET).nowhere_has(TOKEN);
    let _ = machine.lockgate("logout").run().succeeds().says("Logout");
    assert_eq!(machine.token_in_keyring(), None);
    assert_eq!(machine.token_of_cargo(), None);
}

#[test]
fn an_entry_is_replaced_by_whoever_logs_in_and_never_doubled() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let url = machine.server.index_url();
    let keeps = |token: &str| {
        let _ = machine.reads().succeeds().prints(&format!("{token}\n"));
        let shown = machine.desktop.search(&entry_of(&url));
        assert_eq!(shown.stdout.matches("label = ").count(), 1, "{shown}");
    };
    let _ = machine.cargo(&["login"]).stdin("of-cargo\n").run().succeeds();
    keeps("of-cargo");
    let _ = machine.logs_in("of-lockgate").succeeds();
    keeps("of-lockgate");
    machine.desktop.keep("by hand", &entry_of(&url), b"by-hand");
    keeps("by-hand");
    let _ = machine.cargo(&["login"]).stdin("of-cargo-again\n").run().succeeds();
    keeps("of-cargo-again");
}

#[test]
fn the_second_logout_says_that_there_was_nothing() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let _ = machine.logs_in(TOKEN).succeeds();
    let _ = machine.lockgate("logout").run().succeeds().never_says("not currently logged in");
    let _ = machine.lockgate("logout").run().succeeds().says("not currently logged in to `corp`");
    // The twin: cargo claims success whatever was there.
    let _ = machine.cargo(&["logout"]).run().succeeds().never_says("not currently logged in");
}

#[test]
fn entries_of_other_schemas_and_registries_are_nobodys_business() {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    let url = machine.server.index_url();
    let shorter = url.trim_end_matches('/').to_owned();
    machine.desktop.keep("other", &["url", &url], b"generic");
    machine.desktop.keep("other", &["xdg:schema", "io.docker.Credentials", "url", &url], b"docker");
    for other in [shorter.as_str(), &format!("{url}/"), &url.to_uppercase()] {
        machine.desktop.keep("other", &entry_of(other), b"of-another");
    }
    let _ = machine.reads().exits_with(101).nowhere_has("generic").nowhere_has("of-another");
    let _ = machine.logs_in(TOKEN).succeeds();
    let _ = machine.lockgate("logout").run().succeeds();
    assert_eq!(machine.desktop.look_up(&entry_of(&shorter)).as_deref(), Some("of-another"));
    // The twin: the very bytes are found.
    machine.desktop.keep("own", &entry_of(&url), TOKEN.as_bytes());
    let _ = machine.reads().succeeds().prints(&format!("{TOKEN}\n"));
}

/// The plugin as cargo starts it, and a provider that is not cargo's own name: the same entry.
#[test]
fn cargo_gets_it_through_lockgate_by_either_name() {
    for provider in [LIBSECRET, OS_STORE] {
        let machine = Machine::new(LIBSECRET, Desktop::new());
        let _ = machine.cargo(&["login"]).stdin(format!("{TOKEN}\n")).run().succeeds();
        let [program, _] = machine.home.our_token_provider();
        machine.home.configure(&machine.server, &[&program, provider]);
        assert_eq!(machine.token_of_cargo().as_deref(), Some(TOKEN), "{provider}");
        let _ = machine.cargo(&["logout"]).run().succeeds();
        assert_eq!(machine.token_in_keyring(), None, "{provider}");
        let _ = machine.cargo(&["login"]).stdin("second\n").run().succeeds();
        assert_eq!(machine.token_in_keyring().as_deref(), Some("second"), "{provider}");
    }
}
