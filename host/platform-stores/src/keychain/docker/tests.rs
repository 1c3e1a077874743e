use lockgate_contract::{Accounts, Names, Promise, check, loses_nothing_to_others};
use lockgate_core::{Secret, SecretStore};

use super::address::Address;
use super::fake::FakeKeychain;
use super::{Attribute, Attributes, DockerEntry, Value, list};
use crate::Entry;

fn open(keychain: &FakeKeychain, server: &str) -> DockerEntry<FakeKeychain> {
    DockerEntry::new(Entry::of_docker(server), keychain.clone())
}

/// What `docker-credential-osxkeychain` keeps, letter by letter: `(attribute, text)`, and the port.
fn of_docker(texts: &[(Attribute, &str)], port: Option<i64>) -> Attributes {
    let mut attributes = Attributes::default().with(Attribute::Label, "Docker Credentials");
    for (attribute, text) in texts {
        attributes = attributes.with(*attribute, text);
    }
    if let Some(port) = port {
        attributes.set(Attribute::Port, Value::Number(port));
    }
    attributes
}

/// As 0.8, and 0.9 from 0.9.3 on, keep an account of `https://ghcr.io`.
fn of_ghcr(account: &str) -> Attributes {
    let texts = [
        (Attribute::Account, account),
        (Attribute::Authentication, "dflt"),
        (Attribute::Protocol, "htps"),
        (Attribute::Server, "ghcr.io"),
    ];
    of_docker(&texts, None)
}

/// As 0.9.0 to 0.9.2 keep it.
fn of_ghcr_without_authentication(account: &str) -> Attributes {
    let texts = [
        (Attribute::Account, account),
        (Attribute::Protocol, "htps"),
        (Attribute::Server, "ghcr.io"),
    ];
    of_docker(&texts, None)
}

fn loaded(keychain: &FakeKeychain, server: &str) -> Option<(String, String)> {
    let found = open(keychain, server).load().unwrap()?;
    let text = |secret: &Secret| secret.expose_text().unwrap().to_owned();
    Some((found.identity.as_ref().map(text).unwrap_or_default(), text(&found.secret)))
}

fn save(keychain: &FakeKeychain, server: &str, account: &str, secret: &str) -> Result<(), String> {
    let saved = open(keychain, server).save(Some(&account.into()), &secret.into());
    saved.map_err(|error| error.to_string())
}

fn entry(account: &str, secret: &str) -> Option<(String, String)> {
    Some((account.to_owned(), secret.to_owned()))
}

#[test]
fn an_entry_is_the_one_that_dockers_own_helper_keeps() {
    use Attribute::{Account, Authentication, Path, Protocol, Server};
    let (https, http) = ((Protocol, "htps"), (Protocol, "http"));
    let hub = [(Server, "index.docker.io"), https, (Path, "/v1/")];
    for (server, texts, port) in [
        ("ghcr.io", &[(Server, "ghcr.io"), https][..], None),
        ("https://ghcr.io", &[(Server, "ghcr.io"), https], None),
        ("//ghcr.io", &[(Server, "ghcr.io"), https], None),
        ("ghcr.io/", &[(Server, "ghcr.io"), https, (Path, "/")], None),
        ("https://index.docker.io/v1/", &hub, None),
        ("http://127.0.0.1:5000", &[(Server, "127.0.0.1"), http], Some(5000)),
        ("Registry.Example:443", &[(Server, "Registry.Example"), https], Some(443)),
        ("[::1]:8080//a/../b", &[(Server, "::1"), https, (Path, "//a/../b")], Some(8080)),
        ("https://[::1]", &[(Server, "::1"), https], None),
    ] {
        let keychain = FakeKeychain::default();
        save(&keychain, server, "alice", "s3cret").unwrap();
        let both = [texts, &[(Account, "alice"), (Authentication, "dflt")]].concat();
        assert_eq!(keychain.content(), [(of_docker(&both, port), "s3cret".to_owned())], "{server}");
        // And the other way round.
        let keychain = FakeKeychain::default();
        keychain.plant(&of_docker(&both, port), "theirs");
        assert_eq!(loaded(&keychain, server), entry("alice", "theirs"), "{server}");
        assert!(open(&keychain, server).remove().unwrap(), "{server}");
    }
}

