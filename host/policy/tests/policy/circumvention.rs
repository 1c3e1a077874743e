//! Ways round an administrator's policy, each beside the same without the line that closes it.

use lockgate_policy::{Decided, Identity, NotServed};

use crate::support::Case;

const TOKEN_VARIABLE: &str = "CARGO_REGISTRIES_CORP_TOKEN";

fn under(lines: &str, policy: &str) -> Decided {
    Case { asked: lines, granted: lines, policy, ..Case::default() }.decided()
}

/// The variables that the one program of these lines is handed.
fn handed_on(lines: &str, policy: &str) -> Vec<String> {
    under(lines, policy).capabilities.process[0].environment.clone()
}

#[test]
fn a_variable_that_is_not_allowed_is_not_handed_to_a_program_either() {
    let lines = "process = [{ program = '/op', arguments = [], environment = ['A', 'B'] }]";
    for (policy, expected) in [
        ("", &["A", "B"][..]),
        ("[allow]\nenvironment = ['*']", &["A", "B"]),
        ("[allow]\nenvironment = ['A', 'C']", &["A"]),
        ("[allow]\nenvironment = []", &[]),
        ("[[rule]]\nexcept = ['built-in']\n[rule.allow]\nenvironment = ['B']", &["B"]),
        ("[[rule]]\nproviders = ['built-in']\n[rule.allow]\nenvironment = ['B']", &["A", "B"]),
        ("[deny]\nenvironment = ['b']", &["A"]),
    ] {
        assert_eq!(handed_on(lines, policy), expected, "{policy}");
    }
    let decided = under(lines, "message = 'No.'\n[allow]\nenvironment = ['A']");
    assert_eq!(
        decided.why("environment", "B").unwrap().explain("test").unwrap(),
        "the administrator's policy (/etc/lockgate/policy.toml:3) refuses it. No."
    );
    assert!(decided.why("environment", "A").is_none());
}

#[test]
fn a_client_certificate_that_is_not_among_the_files_allowed_is_not_used() {
    let lines = "http = [{ url = 'https://a.example', client-certificate = '~/.corp/c.pem' }]";
    let certificate = |policy: &str| {
        let http = under(lines, policy).capabilities.http;
        http.first().and_then(|address| address.client_certificate.clone())
    };
    for (policy, expected) in [
        ("", true),
        ("[allow]\nfiles = ['*']", true),
        ("[allow]\nfiles = ['~/.corp/*']", true),
        ("[allow]\nfiles = ['~/.corp/c.pem']", true),
        ("[allow]\nfiles = ['~/.other/*']", false),
        ("[allow]\nfiles = []", false),
        ("[deny]\nfiles = ['~/.corp/*']", false),
        ("[deny]\nfiles = ['*']", false),
    ] {
        assert_eq!(certificate(policy).is_some(), expected, "{policy}");
    }
    let refused = under(lines, "[allow]\nfiles = []");
    let why = refused.why("http", "GET https://a.example/").unwrap();
    assert_eq!(why.forbidden().unwrap().place.line, 2);
    assert!(refused.capabilities.http.is_empty(), "it is not sent without one");
}

#[test]
fn the_denied_variable_of_the_token_is_denied_by_its_own_name_too() {
    let deny = "[deny]\nenvironment = ['{registry.token}']";
    let variable = format!("environment = ['{TOKEN_VARIABLE}', 'A']");
    let reads = |lines: &str, policy: &str| {
        let left = under(lines, policy).capabilities.environment;
        left.into_iter().map(|grant| grant.name).collect::<Vec<_>>()
    };
    assert_eq!(reads(&variable, deny), ["A"]);
    assert_eq!(reads(&variable.to_lowercase().replace("'a'", "'A'"), deny), ["A"]);
    assert_eq!(reads("environment = ['{registry.token}']", deny), [""; 0]);
    assert_eq!(reads(&variable, ""), [TOKEN_VARIABLE, "A"]);
    let program = format!(
        "process = [{{ program = '/op', arguments = [], environment = ['{TOKEN_VARIABLE}', 'A'] }}]"
    );
    assert_eq!(handed_on(&program, deny), ["A"]);
    assert_eq!(handed_on(&program, ""), [TOKEN_VARIABLE, "A"]);
    // Where the client has no such variable, the name is that of any other.
    let case = Case { asked: &variable, granted: &variable, policy: deny, ..Case::default() };
    let without = Case { token_variable: None, ..case }.decided();
    assert_eq!(without.capabilities.environment.len(), 2);
}

