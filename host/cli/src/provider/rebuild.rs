//! `lockgate provider rebuild`: compiling again.

use super::compile::compile;
use super::{SHELL, meant, store};
use crate::error::CommandError;

pub(super) fn rebuild(provider: Option<String>) -> Result<(), CommandError> {
    let store = store()?;
    for name in meant(&store, provider)? {
        let rebuilt = store.rebuild(&name, &|component| compile(&name, component))?;
        SHELL.status("Compiled", &format!("{name} ({})", rebuilt.digest()));
    }
    Ok(())
}