#[test]
fn an_entry_of_a_helper_that_left_something_out_is_found_and_replaced() {
    let keychain = FakeKeychain::default();
    keychain.plant(&of_ghcr_without_authentication("alice"), "old");
    assert_eq!(loaded(&keychain, "ghcr.io"), entry("alice", "old"));
    save(&keychain, "ghcr.io", "alice", "new").unwrap();
    assert_eq!(keychain.content().len(), 1);
    assert_eq!(loaded(&keychain, "ghcr.io"), entry("alice", "new"));
}

#[test]
fn a_server_that_would_be_kept_as_another_one_has_no_entry() {
    let keychain = FakeKeychain::default();
    for server in [
        "",
        "/path",
        "https://",
        "https:///path",
        "://ghcr.io",
        "ftp://ghcr.io",
        "ghcr.io/x://y",
        "ghcr.io?x=y",
        "ghcr.io#x",
        "alice@ghcr.io",
        "https://alice:pa55word@ghcr.io",
        "ghcr.io/%2e",
        "ghcr.io\\x",
        "ghcr.io /x",
        "ghcr.io\n",
        "ghcr.io\0",
        "ghcr.io:",
        "ghcr.io:0",
        "ghcr.io:080",
        "ghcr.io:+80",
        "ghcr.io:65536",
        "ghcr.io:none",
        "::1",
        "[::1",
        "[::1]x",
        "[ghcr.io]",
        "gh]cr.io",
    ] {
        let store = open(&keychain, server);
        let saved = store.save(Some(&"alice".into()), &"x".into());
        for error in [store.load().err(), saved.err(), store.remove().err()] {
            let error = error.unwrap().to_string();
            assert!(error.contains("is not one that the keychain keeps"), "{error}");
            assert!(!error.contains("pa55word"), "{error}");
        }
    }
    assert_eq!(keychain.content(), []);
    // The twin: without what is odd about it.
    save(&keychain, "https://ghcr.io:80/2e", "alice", "x").unwrap();
    assert_eq!(keychain.content().len(), 1);
}

#[test]
fn an_entry_with_a_port_or_a_path_is_not_the_one_without() {
    let keychain = FakeKeychain::default();
    for (server, secret) in [("ghcr.io:5000", "of a port"), ("ghcr.io/v2", "of a path")] {
        save(&keychain, server, "alice", secret).unwrap();
    }
    assert_eq!(loaded(&keychain, "ghcr.io"), None);
    assert!(!open(&keychain, "ghcr.io").remove().unwrap());
    save(&keychain, "ghcr.io", "alice", "of none").unwrap();
    assert_eq!(loaded(&keychain, "ghcr.io:5000"), entry("alice", "of a port"));
    assert_eq!(loaded(&keychain, "ghcr.io/v2"), entry("alice", "of a path"));
    // The twin: a search by all that the entry without them has finds all three.
    let searched = Address::read("ghcr.io").unwrap().attributes();
    assert_eq!(super::find(&keychain, &searched).unwrap().len(), 3);
}

