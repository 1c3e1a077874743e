//! Which programs a call may start, and with which arguments.

use lockgate_core::{Capabilities, Ecosystem};
use lockgate_policy::Identity;

use crate::support::Case;

const OP: &str = "process = [{ program = '/usr/bin/op', arguments = ['read', 'op://corp/*'] }]";

fn met(asked: &str, granted: &str) -> Capabilities {
    Case { asked, granted, ..Case::default() }.decided().capabilities
}

fn starts(capabilities: &Capabilities, words: &[&str]) -> bool {
    let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
    let (program, arguments) = words.split_first().unwrap();
    capabilities.program(program, arguments, &[]).is_ok()
}

#[test]
fn a_program_starts_with_the_arguments_of_its_template_and_no_other() {
    let capabilities = met(OP, OP);
    assert!(starts(&capabilities, &["/usr/bin/op", "read", "op://corp/token"]));
    for words in [
        &["/usr/bin/op", "read", "op://evil/token"][..],
        &["/usr/bin/op", "read"],
        &["/usr/bin/op", "read", "op://corp/token", "--config=/tmp/x"],
        &["/usr/bin/op", "item", "op://corp/token"],
        &["/bin/op", "read", "op://corp/token"],
    ] {
        assert!(!starts(&capabilities, words), "{words:?}");
    }
    assert!(met(OP, "").process.is_empty() && met("", OP).process.is_empty());
}

#[test]
fn a_narrower_grant_is_what_counts() {
    let narrow = "process = [{ program = '/usr/bin/op', arguments = ['read', 'op://corp/token'] }]";
    for (asked, granted) in [(OP, narrow), (narrow, OP)] {
        let capabilities = met(asked, granted);
        assert!(starts(&capabilities, &["/usr/bin/op", "read", "op://corp/token"]));
        assert!(!starts(&capabilities, &["/usr/bin/op", "read", "op://corp/other"]));
    }
    let other = "process = [{ program = '/usr/bin/op', arguments = ['read', 'op://x/*'] }]";
    assert!(met(OP, other).process.is_empty());
    let fewer = "process = [{ program = '/usr/bin/op', arguments = ['read'] }]";
    assert!(met(OP, fewer).process.is_empty());
}

#[test]
fn what_surrounds_a_program_needs_both() {
    let with = "process = [{ program = '/op', arguments = [], environment = ['A', 'B'], \
                terminal = true, new-privileges = true, receives = ['prompt', 'login'] }]";
    let less = "process = [{ program = '/op', arguments = [], environment = ['B', 'C'], \
                receives = ['login'] }]";
    let whole = met(with, with).process.remove(0);
    assert!(whole.terminal && whole.new_privileges);
    assert_eq!((whole.environment.len(), whole.receives.len()), (2, 2));
    for (asked, granted) in [(with, less), (less, with)] {
        let grant = met(asked, granted).process.remove(0);
        assert!(!grant.terminal && !grant.new_privileges);
        assert_eq!(grant.environment, ["B"]);
        assert_eq!(grant.receives.len(), 1);
    }
}

#[test]
fn a_digest_of_either_side_counts_and_two_have_to_agree() {
    let with = |byte: &str| {
        let digest = byte.repeat(32);
        format!("process = [{{ program = '/op', arguments = [], digest = 'sha256:{digest}' }}]")
    };
    let without = "process = [{ program = '/op', arguments = [] }]";
    let digest = |asked: &str, granted: &str| met(asked, granted).process[0].digest;
    assert_eq!(digest(&with("ab"), without), Some([0xab; 32]));
    assert_eq!(digest(without, &with("ab")), Some([0xab; 32]));
    assert_eq!(digest(&with("ab"), &with("AB")), Some([0xab; 32]));
    assert_eq!(digest(without, without), None);
    assert!(met(&with("ab"), &with("cd")).process.is_empty());
}

