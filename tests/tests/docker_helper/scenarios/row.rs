//! One row: what a helper is asked, one after another, and what comes of it.

use lockgate_tests::Output;
use lockgate_tests::docker_helper::{Helper, MISSING_SERVER, MISSING_USERNAME, NOT_FOUND};
use serde_json::json;

/// Whose helper it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// Ours, with its file store.
    Ours,
    /// Ours, with the desktop's keyring.
    OursInKeyring,
    /// docker-credential-secretservice 0.6.4.
    SecretService,
    /// docker-credential-pass 0.6.4.
    Pass,
}

/// What comes of one action.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// It ends well and prints nothing.
    Done,
    /// It ends well with this server, user and secret.
    Found(&'static str, &'static str, String),
    /// It ends well with these users by their servers.
    Users(&'static [(&'static str, &'static str)]),
    /// It ends well with a line.
    Line,
    /// There is no credential.
    NotFound,
    NoServer,
    NoUser,
    /// It fails with one line of other words.
    Refused,
    /// It fails, with this much of its words on standard output.
    Says(&'static str),
    /// It ends well, in more than one way.
    Varies,
}

struct Step {
    words: Vec<&'static str>,
    input: Vec<u8>,
    end: End,
    others: Vec<(Party, End, &'static str)>,
}

pub(crate) struct Row {
    name: &'static str,
    steps: Vec<Step>,
}

pub(crate) fn row(name: &'static str) -> Row {
    Row { name, steps: Vec::new() }
}

impl Row {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The helper is asked, and comes to this end.
    pub(crate) fn asks(self, word: &'static str, input: impl Into<Vec<u8>>, end: End) -> Self {
        self.asks_with(&[word], input, end)
    }

    /// The same with any words.
    pub(crate) fn asks_with(
        mut self,
        words: &[&'static str],
        input: impl Into<Vec<u8>>,
        end: End,
    ) -> Self {
        let (words, input, others) = (words.to_vec(), input.into(), Vec::new());
        self.steps.push(Step { words, input, end, others });
        self
    }

    /// A native one comes to another end at the last step.
    pub(crate) fn but(mut self, party: Party, end: End, why: &'static str) -> Self {
        self.steps.last_mut().unwrap().others.push((party, end, why));
        self
    }

    pub(crate) fn says_why(&self) -> bool {
        self.steps.iter().flat_map(|step| &step.others).all(|(_, _, why)| !why.is_empty())
    }

    /// What is not as the row says.
    pub(crate) fn check(&self, party: Party, helper: &Helper) -> Vec<String> {
        let mut wrong = Vec::new();
        for (at, step) in self.steps.iter().enumerate() {
            let output = helper.ask(&step.words, step.input.clone());
            let mut told = |what: &str| {
                wrong.push(format!("{party:?}, {}, step {}: {what}\n{output}", self.name, at + 1));
            };
            let other = step.others.iter().find(|(of, ..)| *of == party);
            let end = other.map_or(&step.end, |(_, end, _)| end);
            if let Err(what) = compare(&output, end) {
                told(&what);
            } else if other.is_some()
                && !matches!(end, End::Varies)
                && compare(&output, &step.end).is_ok()
            {
                told("it does not deviate any more");
            }
            if matches!(party, Party::Ours | Party::OursInKeyring) && !is_quiet(&output, end) {
                told("standard error has something to say, or nothing");
            }
        }
        wrong
    }
}

/// People are told of failures, and of a store that nobody chose; clients' own words are enough.
fn is_quiet(output: &Output, end: &End) -> bool {
    match end {
        End::Refused => output.stderr.starts_with("error: "),
        End::Done => output.stderr.is_empty() || output.stderr.matches("warning: ").count() == 1,
        _ => output.stderr.is_empty(),
    }
}

fn compare(output: &Output, end: &End) -> Result<(), String> {
    let code = match end {
        End::Done | End::Found(..) | End::Users(_) | End::Line | End::Varies => 0,
        _ => 1,
    };
    if output.status.code() != Some(code) {
        return Err(format!("expected exit status {code}"));
    }
    let exactly = |text: &str| match output.stdout == text {
        true => Ok(()),
        false => Err(format!("expected on standard output: {text:?}")),
    };
    let is_line = output.stdout.ends_with('\n') && output.stdout.matches('\n').count() == 1;
    let json_is = |value: serde_json::Value| {
        let found = serde_json::from_str::<serde_json::Value>(&output.stdout);
        match is_line && found.as_ref().is_ok_and(|found| *found == value) {
            true => Ok(()),
            false => Err(format!("expected a line of JSON: {value}")),
        }
    };
    match end {
        End::Varies => Ok(()),
        End::Done => exactly(""),
        End::Found(server, user, secret) => {
            json_is(json!({ "ServerURL": server, "Username": user, "Secret": secret }))
        }
        End::Users(users) => json_is(users.iter().map(|(server, user)| (*server, *user)).collect()),
        End::Line if is_line => Ok(()),
        End::Line => Err("expected a line".to_owned()),
        End::NotFound => exactly(NOT_FOUND),
        End::NoServer => exactly(MISSING_SERVER),
        End::NoUser => exactly(MISSING_USERNAME),
        End::Refused => {
            let known = [NOT_FOUND, MISSING_SERVER, MISSING_USERNAME];
            match is_line && output.stdout.len() > 1 && !known.contains(&output.stdout.as_str()) {
                true => Ok(()),
                false => Err("expected one line of other words".to_owned()),
            }
        }
        End::Says(text) if output.stdout.contains(text) => Ok(()),
        End::Says(text) => Err(format!("expected on standard output: {text}")),
    }
}