#[test]
fn an_entry_of_another_program_is_neither_given_out_nor_overwritten_nor_removed() {
    let keychain = FakeKeychain::default();
    let of_a_browser = of_ghcr("alice").with(Attribute::Label, "ghcr.io (alice)");
    keychain.plant(&of_a_browser, "typed into a web page");
    assert_eq!(loaded(&keychain, "ghcr.io"), None);
    assert!(!open(&keychain, "ghcr.io").remove().unwrap());
    let refused = save(&keychain, "ghcr.io", "alice", "x").unwrap_err();
    assert!(refused.contains("another program keeps a secret"), "{refused}");
    assert!(refused.contains("`alice at https://ghcr.io`"), "{refused}");
    assert_eq!(keychain.content(), [(of_a_browser.clone(), "typed into a web page".to_owned())]);
    assert_eq!(list(&keychain).unwrap(), []);
    // Nor is an entry of another account lost to such a login.
    keychain.plant(&of_ghcr("bob"), "bob's");
    assert!(save(&keychain, "ghcr.io", "alice", "x").unwrap_err().contains("another program"));
    assert_eq!(loaded(&keychain, "ghcr.io"), entry("bob", "bob's"));
    assert_eq!(keychain.content()[0], (of_a_browser, "typed into a web page".to_owned()));
    // The twin: with docker's label it is docker's.
    let keychain = FakeKeychain::default();
    keychain.plant(&of_ghcr("alice"), "docker's");
    assert_eq!(loaded(&keychain, "ghcr.io"), entry("alice", "docker's"));
    assert!(open(&keychain, "ghcr.io").remove().unwrap());
}

#[test]
fn of_several_accounts_the_latest_is_the_one_and_a_login_leaves_one() {
    let keychain = FakeKeychain::default();
    keychain.plant(&of_ghcr("zoe"), "zoe's");
    keychain.a_second_passes();
    keychain.plant(&of_ghcr("alice"), "alice's");
    assert_eq!(loaded(&keychain, "ghcr.io"), entry("alice", "alice's"));
    for account in ["zoe", "bob"] {
        keychain.a_second_passes();
        save(&keychain, "ghcr.io", account, "new").unwrap();
        assert_eq!(keychain.content(), [(of_ghcr(account), "new".to_owned())]);
    }
}

#[test]
fn two_entries_of_which_either_could_be_meant_are_both_named_and_neither_is_given_out() {
    for (planted, seconds_between, names) in [
        ([of_ghcr("alice"), of_ghcr("mallory")], 0, ["`alice` of 2001", "`mallory` of 2001"]),
        // A twin of the account's own.
        (
            [of_ghcr("alice"), of_ghcr_without_authentication("alice")],
            3600,
            ["`alice` of 2001-01-01T01:00:00 UTC", "`alice` of 2001-01-01T00:00:00 UTC"],
        ),
    ] {
        let keychain = FakeKeychain::default();
        keychain.plant(&planted[0], "first");
        (0..seconds_between).for_each(|_| keychain.a_second_passes());
        keychain.plant(&planted[1], "second");
        let error = open(&keychain, "ghcr.io").load().unwrap_err().to_string();
        assert!(error.contains("there are 2 entries for `https://ghcr.io`"), "{error}");
        for name in names {
            assert!(error.contains(name), "{error}");
        }
        assert!(!error.contains("first") && !error.contains("second"), "{error}");
        // As it says: a login leaves one, and a logout none.
        save(&keychain, "ghcr.io", "alice", "new").unwrap();
        assert_eq!(loaded(&keychain, "ghcr.io"), entry("alice", "new"));
        assert_eq!(keychain.content().len(), 1);
        assert!(open(&keychain, "ghcr.io").remove().unwrap());
        assert_eq!(keychain.content(), []);
        // The twin: one of them alone is given out.
        keychain.plant(&planted[1], "second");
        assert_eq!(loaded(&keychain, "ghcr.io").unwrap().1, "second");
    }
}

#[test]
fn an_entry_that_somebody_else_makes_meanwhile_is_changed() {
    let keychain = FakeKeychain::default();
    keychain.plant_meanwhile(of_ghcr("alice"), "meanwhile");
    save(&keychain, "ghcr.io", "alice", "new").unwrap();
    assert_eq!(keychain.content(), [(of_ghcr("alice"), "new".to_owned())]);
}

