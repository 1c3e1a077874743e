//! `lockgate provider remove`.

use lockgate_adapters::StateFolder;

use super::question::confirm;
use super::{SHELL, installed_name};
use crate::error::CommandError;
use crate::shell::input_is_terminal;

pub(super) fn remove(provider: &str, yes: bool) -> Result<(), CommandError> {
    let name = installed_name(provider)?;
    let context = crate::cargo::context()?;
    let store = context.providers();
    // One that cannot be read is there too, and can be removed.
    if matches!(store.find(name.as_str()), Ok(None)) {
        store.get(name.as_str())?;
    }
    if !yes {
        if !input_is_terminal() {
            return Err(CommandError::new(format!(
                "nobody can be asked whether to remove `{name}`; say so with `--yes`"
            )));
        }
        let question = format!("Remove `{name}`, its grant and what it kept?");
        if !confirm(&question)? {
            return Err(CommandError::new(format!("`{name}` was not removed")));
        }
    }
    if let Some(lineage) = store.remove(&name)? {
        StateFolder::remove_lineage(&context.folders.state, &lineage)
            .map_err(|error| CommandError::from_error(&error))?;
    }
    SHELL.status("Removed", name.as_str());
    Ok(())
}
