//! `lockgate cargo token`: what cargo would be told, by whom, and why by nobody else.

mod found;
mod turns;

use lockgate_broker::{Broker, Choice, End, Reply};
use lockgate_core::{Answer, Operation, Purpose, Registry, Request, escape};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::providers::{in_force, listed_by_cargo};
use super::{Session, broker, select, show_output};
use crate::error::CommandError;
use crate::shell::{Shell, output, to_json, to_stderr};
use found::Found;
pub(crate) use found::{cache, lifetime};
use turns::Turn;
pub(crate) use turns::turns;

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) registry: Option<String>,
    /// The token itself.
    pub(crate) reveal: bool,
    /// Nothing that is kept of earlier answers.
    pub(crate) refresh: bool,
    /// As one JSON object.
    pub(crate) json: bool,
}

/// What came of it, as far as it came.
#[derive(Default)]
struct Explanation {
    registry: Option<Registry>,
    turns: Vec<Turn>,
    found: Option<Found>,
}

/// Asks the providers as cargo would for reading, and shows what came of it.
pub(crate) fn token(session: Session, asked: &Asked) -> Result<(), CommandError> {
    let shell = session.shell;
    let mut explanation = Explanation::default();
    let done = explain(session, asked, &mut explanation);
    match &done {
        Ok(()) => output(&explanation.answer(asked))?,
        Err(error) if asked.json => {
            output(explanation.json(asked, Some(error)).as_bytes())?;
        }
        Err(_) => explanation.tell(shell),
    }
    done
}

fn explain(
    session: Session,
    asked: &Asked,
    explanation: &mut Explanation,
) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = match asked.refresh {
        true => broker(session).refreshed(),
        false => broker(session),
    };
    let context = broker.context();
    if asked.reveal {
        let allowed = context.machine.ceiling.allows_reveal_option();
        allowed.map_err(|forbidden| CommandError::from_error(&forbidden))?;
    }
    let registry = select(shell, context, asked.registry.as_deref())?;
    explanation.registry = Some(registry.clone());
    let listed = listed_by_cargo(shell, context, &registry)?;
    let choices: Vec<Choice> = listed.iter().map(|listed| listed.choice.clone()).collect();
    let operation = Operation::Get(Purpose::Read);
    let request = Request { registry, operation, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    show_output(shell, &reply, &request, &choices);
    explanation.turns = turns(in_force(context, &request.registry, listed), &reply);
    explanation.found = Some(found(&broker, &request.registry, reply)?);
    Ok(())
}

fn found(broker: &Broker, registry: &Registry, reply: Reply) -> Result<Found, CommandError> {
    let Reply { result, tried, .. } = reply;
    match result {
        Ok(Answer::Credential(credential)) => Ok(Found {
            sources: broker.sources(registry, &credential.origins),
            provider: tried.last().map(|tried| tried.provider.clone()).unwrap_or_default(),
            credential,
        }),
        Ok(_) | Err(End::NotFound) => Err(none_found(registry)),
        Err(end) => Err(end.into()),
    }
}

fn none_found(registry: &Registry) -> CommandError {
    let message = match registry.is_crates_io() {
        true => "no token found, please run `lockgate cargo login`".to_owned(),
        false => {
            let name = registry.display_name();
            format!(
                "no token found for `{name}`, please run `lockgate cargo login --registry {name}`"
            )
        }
    };
    CommandError::new(message)
}

impl Explanation {
    /// What was asked for.
    fn answer(&self, asked: &Asked) -> Zeroizing<Vec<u8>> {
        match &self.found {
            _ if asked.json => Zeroizing::new(self.json(asked, None).as_bytes().to_vec()),
            Some(found) if asked.reveal => found.line(),
            _ => Zeroizing::new(self.lines().into_bytes()),
        }
    }

    /// Which providers were asked, for a person who gets no token.
    fn tell(&self, shell: Shell) {
        if !shell.quiet && !self.turns.is_empty() {
            to_stderr(&format!("{}\n", self.lines()));
        }
    }

    fn lines(&self) -> String {
        let registry = self.registry.iter().flat_map(|registry| {
            let name = registry.display_name().to_owned();
            [("registry", name), ("index", registry.url().to_owned())]
        });
        let rows = registry.chain(self.found.iter().flat_map(Found::rows));
        let rows = rows.map(|(name, value)| format!("{name:<9} {}\n", escape(&value)));
        let rows: String = rows.collect();
        format!("{rows}\n{}", turns::as_table(&self.turns))
    }

    fn json(&self, asked: &Asked, error: Option<&CommandError>) -> Zeroizing<String> {
        let mut fields = Map::new();
        let registry = self.registry.as_ref();
        let name = registry.map_or(&asked.registry, |registry| &registry.name);
        for (name, value) in [
            ("registry", json!(name)),
            ("index", json!(registry.map(Registry::url))),
            ("provider", Value::Null),
            ("providers", turns::as_json(&self.turns)),
            ("problem", json!(error.map(CommandError::message))),
            ("causes", json!(error.map(CommandError::causes).unwrap_or_default())),
        ] {
            fields.insert(name.to_owned(), value);
        }
        if let Some(found) = &self.found {
            found.put_into(&mut fields, asked.reveal);
        }
        Zeroizing::new(to_json(&Value::Object(fields)))
    }
}
