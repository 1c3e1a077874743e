//! `process`: native programs, with the arguments that they may be started with.

use std::cmp::Reverse;

use lockgate_core::ProcessGrant;
use toml_edit::{Array, InlineTable, Value};

use super::path::check_program;
use super::receives::{self, Received};
use super::template::Template;
use super::{Speaker, TOKEN_HOLE, environment};
use crate::ceiling::{CapList, Caps};
use crate::decide::Facts;
use crate::error::{PolicyError, Problem};
use crate::meet::{Rank, Rule, named};
use crate::reader::{Fields, Keys, Node};

const KEYS: Keys = Keys {
    known: &[
        "program",
        "arguments",
        "environment",
        "digest",
        "terminal",
        "new-privileges",
        "receives",
    ],
    later: &[],
};

/// In a manifest: a program that the user chooses.
pub(super) const CHOSEN: &str = "*";

/// A program.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProcessRule {
    /// Its absolute path; none for one that the user chooses.
    program: Option<String>,
    /// None for any arguments.
    pub(crate) arguments: Option<Vec<Template>>,
    /// Variables that are handed on.
    pub(crate) environment: Vec<String>,
    digest: Option<[u8; 32]>,
    terminal: bool,
    new_privileges: bool,
    receives: Vec<Received>,
}

impl ProcessRule {
    /// Whether the user chooses the program.
    pub(crate) fn is_chosen(&self) -> bool {
        self.program.is_none()
    }

    /// The same with what is known of the registry in its arguments.
    ///
    /// # Errors
    /// Why that cannot be, as the rest of a sentence that begins with the program.
    pub(crate) fn filled(&self, facts: &Facts<'_>) -> Result<Self, &'static str> {
        let fill = |template: &Template| template.filled(facts.registry);
        let arguments = match &self.arguments {
            Some(templates) => Some(templates.iter().map(fill).collect::<Result<_, _>>()?),
            None => None,
        };
        Ok(Self { arguments, ..self.clone() })
    }

    /// None if no program is named.
    pub(crate) fn into_grant(self) -> Option<ProcessGrant> {
        let templates =
            |templates: Vec<Template>| templates.into_iter().map(Template::into_argument).collect();
        Some(ProcessGrant {
            program: self.program?,
            arguments: self.arguments.map(templates),
            environment: self.environment,
            digest: self.digest,
            terminal: self.terminal,
            new_privileges: self.new_privileges,
            receives: receives::patterns(self.receives),
        })
    }

    fn program(&self) -> &str {
        self.program.as_deref().unwrap_or(CHOSEN)
    }

    /// None if no program is named.
    fn file_name(&self) -> Option<&str> {
        self.program.as_deref()?.rsplit('/').next()
    }

    fn read_table(fields: &Fields<'_>) -> Result<Self, PolicyError> {
        let program = fields.need("program")?;
        let flag = |key| fields.get(key).map(|node| node.flag()).transpose();
        let list = |key| fields.get(key);
        Ok(Self {
            program: Some(read_program(&program)?),
            arguments: list("arguments").map(|node| read_arguments(&node)).transpose()?,
            environment: list("environment")
                .map(|node| read_variables(&node))
                .transpose()?
                .unwrap_or_default(),
            digest: list("digest").map(|node| read_digest(&node)).transpose()?,
            terminal: flag("terminal")?.unwrap_or(false),
            new_privileges: flag("new-privileges")?.unwrap_or(false),
            receives: list("receives")
                .map(|node| receives::read_all(&node))
                .transpose()?
                .unwrap_or_default(),
        })
    }
}

fn read_program(node: &Node<'_>) -> Result<String, PolicyError> {
    let path = node.text()?;
    check_program(path).map_err(|problem| node.error(problem))?;
    Ok(path.to_owned())
}

fn read_arguments(node: &Node<'_>) -> Result<Vec<Template>, PolicyError> {
    let read = |node: &Node<'_>| {
        let text = node.text()?;
        Template::parse(text).map_err(|reason| node.error(Problem::value(text, reason)))
    };
    node.list()?.iter().map(read).collect()
}

