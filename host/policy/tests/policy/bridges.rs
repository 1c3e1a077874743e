//! What a built-in bridge may do: what its manifest asks for, with the programs that the user chose.

use lockgate_policy::Grant;

use crate::support::manifest;

const ASKED: &str = "process = ['*']\nstores = ['os']\nprompt = true";

fn of_bridge(text: &str) -> String {
    Grant::parse(text, "grant").unwrap().of_bridge(&manifest(ASKED)).to_toml()
}

fn and_program(text: &str, program: &str) -> String {
    Grant::parse(text, "grant").unwrap().and_program(program, "config").unwrap().to_toml()
}

#[test]
fn a_bridge_has_the_users_programs_registries_and_limits_and_all_else_that_it_asks_for() {
    assert_eq!(
        of_bridge(""),
        "registries = [\"*\"]\nstores = [\"os\"]\nprompt = true\n",
        "no program, where none was chosen"
    );
    assert_eq!(
        of_bridge(
            "limits = { wall = '1m' }\nregistries = ['oci:ghcr.io']\nprocess = ['/opt/helper']\n\
             files = ['/etc/token']"
        ),
        "limits = { wall = \"1m\" }\nregistries = [\"oci:ghcr.io\"]\nstores = [\"os\"]\n\
         process = [\"/opt/helper\"]\nprompt = true\n"
    );
}

#[test]
fn a_program_of_the_configuration_is_added_where_no_line_is_about_it() {
    let any = "process = [\"/opt/helper\"]\n";
    assert_eq!(and_program("", "/opt/helper"), any);
    assert_eq!(and_program(any, "/opt/helper"), any);
    let both = "process = [\n    \"/opt/helper\",\n    \"/opt/other\",\n]\n";
    assert_eq!(and_program(any, "/opt/other"), both);
    // What the user says of it is not widened.
    let narrow = "process = [{ program = \"/opt/helper\", arguments = [\"get\"] }]\n";
    assert_eq!(and_program(narrow, "/opt/helper"), narrow);
    for program in ["helper", "*", "/opt/../helper", "'] #"] {
        let refused = Grant::default().and_program(program, "config").unwrap_err().to_string();
        assert!(refused.starts_with("config:1:"), "{refused}");
    }
}
