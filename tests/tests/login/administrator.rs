//! What the administrator forbids is not asked, whatever the user's configuration names.

use std::fs;

use lockgate_tests::{Policy, Proxy, programs};

use crate::front::Front;
use crate::machine::{Has, Machine};
use crate::registry::TOKEN;

#[test]
fn a_denied_address_is_not_contacted_and_the_administrator_says_why() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("private"));
    let denied = format!("http://127.0.0.1:{}", machine.registry.port);
    let text = format!("message = \"Ask Ops.\"\n[deny]\nhttp = [\"{denied}\"]\n");
    let Some(policy) = Policy::new(&text) else { return };
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.seen.is_empty() && came.asked.is_empty(), "{came:#?}");
    assert!(came.stderr.contains("policy.toml:3") && came.stderr.contains("Ask Ops."), "{came:#?}");
    // The twin.
    policy.write("message = \"Ask Ops.\"\n");
    assert_eq!(machine.came(&policy.over(machine.ours(&[]))).seen.len(), 2);
}

#[test]
fn a_denied_git_is_not_started() {
    let machine = Machine::new();
    machine.configure("https://index.invalid/i");
    for (text, line) in [
        ("[deny]\nprocess = [\"/usr/bin/git\"]\n", "policy.toml:2"),
        (
            "[deny]\nhttp = [\"https://*.index.invalid\", \"https://index.invalid\"]\n",
            "policy.toml:2",
        ),
        ("bridges = false\n", "policy.toml:1"),
    ] {
        let Some(policy) = Policy::new(text) else { return };
        let came = machine.came(&policy.over(machine.ours(&[])));
        assert_eq!(came.code, Some(101), "{text}: {came:#?}");
        assert!(came.stderr.contains(line) && came.asked.is_empty(), "{text}: {came:#?}");
    }
}

/// Also with a token, behind the walls of a provider, which has no part in the network.
#[test]
fn the_administrators_network_takes_the_place_of_cargos() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    let front = Front::start(&machine, "corp");
    let (theirs, users) = (Proxy::leading_to(front.port), Proxy::leading_to(front.port));
    let provider = format!("credential-provider = {:?}\n", machine.provider);
    let http = format!("[http]\nproxy = \"{}\"\n", users.url());
    let cainfo = format!("cainfo = {:?}\n", front.authority);
    machine.configure_with(&Front::index("private"), &format!("{provider}{http}{cainfo}"));
    let (port, authority) = (theirs.port, &front.authority);
    let of_policy =
        format!("[http]\nproxy = \"http://127.0.0.1:{port}\"\nca-file = {authority:?}\n");
    let Some(policy) = Policy::new(&of_policy) else { return };
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert_eq!((came.code, came.seen.len()), (Some(0), 2), "{came:#?}");
    assert_eq!(came.seen[1].1.as_deref(), Some(TOKEN), "{came:#?}");
    assert_eq!((theirs.lines().len(), users.lines().len()), (2, 0));
    // An empty table is a direct way, on which nobody knows the name.
    policy.write("[http]\n");
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert!(came.seen.is_empty() && users.lines().is_empty(), "{came:#?}");
    // The twin: cargo's counts where the policy says nothing about it.
    policy.write("message = \"Ask Ops.\"\n");
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert_eq!((came.code, came.seen.len()), (Some(0), 2), "{came:#?}");
    assert_eq!((theirs.lines().len(), users.lines().len()), (2, 2));
}

