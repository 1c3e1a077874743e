//! The stores of secrets.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use lockgate_adapters::CargoCredentials;
use lockgate_broker::Context;
use lockgate_core::shell_word;

use super::remedy::remedy;
use super::{Finding, Section};

const CARGO: &str = "cargo-credentials";

/// Reading, writing and running by the group and by others.
const BY_OTHERS: u32 = 0o077;

/// cargo's own file of tokens, the one store that there is yet.
pub(super) fn stores(context: &Context) -> Section {
    let credentials = CargoCredentials::new(context.cargo_home.clone(), Vec::new(), None);
    let found = match credentials.check() {
        Ok(Some(file)) => permissions(&file),
        Ok(None) => {
            let file = context.cargo_home.join("credentials.toml");
            Finding::good(CARGO, format!("{}, made at the first login", file.display()))
        }
        Err(error) => {
            let otherwise = "correct what is named above by hand, then run `lockgate doctor` again";
            Finding::failure(CARGO, &error, remedy(&error, otherwise))
        }
    };
    Section { name: "stores", findings: vec![found] }
}

fn permissions(file: &Path) -> Finding {
    let shown = file.display().to_string();
    match file.metadata() {
        Ok(found) if found.permissions().mode() & BY_OTHERS != 0 => Finding::problem(
            CARGO,
            format!("others can read the tokens in {shown}"),
            format!("chmod 600 {}", shell_word(&shown)),
        ),
        Ok(_) => Finding::good(CARGO, shown),
        Err(error) => Finding::failure(
            CARGO,
            &error,
            format!("make {shown} readable for you, and for nobody else"),
        ),
    }
}
