//! A plugin's answers that say until when they hold.

use lockgate_tests::{Access, keyring};

use crate::{Machine, PLUGIN};

/// Answers with this token for ten minutes.
fn script(token: &str) -> String {
    format!(
        r#"
echo '{{"v":[1]}}'
read -r request
echo "{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{token}\",\"cache\":\"expires\",\"expiration\":$(($(date +%s) + 600)),\"operation_independent\":true}}}}"
"#
    )
}

#[test]
fn another_program_in_the_place_of_a_plugin_is_not_answered_for_by_its_predecessor() {
    if !keyring::is_there() {
        return;
    }
    let machine = Machine::new(Access::Public);
    let plugin = machine.program("cargo-credential-short", &script("old-token"));
    machine.grant(PLUGIN, &plugin);
    machine.configure(&[&plugin]);
    let _ = machine.lockgate_reads().succeeds().prints("old-token\n");
    let _ = machine.program("cargo-credential-short", &script("new-token"));
    let _ = machine.lockgate_reads().succeeds().prints("new-token\n");
    let audit = machine.home.lockgate(["audit", "show", "--json"]);
    let _ = audit.run().succeeds().nowhere_has("\"capability\":\"cache\"");
    let _ = machine.lockgate_reads().succeeds().prints("new-token\n");
    let _ = audit.run().succeeds().shows("\"capability\":\"cache\"");
}