fn read_variables(node: &Node<'_>) -> Result<Vec<String>, PolicyError> {
    let mut names: Vec<String> = Vec::new();
    for node in node.list()? {
        let name = node.text()?;
        environment::check(name).map_err(|problem| node.error(problem))?;
        if name == TOKEN_HOLE {
            let reason = "is not handed to programs; name a variable";
            return Err(node.error(Problem::value(name, reason)));
        }
        if names.iter().any(|known| known == name) {
            return Err(node.error(Problem::Repeated(name.to_owned())));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn read_digest(node: &Node<'_>) -> Result<[u8; 32], PolicyError> {
    let text = node.text()?;
    parse_digest(text).ok_or_else(|| {
        let reason = "is no digest; write `sha256:` and 64 hexadecimal digits";
        node.error(Problem::value(text, reason))
    })
}

fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("sha256:")?.as_bytes();
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    pairs.iter().map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

fn write_digest(digest: [u8; 32]) -> String {
    digest.iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// The arguments that both allow, one by one; none if there are no such.
fn meet_arguments(
    one: Option<&Vec<Template>>,
    two: Option<&Vec<Template>>,
) -> Option<Option<Vec<Template>>> {
    match (one, two) {
        (None, any) | (any, None) => Some(any.cloned()),
        (Some(one), Some(two)) if one.len() == two.len() => {
            let both = one.iter().zip(two).map(|(one, two)| one.meet(two));
            both.collect::<Option<Vec<_>>>().map(Some)
        }
        _ => None,
    }
}

fn meet_digests(one: Option<[u8; 32]>, two: Option<[u8; 32]>) -> Option<Option<[u8; 32]>> {
    match (one, two) {
        (None, any) | (any, None) => Some(any),
        (one, two) => (one == two).then_some(one),
    }
}

impl Rule for ProcessRule {
    const KEY: &'static str = "process";

    fn read(node: &Node<'_>, speaker: Speaker) -> Result<Self, PolicyError> {
        if !node.is_string() {
            return Self::read_table(&node.fields(&KEYS)?);
        }
        let program = match node.text()? {
            CHOSEN if speaker == Speaker::Provider => None,
            _ => Some(read_program(node)?),
        };
        Ok(Self { program, ..Self::default() })
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        match (self.is_chosen(), other.is_chosen()) {
            (true, _) => return Some(other.clone()),
            (_, true) => return Some(self.clone()),
            (false, false) if self.program != other.program => return None,
            (false, false) => {}
        }
        let handed_on = |name: &&String| other.environment.contains(name);
        Some(Self {
            program: self.program.clone(),
            arguments: meet_arguments(self.arguments.as_ref(), other.arguments.as_ref())?,
            environment: self.environment.iter().filter(handed_on).cloned().collect(),
            digest: meet_digests(self.digest, other.digest)?,
            terminal: self.terminal && other.terminal,
            new_privileges: self.new_privileges && other.new_privileges,
            receives: receives::meet(&self.receives, &other.receives),
        })
    }

    /// As if every hole could be filled with anything.
    fn could_meet(&self, granted: &Self) -> bool {
        let open = |rule: &Self| Self {
            arguments: rule.arguments.as_ref().map(|all| all.iter().map(Template::open).collect()),
            ..rule.clone()
        };
        open(self).meet(&open(granted)).is_some()
    }

    fn meet_cap(&self, cap: &Self, facts: &Facts<'_>) -> Option<Self> {
        self.meet(&cap.filled(facts).ok()?)
    }

    fn subject(&self) -> String {
        let mut subject = self.key();
        for name in &self.environment {
            subject.push_str(&format!(", with the variable {name}"));
        }
        for received in &self.receives {
            subject.push_str(&format!(", receives {}", received.text));
        }
        let flags =
            [(self.terminal, ", at the terminal"), (self.new_privileges, ", with new privileges")];
        flags.iter().filter(|(set, _)| *set).for_each(|(_, words)| subject.push_str(words));
        if let Some(digest) = self.digest {
            subject.push_str(&format!(", {}", write_digest(digest)));
        }
        subject
    }

    fn key(&self) -> String {
        match &self.arguments {
            None if self.is_chosen() => "any program that the user chooses".to_owned(),
            None => format!("{} with any arguments", self.program()),
            Some(templates) => templates.iter().fold(self.program().to_owned(), |key, template| {
                let text = template.to_string();
                match text.is_empty() || text.contains(char::is_whitespace) {
                    true => format!("{key} '{text}'"),
                    false => format!("{key} {text}"),
                }
            }),
        }
    }

    /// Templates before any arguments, then the more fixed text, then fewer holes.
    fn rank(&self) -> Rank {
        let sizes = self.arguments.iter().flatten().map(Template::size);
        let (bytes, holes) = sizes.fold((0, 0), |sum, size| (sum.0 + size.0, sum.1 + size.1));
        (self.arguments.is_some(), bytes, false, 0, Reverse(holes))
    }

    fn value(&self) -> Value {
        let strings = |texts: Vec<String>| Value::from(texts.into_iter().collect::<Array>());
        let mut table = InlineTable::new();
        table.insert("program", self.program().into());
        if let Some(templates) = &self.arguments {
            table.insert("arguments", strings(templates.iter().map(ToString::to_string).collect()));
        }
        if !self.environment.is_empty() {
            table.insert("environment", strings(self.environment.clone()));
        }
        if let Some(digest) = self.digest {
            table.insert("digest", write_digest(digest).into());
        }
        for (key, flag) in [("terminal", self.terminal), ("new-privileges", self.new_privileges)] {
            if flag {
                table.insert(key, true.into());
            }
        }
        if !self.receives.is_empty() {
            table.insert("receives", receives::value(&self.receives));
        }
        match table.len() {
            1 => self.program().into(),
            _ => table.into(),
        }
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.process.as_ref()
    }

    /// By the name of its file: a link would lead to the same program from any folder.
    fn is_denied_by(&self, denied: &Self, _: &Facts<'_>) -> bool {
        let same = |(own, denied): (&str, &str)| own.to_lowercase() == denied.to_lowercase();
        self.file_name().zip(denied.file_name()).is_some_and(same)
    }

    /// The program, as refusals name it: alone, or with the arguments it was to be started with.
    fn concerns(&self, subject: &str) -> bool {
        let program = named(self.program());
        self.is_chosen()
            || subject == program
            || subject.strip_prefix(&program).is_some_and(|rest| rest.starts_with(' '))
    }

    fn is_withdrawn_by(&self, named: &Self) -> bool {
        let all = named.arguments.is_none() || named.arguments == self.arguments;
        all && self.program == named.program
    }

    fn risks(&self) -> Vec<&'static str> {
        let said = [
            (true, "it starts a program, which no sandbox holds"),
            (!self.receives.is_empty(), "secrets may be handed to the program"),
            (self.terminal, "the program can read what you type"),
            (self.new_privileges, "the program can become another user, as with sudo"),
        ];
        said.into_iter().filter_map(|(holds, risk)| holds.then_some(risk)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_digest, write_digest};

    #[test]
    fn a_digest_prints_as_it_is_written() {
        let text = format!("sha256:{}", "0123456789abcdef".repeat(4));
        assert_eq!(write_digest(parse_digest(&text).unwrap()), text);
        for bad in ["", "sha256:", "sha256:00", "md5:00", &text[..70], &format!("{text}0")] {
            assert!(parse_digest(bad).is_none(), "{bad}");
        }
        assert!(parse_digest(&text.replace('f', "g")).is_none());
    }
}
