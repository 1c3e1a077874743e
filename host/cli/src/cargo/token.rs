//! `lockgate cargo token`: what cargo would be told, and by whom.

use std::time::{Duration, SystemTime};

use lockgate_broker::{End, Reply, Tried};
use lockgate_core::{Answer, Credential, Lifetime, Operation, Purpose, Registry, Request, escape};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{Session, broker, providers, select, show_output};
use crate::error::CommandError;
use crate::shell::{output, to_json};

/// Asks the providers as cargo would for reading, and shows what came of it.
pub(crate) fn token(
    session: Session,
    registry: Option<&str>,
    reveal: bool,
    json: bool,
) -> Result<(), CommandError> {
    let shell = session.shell;
    let broker = broker(session);
    if reveal {
        let allowed = broker.context().machine.ceiling.allows_reveal_option();
        allowed.map_err(|forbidden| CommandError::from_error(&forbidden))?;
    }
    let registry = select(shell, broker.context(), registry)?;
    let choices = providers::of_cargo(shell, broker.context(), &registry)?;
    let operation = Operation::Get(Purpose::Read);
    let request = Request { registry, operation, arguments: Vec::new() };
    let reply = broker.answer(&request, &choices);
    show_output(shell, &reply, &request, &choices);
    let Reply { result, tried } = reply;
    let credential = match result {
        Ok(Answer::Credential(credential)) => credential,
        Ok(_) | Err(End::NotFound) => return Err(none_found(&request.registry)),
        Err(end) => return Err(end.into()),
    };
    let sources = broker.sources(&request.registry, &credential.origins);
    if reveal && !json {
        let mut line = Zeroizing::new(Vec::with_capacity(credential.secret.len() + 1));
        line.extend_from_slice(credential.secret.expose());
        line.push(b'\n');
        return Ok(output(&line)?);
    }
    let found =
        Found { registry: &request.registry, tried: &tried, credential: &credential, sources };
    let text = match json {
        true => found.json(reveal),
        false => Zeroizing::new(found.lines()),
    };
    Ok(output(text.as_bytes())?)
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

/// A credential and how it came.
struct Found<'a> {
    registry: &'a Registry,
    /// The providers that were asked, of which the last answered.
    tried: &'a [Tried],
    credential: &'a Credential,
    sources: Vec<String>,
}

impl Found<'_> {
    fn lines(&self) -> String {
        let mut rows = vec![
            ("registry", self.registry.display_name().to_owned()),
            ("index", self.registry.url().to_owned()),
        ];
        rows.extend(self.tried.iter().filter_map(|tried| {
            let problem = tried.problem.as_ref()?;
            Some(("asked", format!("{}: {problem}", tried.provider)))
        }));
        rows.extend([
            ("provider", self.provider().to_owned()),
            ("source", self.sources.join(", ")),
            ("reusable", lifetime(self.credential.lifetime)),
            ("good for", self.purposes().to_owned()),
        ]);
        rows.iter().map(|(name, value)| format!("{name:<9} {}\n", escape(value))).collect()
    }

    fn provider(&self) -> &str {
        self.tried.last().map_or("", |tried| &tried.provider)
    }

    fn purposes(&self) -> &'static str {
        match self.credential.any_purpose {
            true => "every operation",
            false => "reading",
        }
    }

    fn json(&self, reveal: bool) -> Zeroizing<String> {
        let mut fields = Map::new();
        fields.insert("registry".into(), json!(self.registry.name));
        fields.insert("index".into(), json!(self.registry.url()));
        fields.insert("provider".into(), json!(self.provider()));
        let tried = |tried: &Tried| json!({ "provider": tried.provider, "problem": tried.problem });
        fields.insert("asked".into(), self.tried.iter().map(tried).collect());
        fields.insert("sources".into(), json!(self.sources));
        let (cache, expiration) = match self.credential.lifetime {
            Lifetime::Once => ("never", None),
            Lifetime::Session => ("session", None),
            Lifetime::Until(moment) => ("expires", Some(moment)),
        };
        fields.insert("cache".into(), json!(cache));
        fields.insert("expiration".into(), json!(expiration));
        fields.insert("operation_independent".into(), json!(self.credential.any_purpose));
        if reveal {
            fields.insert("token".into(), json!(self.credential.secret.expose_text()));
        }
        Zeroizing::new(to_json(&Value::Object(fields)))
    }
}

fn lifetime(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Once => "for one operation".to_owned(),
        Lifetime::Session => "while the client runs".to_owned(),
        Lifetime::Until(moment) => {
            let end = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(moment));
            let left = end.and_then(|end| end.duration_since(SystemTime::now()).ok());
            left.map_or_else(
                || "no longer: it has expired".to_owned(),
                |left| format!("for {} seconds", left.as_secs()),
            )
        }
    }
}
