//! `lockgate provider remove`.

use lockgate_adapters::StateFolder;
use lockgate_providers::Removed;
use serde_json::json;

use super::question::{confirm, somebody_is_there};
use super::{SHELL, forget_answers, installed_name};
use crate::error::CommandError;
use crate::shell::{output, to_json};

pub(super) fn remove(provider: &str, yes: bool, json: bool) -> Result<(), CommandError> {
    let name = installed_name(provider)?;
    let machine = crate::machine()?;
    let store = machine.providers();
    // One that cannot be read, or of which something is left, is there too and can be removed.
    if matches!(store.find(name.as_str()), Ok(None)) && store.lineages(&name)?.is_empty() {
        store.get(name.as_str())?;
    }
    if !yes {
        if !somebody_is_there() {
            return Err(CommandError::new(format!(
                "nobody can be asked whether to remove `{name}`; say so with `--yes`"
            )));
        }
        let question = format!("Remove `{name}`, its grant and what it kept?");
        if !confirm(&question)? {
            return Err(CommandError::new(format!("`{name}` was not removed")));
        }
    }
    let state = &machine.folders.state;
    let removed = store.remove(&name, |lineage| {
        StateFolder::remove_lineage(state, lineage)
            .map(|_| ())
            .map_err(|error| CommandError::from_error(&error))
    })?;
    forget_answers(&machine);
    told(name.as_str(), &removed, json)
}

fn told(name: &str, removed: &Removed, json: bool) -> Result<(), CommandError> {
    SHELL.status("Removed", name);
    if removed.forgotten == 0 {
        SHELL.warning(&format!(
            "nothing says any more what `{name}` kept, since its record is damaged; if it kept \
             something, that is still in Lockgate's folder of state"
        ));
    }
    let left = removed.left.as_ref().map(|path| path.display().to_string());
    if let Some(left) = &left {
        SHELL.warning(&format!("`{left}` is left: it has something that is not Lockgate's"));
    }
    if json {
        let kept_known = removed.forgotten > 0;
        let answer =
            json!({ "name": name, "removed": true, "state_removed": kept_known, "left": left });
        output(to_json(&answer).as_bytes())?;
    }
    Ok(())
}
