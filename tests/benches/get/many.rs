//! The same with a thousand registries in the configuration, and with as many tokens. The goal: at most
//! 5 ms longer than with one of each.

use std::fmt::Write;

use lockgate_tests::Home;
use lockgate_tests::plugin::get;

use super::INDEX;
use super::contest::{self, Contender};

/// Registries, and tokens, where there are many.
const MANY: usize = 1000;

pub(crate) fn measure() {
    let homes = [(1, 1), (MANY, 1), (1, MANY), (MANY, MANY)]
        .map(|(registries, tokens)| home(registries, tokens));
    let token = |home: &Home| home.lockgate(["cargo", "token", "--registry", "corp"]);
    let request = format!("{}\n", get(INDEX, &["cargo:token"]));
    let plugin = |home: &Home| home.plugin().stdin(request.clone());
    let mut contenders = [
        Contender::new("token, one of each", token(&homes[0])),
        Contender::new("token, 1,000 registries", token(&homes[1])),
        Contender::new("token, 1,000 tokens", token(&homes[2])),
        Contender::new("token, 1,000 of each", token(&homes[3])),
        Contender::new("plugin, one of each", plugin(&homes[0])),
        Contender::new("plugin, 1,000 of each", plugin(&homes[3])),
        Contender::new("list of one", homes[0].lockgate(["cargo", "registries"])),
        Contender::new("list of 1,000", homes[3].lockgate(["cargo", "registries"])),
    ];
    contest::hold(&mut contenders);
    let pairs = [(1, 0), (2, 0), (3, 0), (5, 4), (7, 6)];
    contest::report_differences("many registries", &contenders, &pairs);
}

/// A home with so many registries and tokens, the one that is asked for among them.
fn home(registries: usize, tokens: usize) -> Home {
    let home = Home::new();
    let mut config = format!("[registries.corp]\nindex = \"{INDEX}\"\n");
    for number in 1..registries {
        let index = format!("sparse+https://cargo.corp.example/team-{number}/index/");
        writeln!(config, "\n[registries.team-{number}]\nindex = \"{index}\"").unwrap();
    }
    let mut credentials = "[registries.corp]\ntoken = \"bench\"\n".to_owned();
    for number in 1..tokens {
        let token = format!("Bearer {number:0>40}");
        writeln!(credentials, "\n[registries.team-{number}]\ntoken = \"{token}\"").unwrap();
    }
    home.write_config(config);
    home.write_credentials(credentials);
    home
}
