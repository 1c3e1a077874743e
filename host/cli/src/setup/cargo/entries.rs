//! What becomes of each provider in cargo's configuration.
//!
//! Each entry of cargo's list becomes one of its own that starts Lockgate with the same words behind
//! it, at the same place of the list: cargo goes on asking one after another by its own rules, and
//! what each of them did before is done by the provider of the same name.

use lockgate_broker::{BridgeError, Choice, Context, ProviderError, check, explain};
use lockgate_core::{Registry, escape};
use lockgate_registry::cargo::{ConfigEdit, quoted_list};

use super::changes::{Change, set};
use crate::cargo::{is_ours, meant};
use crate::error::CommandError;
use crate::setup::config_file::ConfigFile;
use crate::setup::program::Program;

const ALIASES: &str = "credential-alias";

/// How our own aliases begin.
const OUR_ALIAS: &str = "lockgate-";

/// Most of what the administrator forbids one provider that is told: `policy explain` has it all.
const MOST_FORBIDDEN: usize = 4;

/// Makes entries for one file.
pub(super) struct Entries<'a> {
    pub(super) context: &'a Context,
    /// For which it is looked what could keep a provider from working.
    registry: &'a Registry,
    /// Our program, as the entries name it.
    program: &'a str,
    /// What a person should know about them.
    pub(super) warnings: Vec<String>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(context: &'a Context, registry: &'a Registry, program: &'a Program) -> Self {
        Self { context, registry, program: program.text(), warnings: Vec::new() }
    }

    /// What cargo takes these words for at this line of the file: aliases and paths resolved.
    pub(super) fn meant(
        &self,
        words: Vec<String>,
        file: &ConfigFile,
        line: usize,
    ) -> Result<Vec<String>, CommandError> {
        let meant = self.context.cargo.meant_in(words, &file.path, line);
        meant.map_err(|error| CommandError::from_error(&error))
    }

    /// The words by which cargo starts us for what `words` start now, aliases and paths resolved;
    /// `None` if they stay what they are.
    pub(super) fn ours_for(&mut self, words: &[String]) -> Option<Vec<String>> {
        let (program, behind) = words.split_first()?;
        let behind = match is_ours(program) {
            true => behind.to_vec(),
            false => {
                let choice = meant(self.context, words)?;
                self.can_be_asked(&choice).then(|| words_of(&choice))?
            }
        };
        Some(self.with_program(&behind)).filter(|ours| ours != words)
    }

    /// The words by which cargo starts us for a provider that the person names.
    pub(super) fn ours_named(&mut self, name: &str) -> Result<Vec<String>, CommandError> {
        let choice = meant(self.context, &split(name))
            .ok_or_else(|| CommandError::new("`--provider` is given an empty name"))?;
        match check(self.context, self.registry, &choice) {
            Err(error @ (ProviderError::Unknown { .. } | ProviderError::Unavailable(_))) => {
                Err(CommandError::from_error(&error))
            }
            checked => {
                self.warn_of(&choice, checked);
                Ok(self.with_program(&words_of(&choice)))
            }
        }
    }

    /// Whether Lockgate can do what cargo does with this entry; what it cannot is left to cargo.
    fn can_be_asked(&mut self, choice: &Choice) -> bool {
        let checked = check(self.context, self.registry, choice);
        let stays = match &checked {
            Err(ProviderError::Unknown { .. } | ProviderError::Unavailable(_)) => true,
            Err(ProviderError::Bridge(error)) => !matches!(error, BridgeError::NotGranted { .. }),
            _ => false,
        };
        if stays {
            let error = checked.as_ref().err().map(ToString::to_string).unwrap_or_default();
            let shown = escape(&words_of(choice).join(" "));
            self.warnings
                .push(format!("`{shown}` stays as it is, and cargo asks it itself: {error}"));
            return false;
        }
        self.warn_of(choice, checked);
        true
    }

    /// What would keep it from answering.
    fn warn_of(&mut self, choice: &Choice, checked: Result<(), ProviderError>) {
        let messages = match checked {
            Err(error) => vec![CommandError::from_error(&error).messages().join(": ")],
            Ok(()) => self.forbidden(choice),
        };
        let provider = escape(&choice.provider);
        self.warnings.extend(messages.iter().map(|message| format!("`{provider}`: {message}")));
    }

    /// What the administrator takes from it.
    fn forbidden(&self, choice: &Choice) -> Vec<String> {
        let Ok(Ok(decisions)) = explain(self.context, self.registry, choice) else {
            return Vec::new();
        };
        let forbidden = decisions.iter().filter(|decision| decision.forbidden().is_some());
        let said = forbidden.filter_map(|decision| {
            let why = decision.explain(&choice.provider)?;
            Some(format!("{} `{}`: {why}", decision.capability, decision.subject))
        });
        said.take(MOST_FORBIDDEN).collect()
    }

    fn with_program(&self, behind: &[String]) -> Vec<String> {
        std::iter::once(self.program.to_owned()).chain(behind.iter().cloned()).collect()
    }
}

/// As cargo splits the texts of its list.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn words_of(choice: &Choice) -> Vec<String> {
    std::iter::once(choice.provider.clone()).chain(choice.arguments.iter().cloned()).collect()
}

/// Whether cargo, which splits texts at white space, would get the same words back.
pub(super) fn fit_a_text(words: &[String]) -> bool {
    words.iter().all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
}

/// The words as one text of cargo's list. Where they have white space in them, they become an alias,
/// and the text is its name; `entry` is what stands in the list now.
pub(super) fn as_text(
    edit: &mut ConfigEdit,
    words: &[String],
    entry: Option<&str>,
    changes: &mut Vec<Change>,
) -> Result<String, CommandError> {
    match fit_a_text(words) {
        true => Ok(words.join(" ")),
        false => alias(edit, words, entry, changes),
    }
}

fn alias(
    edit: &mut ConfigEdit,
    words: &[String],
    entry: Option<&str>,
    changes: &mut Vec<Change>,
) -> Result<String, CommandError> {
    let names = edit.names(&[ALIASES])?;
    let ours: Vec<_> = names.iter().filter(|name| name.starts_with(OUR_ALIAS)).collect();
    for name in &ours {
        // Somebody may have given it another kind of value; that one is not taken.
        let known = edit.setting(&[ALIASES, name]).ok().flatten();
        let is_it = known.is_some_and(|known| {
            known.is_list && known.elements.iter().map(|element| &element.text).eq(words)
        });
        if is_it {
            return Ok((*name).clone());
        }
    }
    let of_entry = ours.into_iter().find(|name| entry == Some(name.as_str())).cloned();
    let name = of_entry.unwrap_or_else(|| free_name(&names, words));
    let list = quoted_list(words.iter().map(String::as_str));
    set(edit, &[ALIASES, &name], list, changes)?;
    Ok(name)
}

/// A name that says which provider it is, and is nobody else's. cargo takes a dot for one between
/// keys.
fn free_name(taken: &[String], words: &[String]) -> String {
    let provider = words.get(1).map_or("own", String::as_str);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let base: String = OUR_ALIAS.chars().chain(provider.chars().map(plain)).collect();
    let mut name = base.clone();
    let mut next = 2;
    while taken.contains(&name) {
        name = format!("{base}-{next}");
        next += 1;
    }
    name
}
