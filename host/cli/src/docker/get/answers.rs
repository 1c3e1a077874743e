//! What was found out about a server, as it is shown.

use lockgate_core::{Registry, escape};
use lockgate_registry::docker::AUTH_VARIABLE;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Found, Looked, Turn};
use crate::error::CommandError;
use crate::table::table;

/// Everything that was found out.
pub(super) struct Answers {
    pub(super) registry: Registry,
    /// Where docker keeps it; none if that is not known.
    pub(super) place: Option<String>,
    /// Whether docker's variable has it, which goes before that.
    pub(super) by_variable: bool,
    /// By who asks.
    pub(super) all: Vec<(&'static str, Looked)>,
}

impl Answers {
    /// What docker would use, else what Lockgate has.
    pub(super) fn first(&self) -> Option<&Found> {
        self.all.iter().find_map(|(_, looked)| looked.found.as_ref())
    }

    /// That there is none, or that it is not known because somebody could not tell.
    pub(super) fn missing(&self) -> CommandError {
        let server = escape(self.registry.url());
        let problems: Vec<_> = self.problems().map(str::to_owned).collect();
        match problems.is_empty() {
            true => CommandError::new(format!(
                "no credential found for {server}; run `lockgate docker login {server}`"
            )),
            false => {
                let message = format!("it is not known whether there is a credential for {server}");
                CommandError::because(message, problems)
            }
        }
    }

    fn problems(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter_map(|(_, looked)| looked.problem.as_deref())
    }

    /// The secret alone, with a line end.
    pub(super) fn secret(&self) -> Zeroizing<Vec<u8>> {
        let secret = self.first().map(|found| found.secret.0.expose()).unwrap_or_default();
        Zeroizing::new([secret, b"\n"].concat())
    }

    pub(super) fn lines(&self) -> String {
        let mut rows = vec![("server", self.registry.url().to_owned())];
        if let Some(found) = self.first() {
            rows.extend([
                ("username", found.user.clone().unwrap_or_default()),
                ("provider", found.provider.clone()),
                ("source", found.sources.join(", ")),
            ]);
            rows.extend(found.lifetime.clone().map(|lifetime| ("lifetime", lifetime)));
        }
        rows.push(("docker", self.where_docker_looks()));
        let rows = rows.into_iter().map(|(name, value)| format!("{name:<9} {}\n", escape(&value)));
        let mut cells = vec![["ASKED BY", "PROVIDER", "ANSWER"].map(str::to_owned)];
        for (who, looked) in &self.all {
            let turns = looked.turns.iter().map(|turn| [*who, &turn.shown, &turn.reason]);
            cells.extend(turns.map(|row| row.map(cell)));
            if let Some(problem) = looked.without_turn() {
                cells.push([*who, "", &format!("failed: {problem}")].map(cell));
            }
        }
        format!("{}\n{}", rows.collect::<String>(), table(&cells))
    }

    fn where_docker_looks(&self) -> String {
        match &self.place {
            _ if self.by_variable => format!("takes it from {AUTH_VARIABLE}"),
            Some(place) => format!("keeps it in {place}"),
            None => "keeps it where its configuration says, which cannot be used".to_owned(),
        }
    }

    pub(super) fn json(&self, reveal: bool, missing: Option<&CommandError>) -> Value {
        let found = self.first();
        let turns = self.all.iter().flat_map(|(who, looked)| looked.json(who));
        let mut object = json!({
            "server": self.registry.url(),
            "kept_in": self.place,
            "username": found.and_then(|found| found.user.clone()),
            "provider": found.map(|found| found.provider.clone()),
            "sources": found.map(|found| found.sources.clone()).unwrap_or_default(),
            "cache": found.map(|found| found.cache.clone()),
            "expiration": found.and_then(|found| found.expiration),
            "providers": turns.collect::<Vec<_>>(),
            "problem": missing.map(CommandError::message),
            "causes": self.problems().collect::<Vec<_>>(),
        });
        if let (true, Some(found), Value::Object(fields)) = (reveal, found, &mut object) {
            fields.insert("secret".to_owned(), json!(found.secret.0.expose_text()));
        }
        object
    }
}

impl Looked {
    /// What went wrong before anybody was asked.
    fn without_turn(&self) -> Option<&str> {
        self.problem.as_deref().filter(|_| self.turns.is_empty())
    }

    fn json(&self, who: &str) -> Vec<Value> {
        let failed = self.without_turn().map(|problem| {
            json!({
                "asked_by": who, "provider": null, "arguments": [], "answer": "failed",
                "reason": problem, "could_be_asked": null,
            })
        });
        self.turns.iter().map(|turn| turn.json(who)).chain(failed).collect()
    }
}

impl Turn {
    fn json(&self, who: &str) -> Value {
        json!({
            "asked_by": who,
            "provider": self.provider,
            "arguments": self.arguments,
            "answer": self.answer,
            "reason": self.reason,
            "could_be_asked": self.could_be_asked,
        })
    }
}

/// One line of a table, whatever others' words have.
fn cell(text: &str) -> String {
    escape(&text.replace('\n', " "))
}