#[test]
fn a_denied_program_is_denied_in_every_folder_and_case() {
    let starts = |program: &str, policy: &str| {
        let lines = format!("process = [{{ program = '{program}', arguments = [] }}]");
        !under(&lines, policy).capabilities.process.is_empty()
    };
    let deny = "[deny]\nprocess = ['/usr/bin/op']";
    for program in ["/usr/bin/op", "/bin/op", "/home/me/bin/op", "/op", "/usr/bin/OP"] {
        assert!(!starts(program, deny), "{program}");
        assert!(starts(program, ""), "{program}");
    }
    // Another name is another program, for which there is the list of what is allowed.
    for program in ["/usr/bin/opera", "/usr/bin/op/x", "/usr/bin/my-op"] {
        assert!(starts(program, deny), "{program}");
        assert!(!starts(program, "[allow]\nprocess = ['/usr/bin/pass']"), "{program}");
    }
}

#[test]
fn a_denied_program_takes_no_choice_from_a_bridge() {
    let identity = Identity { bridge: true, built_in: true, ..Identity::default() };
    let (asked, policy) = ("process = ['*']", "[deny]\nprocess = ['/usr/bin/op']");
    let decided = |granted| Case { asked, granted, policy, identity, ..Case::default() }.decided();
    assert_eq!(decided("process = ['/usr/bin/pass']").capabilities.process.len(), 1);
    assert!(decided("process = ['/bin/op']").capabilities.process.is_empty());
    assert!(!decided("").why("process", "/usr/bin/pass").unwrap().by_administrator());
}

#[test]
fn a_registrys_provider_is_told_by_what_it_is_and_not_by_a_name_that_anyone_can_take() {
    let digest = "ab".repeat(32);
    let policy = format!(
        "[registries.'cargo:*']\nproviders = ['cargo:token', {{ name = 'corp-sso --tenant eu', \
         is = ['sha256:{digest}', 'source:file:/opt/corp/*', 'signer:RWQabc'] }}]"
    );
    let refusal = |identity| {
        let case = Case { policy: &policy, identity, ..Case::default() };
        match case.decide() {
            Ok(_) => None,
            Err(NotServed::Forbidden(forbidden)) => Some(forbidden.reason),
            Err(other) => panic!("{other}"),
        }
    };
    let named = Identity { name: "corp-sso", ..Identity::default() };
    for genuine in [
        Identity { digest: &digest, ..named },
        Identity { source: Some("file:/opt/corp/sso.wasm"), ..named },
        Identity { signer: Some("RWQabc"), ..named },
        Identity { name: "cargo:token", built_in: true, ..named },
    ] {
        assert_eq!(refusal(genuine), None, "{genuine:?}");
    }
    for impostor in [
        named,
        Identity { source: Some("file:/home/me/corp-sso.wasm"), ..named },
        Identity { built_in: true, ..named },
        Identity { name: "cargo:token", ..named },
    ] {
        let reason = refusal(impostor).unwrap();
        assert_eq!(reason, "the registry is served by another provider of this name");
    }
    // Nor is what is right about it enough under another name.
    for other in [
        Identity { name: "evil", digest: &digest, ..named },
        Identity { name: "cargo:libsecret", built_in: true, ..named },
    ] {
        assert_eq!(refusal(other).unwrap(), "the registry is served by other providers");
    }
}