#[test]
fn a_keychain_that_refuses_is_never_an_entry_that_is_not_there() {
    for (code, words) in [
        (-25308, "is locked, and this session has nobody to unlock it"),
        (-128, "access to the macOS keychain was not allowed"),
        (-25293, "access to the macOS keychain was not allowed"),
        (-25307, "this session has no macOS keychain"),
        (-67671, "failed to"),
    ] {
        let kept = FakeKeychain::default();
        kept.plant(&of_ghcr("alice"), "kept");
        let with = |action| kept.refusing(action, code);
        let errors = [
            open(&with("find"), "ghcr.io").load().err(),
            open(&with("read"), "ghcr.io").load().err(),
            open(&with("find"), "ghcr.io").remove().err(),
            open(&with("remove"), "ghcr.io").remove().err(),
            open(&with("change"), "ghcr.io").save(Some(&"bob".into()), &"x".into()).err(),
            open(&with("add"), "a.test").save(Some(&"bob".into()), &"x".into()).err(),
            list(&with("find")).err().map(Into::into),
        ];
        for error in errors {
            let error = error.unwrap();
            assert!(error.to_string().contains(words), "{code}: {error}");
            let said = error.source().unwrap().to_string();
            assert_eq!(said, format!("the system's words for {code}"));
        }
        assert_eq!(kept.content(), [(of_ghcr("alice"), "kept".to_owned())], "{code}");
    }
}

#[test]
fn an_entry_that_is_removed_meanwhile_is_not_there() {
    let keychain = FakeKeychain::default();
    keychain.plant(&of_ghcr("alice"), "x");
    let vanishing = keychain.refusing("read", -25300);
    assert!(open(&vanishing, "ghcr.io").load().unwrap().is_none());
    let stays = keychain.refusing("remove", -25300);
    let error = open(&stays, "ghcr.io").remove().unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "it is still there");
}

#[test]
fn dockers_entries_are_listed_as_its_helper_does() {
    let keychain = FakeKeychain::default();
    assert_eq!(list(&keychain).unwrap(), []);
    for server in ["ghcr.io", "http://127.0.0.1:5000", "https://index.docker.io/v1/", "[::1]:80/x"]
    {
        save(&keychain, server, "alice", "x").unwrap();
    }
    keychain.plant(&of_ghcr("bob"), "x");
    let no_server = [(Attribute::Account, "a"), (Attribute::Protocol, "htps")];
    keychain.plant(&of_docker(&no_server, None), "x");
    let ftp = [(Attribute::Server, "a"), (Attribute::Protocol, "ftp ")];
    keychain.plant(&of_docker(&ftp, None), "x");
    let odd = [(Attribute::Server, "a"), (Attribute::Protocol, "htps"), (Attribute::Path, "/?b")];
    keychain.plant(&of_docker(&odd, None), "x");
    let listed = list(&keychain).unwrap();
    let servers = listed.iter().map(|one| (one.server.as_str(), one.identity.as_deref()));
    let servers: Vec<_> = servers.map(|(server, account)| (server, account.unwrap())).collect();
    assert_eq!(
        servers,
        [
            ("http://127.0.0.1:5000", "alice"),
            ("https://[::1]:80/x", "alice"),
            ("https://ghcr.io", "alice"),
            ("https://ghcr.io", "bob"),
            ("https://index.docker.io/v1/", "alice"),
        ]
    );
}

/// The same suite as of every store, here on the rules that are ours alone.
#[test]
fn what_is_decided_about_dockers_entries_keeps_the_contract() {
    let keychain = FakeKeychain::default();
    let names = Names::DockerInKeychain;
    let promise =
        Promise { names, limit: None, accounts: Accounts::Required, bytes: true, case: true };
    let open = |url: &str| -> Box<dyn SecretStore> { Box::new(open(&keychain, url)) };
    check(&open, &promise);
    loses_nothing_to_others(&open, &promise);
    assert_eq!(keychain.content(), []);
}