#[test]
fn any_arguments_are_for_bridges() {
    let any = "process = ['/usr/bin/op']";
    let bridge = Identity { bridge: true, ..Identity::default() };
    let decide =
        |asked, granted, identity| Case { asked, granted, identity, ..Case::default() }.decided();
    let refused = decide(any, any, Identity::default());
    assert!(refused.capabilities.process.is_empty());
    let why = refused.why("process", "/usr/bin/op get").unwrap();
    assert_eq!(
        why.explain("test").unwrap(),
        "it needs argument templates; only bridges may start a program with any arguments"
    );
    assert!(starts(&decide(any, any, bridge).capabilities, &["/usr/bin/op", "get", "-x"]));
    // A template on either side is enough for everybody.
    for (asked, granted) in [(any, OP), (OP, any)] {
        let capabilities = decide(asked, granted, Identity::default()).capabilities;
        assert!(starts(&capabilities, &["/usr/bin/op", "read", "op://corp/token"]));
        assert!(!starts(&capabilities, &["/usr/bin/op", "get"]));
    }
}

#[test]
fn only_a_bridge_asks_for_a_program_of_the_users_choice() {
    let (asked, granted) = ("process = ['*']", "process = ['/opt/helper']");
    let identity = Identity { bridge: true, ..Identity::default() };
    let bridge = Case { asked, granted, identity, ..Case::default() }.decided();
    assert!(starts(&bridge.capabilities, &["/opt/helper", "get"]));
    let other = Case { asked, granted, ..Case::default() }.decided();
    assert!(other.capabilities.process.is_empty());
    let refused: Vec<_> = other.decisions.iter().filter_map(|d| d.refusal.clone()).collect();
    assert!(refused[0].contains("only bridges"), "{refused:?}");
    // Without a program that the user chose there is none.
    let nothing = Case { asked, identity, ..Case::default() }.decided();
    assert!(nothing.capabilities.process.is_empty());
}

#[test]
fn the_registry_fills_the_holes_of_a_template() {
    let hole = "process = [{ program = '/op', arguments = ['{registry.host}/token'] }]";
    let decide = |url| {
        let registry = (Ecosystem::Oci, url);
        Case { asked: hole, granted: hole, registry, ..Case::default() }.decided()
    };
    let good = decide("registry.corp.example");
    assert!(starts(&good.capabilities, &["/op", "registry.corp.example/token"]));
    assert!(!starts(&good.capabilities, &["/op", "other.example/token"]));
    let option = decide("-x.example");
    assert!(option.capabilities.process.is_empty());
    let why = option.why("process", "/op").unwrap().refusal.clone().unwrap();
    assert!(why.contains("would get an option"), "{why}");
    // A grant for one registry by its very name is met by the hole of that one alone.
    let named = "process = [{ program = '/op', arguments = ['a.example/token'] }]";
    for (url, expected) in [("a.example", true), ("b.example", false)] {
        let registry = (Ecosystem::Oci, url);
        let decided = Case { asked: hole, granted: named, registry, ..Case::default() };
        assert_eq!(decided.decided().capabilities.process.len() == 1, expected, "{url}");
    }
}

#[test]
fn an_administrators_template_is_filled_too() {
    let granted = "process = [{ program = '/op', arguments = ['**'] }]";
    let policy = "[allow]\nprocess = [{ program = '/op', arguments = ['{registry.host}/token'] }]";
    let capabilities =
        Case { asked: granted, granted, policy, ..Case::default() }.decided().capabilities;
    assert!(starts(&capabilities, &["/op", "cargo.corp.example/token"]));
    assert!(!starts(&capabilities, &["/op", "other.example/token"]));
    assert!(starts(&met(granted, granted), &["/op", "other.example/token"]));
}

#[test]
fn the_narrowest_template_decides() {
    let lines = "process = [\
        { program = '/op', arguments = ['read', '**'], environment = ['WIDE'] },\
        { program = '/op', arguments = ['read', 'corp/token'], environment = ['A'] },\
        { program = '/op', arguments = ['read', 'corp/*'] },\
        { program = '/op', arguments = ['*bb', '*'], environment = ['HOLES'] },\
        { program = '/op', arguments = ['a*', 'x'], environment = ['FEWER'] }]";
    let capabilities = met(lines, lines);
    let handed = |arguments: [&str; 2]| {
        let arguments = arguments.map(str::to_owned);
        capabilities.program("/op", &arguments, &[]).unwrap().environment.clone()
    };
    assert_eq!(handed(["read", "corp/token"]), ["A"]);
    assert!(handed(["read", "corp/other"]).is_empty());
    assert_eq!(handed(["read", "x/y"]), ["WIDE"]);
    // Of two with as much fixed text the one that leaves less to the provider.
    assert_eq!(handed(["cbb", "x"]), ["HOLES"]);
    assert_eq!(handed(["abb", "x"]), ["FEWER"]);
}
