//! The table.

use lockgate_tests::registry::Access;
use lockgate_tests::rules::Said;

use crate::row::{Asks, Row};

const CONFIG: &str = "user/.cargo/config.toml";
const PROJECT: &str = "project/.cargo/config.toml";
const CREDENTIALS: &str = "user/.cargo/credentials.toml";
const LOGOUT: &[&str] = &["logout", "--registry", "a"];
const ROW: Row = Row {
    rule: "",
    files: &[],
    links: &[],
    variables: &[],
    asks: Asks::Command,
    words: LOGOUT,
    input: "",
    then: &[],
    access: Access::Public,
    faults: &[],
    options: &["-v"],
    shows: "",
    said: Said::Same,
};

/// Lockgate's logout goes on behind the first provider.
const LOGOUT_ASKS_ALL: &str = "logout with several providers";

/// An error of configuration, in our words.
const fn error(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "errors in configuration files" }
}

/// A native program, which takes a grant.
const fn native(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "which word chooses a provider" }
}

/// The arguments of a provider are not repeated in an error.
const fn failed(theirs: &'static str, ours: &'static str) -> Said {
    Said::Otherwise { theirs, ours, subject: "errors of a provider with arguments" }
}

macro_rules! a {
    ($($more:literal)*) => {
        concat!("[registries.a]\nindex = 'https://a.example/'\ncredential-provider = 'recorder'\n", $($more),*)
    };
}

macro_rules! index {
    ($($more:literal)*) => { concat!("[registries.a]\nindex = 'https://a.example/'\n", $($more),*) };
}

macro_rules! crates_io {
    ($($more:literal)*) => { concat!("[registry]\ncredential-provider = 'recorder'\n", $($more),*) };
}

mod aliases;
mod answers;
mod clients;
mod command_line;
mod discovery;
mod ignored;
mod including;
mod kept;
mod login;
mod login_token;
mod logout;
mod names;
mod options;
mod programs;
mod providers;
mod sources;
mod tokens;
mod urls;
mod values;
mod variables;

/// Every row.
pub(crate) fn all() -> Vec<&'static Row> {
    [
        discovery::ROWS,
        values::ROWS,
        including::ROWS,
        command_line::ROWS,
        variables::ROWS,
        names::ROWS,
        urls::ROWS,
        sources::ROWS,
        providers::ROWS,
        aliases::ROWS,
        ignored::ROWS,
        options::ROWS,
        login::ROWS,
        login_token::ROWS,
        kept::ROWS,
        logout::ROWS,
        tokens::ROWS,
        programs::ROWS,
        clients::ROWS,
        answers::ROWS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
