//! The reply: one object, of one key.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use lockgate_provider::{Credential, Document, Failure, Format, Lifetime, Problem};

use crate::conversation::no_reply;

/// Causes of an error that are told, as the manifest names them.
const MOST_CAUSES: usize = 8;

/// A reply in one piece, of which it is known whether it is good or an error.
pub(crate) struct Reply {
    line: Document,
    /// Of `Ok`; else of `Err`.
    kind: Result<String, String>,
}

impl Reply {
    /// Reads the line. What is wrong with it is known before the program's end, as for cargo.
    pub(crate) fn read(line: Document) -> Result<Self, Failure> {
        let good = kind_of(&line, "Ok")?;
        let bad = kind_of(&line, "Err")?;
        let kind = match (good, bad) {
            (Some(kind), None) => Ok(kind),
            (None, Some(kind)) => Err(kind),
            (Some(_), Some(_)) => return Err(no_reply("it has both `Ok` and `Err`")),
            (None, None) => return Err(no_reply("it has neither `Ok` nor `Err` with a `kind`")),
        };
        let reply = Self { line, kind };
        reply.is_whole()?;
        Ok(reply)
    }

    /// The credential that was asked for.
    pub(crate) fn credential(&self) -> Result<Credential, Failure> {
        self.done("get")?;
        let secret = self.line.field(Format::Json, &path("Ok", "token"));
        Ok(Credential {
            identity: None,
            secret: secret.map_err(|_| missing("token"))?,
            lifetime: self.lifetime()?,
            any_purpose: self.serves_all()?,
        })
    }

    /// Whether what was asked for was done.
    pub(crate) fn done(&self, action: &str) -> Result<(), Failure> {
        match &self.kind {
            Ok(kind) if kind == action => Ok(()),
            Ok(kind) => {
                let said = ["credential provider produced unexpected response for `", action];
                Err(Failure::other([&said.concat(), "` request: ", kind].concat()))
            }
            Err(kind) => Err(self.failure(kind)),
        }
    }

    /// What a reply of its kind has to have.
    fn is_whole(&self) -> Result<(), Failure> {
        match &self.kind {
            Ok(kind) if kind == "get" => {
                let token = self.line.field(Format::Json, &path("Ok", "token"));
                token.map_err(|_| missing("token"))?;
                self.lifetime()?;
                self.serves_all().map(drop)
            }
            Err(kind) if kind == "other" => text(&self.line, &path("Err", "message"))
                .map(drop)
                .ok_or_else(|| missing("message")),
            _ => Ok(()),
        }
    }

    fn lifetime(&self) -> Result<Lifetime, Failure> {
        let cache = text(&self.line, &path("Ok", "cache")).ok_or_else(|| missing("cache"))?;
        match cache.as_str() {
            "session" => Ok(Lifetime::Session),
            "expires" => {
                let moment = scalar(&self.line, &path("Ok", "expiration"));
                let moment = moment.and_then(|moment| moment.parse::<i64>().ok());
                let moment = moment.ok_or_else(|| missing("expiration"))?;
                // One before 1970 has passed, and is not for a second use.
                Ok(u64::try_from(moment).map_or(Lifetime::Once, Lifetime::Until))
            }
            // Also what later versions may bring.
            _ => Ok(Lifetime::Once),
        }
    }

    fn serves_all(&self) -> Result<bool, Failure> {
        match scalar(&self.line, &path("Ok", "operation_independent")).as_deref() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(missing("operation_independent")),
        }
    }

    fn failure(&self, kind: &str) -> Failure {
        match kind {
            "url-not-supported" => Failure::UnsupportedRegistry,
            "not-found" => Failure::NotFound,
            "operation-not-supported" => Failure::UnsupportedOperation,
            "other" => Failure::Other(self.messages()),
            _ => Failure::other("the credential provider answered with an unknown kind of error"),
        }
    }

    fn messages(&self) -> Vec<String> {
        let mut messages: Vec<String> =
            text(&self.line, &path("Err", "message")).into_iter().collect();
        for index in 0..MOST_CAUSES {
            let step = ["Err".into(), "caused-by".into(), index.to_string()];
            match text(&self.line, &step) {
                Some(cause) => messages.push(cause),
                None => break,
            }
        }
        messages
    }
}

/// None if there is no such key.
fn kind_of(line: &Document, side: &str) -> Result<Option<String>, Failure> {
    match line.plain(Format::Json, &path(side, "kind")) {
        Ok(kind) => Ok(Some(kind)),
        Err(Problem::NoSuchField) => Ok(None),
        Err(_) => Err(no_reply("it is not one line of JSON")),
    }
}

fn path(side: &str, key: &str) -> Vec<String> {
    [side, key].map(String::from).to_vec()
}

/// The string at a path; a number is none.
fn text(line: &Document, path: &[String]) -> Option<String> {
    line.field(Format::Json, path).ok()?;
    line.plain(Format::Json, path).ok()
}

/// The number or boolean at a path; a string that looks like one is none.
fn scalar(line: &Document, path: &[String]) -> Option<String> {
    match line.field(Format::Json, path) {
        Err(Problem::NoSuchField) => line.plain(Format::Json, path).ok(),
        _ => None,
    }
}

fn missing(field: &str) -> Failure {
    no_reply(&["missing or unexpected field `", field, "`"].concat())
}