#[test]
fn a_registry_is_asked_for_no_caller_that_the_administrator_refuses() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("private"));
    for (text, why) in [
        ("caller = [\"/usr/bin/nothing\"]\n", "no credentials are given to"),
        ("caller = \"terminal\"\n", "where there is a terminal"),
        ("caller = \"confirm\"\n", "there is no terminal"),
    ] {
        let Some(policy) = Policy::new(text) else { return };
        let run = machine.ours(&[]).under(["setsid", "--wait"]);
        let came = machine.came(&policy.over(run));
        assert_eq!(came.code, Some(101), "{text}: {came:#?}");
        assert!(came.seen.is_empty() && came.asked.is_empty(), "{text}: {came:#?}");
        assert!(came.stderr.contains(why) && came.stderr.contains("policy.toml:1"), "{came:#?}");
        assert!(lines(&machine).last().unwrap().contains("\"allowed\":false"));
        // The twin.
        policy.write("caller = \"any\"\n");
        assert_eq!(machine.came(&policy.over(machine.ours(&[]))).seen.len(), 2);
    }
}

/// The lines of the audit.
fn lines(machine: &Machine) -> Vec<String> {
    let trail = machine.home.lockgate_home().join("state/audit/audit.jsonl");
    let text = fs::read_to_string(trail).unwrap_or_default();
    text.lines().map(|line| machine.normal(line)).collect()
}

#[test]
fn what_is_asked_of_an_index_is_in_the_audit() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("sent-elsewhere"));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(101), "{came:#?}");
    let lines = lines(&machine);
    let of_index: Vec<_> =
        lines.iter().filter(|line| line.contains("\"capability\":\"index\"")).collect();
    let has = |subject: &str| {
        of_index.iter().any(|line| line.contains(&format!("\"subject\":\"GET {subject}\"")))
    };
    assert!(has("http://127.0.0.1:[PORT]/sent-elsewhere/config.json"), "{lines:#?}");
    assert!(has("http://localhost:[PORT]"), "{lines:#?}");
    assert!(of_index.iter().all(|line| line.contains("\"operation\":\"login\"")), "{lines:#?}");
}

#[test]
fn a_registry_is_not_asked_where_that_cannot_be_recorded_and_has_to_be() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("private"));
    let Some(policy) = Policy::new("require = [\"audit\"]\n") else { return };
    assert_eq!(machine.came(&policy.over(machine.ours(&[]))).seen.len(), 2);
    let audit = machine.home.lockgate_home().join("state/audit");
    fs::remove_dir_all(&audit).unwrap();
    fs::write(&audit, "not a folder").unwrap();
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.seen.is_empty() && came.asked.is_empty(), "{came:#?}");
    // The twin: what nothing requires is told.
    policy.write("");
    let came = machine.came(&policy.over(machine.ours(&[])));
    assert_eq!((came.code, came.seen.len()), (Some(0), 2), "{came:#?}");
    assert!(came.stderr.contains("warning: the audit trail cannot be used"), "{came:#?}");
}

/// As many walls of Landlock as a process may have, so that it can put up none of its own. None of
/// these forbids anything but block devices.
const NO_MORE_WALLS: &str = "for (1..16) { my $rules = pack('Q', 1 << 11); \
    my $ruleset = syscall(444, $rules, 8, 0); die if $ruleset < 0 || syscall(446, $ruleset, 0); } \
    exec @ARGV";

#[test]
fn a_registry_is_not_asked_without_the_walls_that_are_required_and_their_lack_is_told() {
    let machine = Machine::new();
    machine.configure(&machine.registry.index("public"));
    let Some(policy) = Policy::new("require = [\"hardening\"]\n") else { return };
    programs::require("perl");
    let bare = || policy.over(machine.ours(&[]).under(["perl", "-e", NO_MORE_WALLS]));
    let came = machine.came(&bare());
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.seen.is_empty() && came.asked.is_empty(), "{came:#?}");
    assert!(came.stderr.contains("every hardening has to stand"), "{came:#?}");
    // The twins: with walls, and where none are required.
    assert_eq!(machine.came(&policy.over(machine.ours(&[]))).seen.len(), 1);
    policy.write("");
    let came = machine.came(&bare());
    assert_eq!((came.code, came.seen.len()), (Some(0), 1), "{came:#?}");
    assert!(
        came.stderr.contains("does not keep what asks the registry from files that"),
        "{came:#?}"
    );
}
