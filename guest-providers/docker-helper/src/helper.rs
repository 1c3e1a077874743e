//! One native helper and one server: each action is a process of its own.

use alloc::string::String;
use alloc::vec::Vec;

use lockgate_provider::process::Command;
use lockgate_provider::{Credential, Document, Encoding, Failure, Part, Secret};

use crate::{answer, pass};

/// What a helper says on standard output, and nothing else, if it has no entry.
pub(crate) const NOT_FOUND: &str = "credentials not found in native keychain";
/// What those say that make their secrets, and keep none.
const NOT_IMPLEMENTED: &str = "not implemented";

/// What docker's configuration calls the helpers that keep an entry for each user of a server, beside
/// that for `pass`.
const SECRET_SERVICE: &str = "secretservice";
const DESKTOP: &str = "desktop";

/// A program that speaks docker's protocol, and what it is asked about.
pub(crate) struct Helper<'a> {
    /// Its absolute path.
    pub(crate) program: &'a str,
    /// The registry, byte for byte as docker names it.
    pub(crate) server: &'a str,
    /// Other spellings of the same.
    pub(crate) others: &'a [String],
}

/// How a process ended that was asked.
enum Ended {
    Well(Document),
    /// It has no such entry.
    NotFound,
    /// It does not do this at all.
    NotImplemented,
    /// With another word, which the host tells. The word is still here, to be compared.
    Badly(Document),
}

impl Helper<'_> {
    /// All names of the server, the asked one first.
    pub(crate) fn servers(&self) -> impl Iterator<Item = &str> {
        core::iter::once(self.server).chain(self.others.iter().map(String::as_str))
    }

    /// What it keeps under a name of the server.
    pub(crate) fn get(&self, server: &str) -> Result<Option<Credential>, Failure> {
        match self.ask("get", &[server.into()])? {
            Ended::Well(output) => answer::credential(output, &self.servers().collect::<Vec<_>>()),
            Ended::NotFound => Ok(None),
            Ended::NotImplemented | Ended::Badly(_) => Err(self.failed("get")),
        }
    }

    /// Keeps a user name and a secret under the asked name.
    pub(crate) fn keep(&self, user: &str, secret: &Secret) -> Result<(), Failure> {
        if self.suffix() == Some(pass::SUFFIX) {
            pass::check_user(user)?;
        }
        self.store(user, secret)?;
        if !self.has_another(user) {
            return Ok(());
        }
        // All users of the server go, and then there is this one.
        self.erase(self.server)?;
        self.store(user, secret)?;
        match self.answers_another(user) {
            true => Err(Failure::other(
                ["`", self.program, "` kept the login, and still answers another user"].concat(),
            )),
            false => Ok(()),
        }
    }

    /// Whether there may be an entry of another user, of those helpers that keep several.
    fn has_another(&self, user: &str) -> bool {
        match self.suffix() {
            // Of several it lists one, which need not be the one that it will answer.
            Some(SECRET_SERVICE) => true,
            Some(pass::SUFFIX | DESKTOP) => self.lists_another(user),
            _ => false,
        }
    }

    fn answers_another(&self, user: &str) -> bool {
        match self.suffix() {
            Some(SECRET_SERVICE) => match self.ask("get", &[self.server.into()]) {
                Ok(Ended::Well(answer)) => answer::is_of_another(&answer, user),
                _ => false,
            },
            // A get could ask for the passphrase of a key.
            _ => self.lists_another(user),
        }
    }

    fn store(&self, user: &str, secret: &Secret) -> Result<(), Failure> {
        let text = |text: &str| Secret::seal(text.as_bytes()).encode(Encoding::JsonString);
        let (server, user) = (text(self.server), text(user));
        let secret = secret.encode(Encoding::JsonString);
        let message: [Part<'_>; 7] = [
            r#"{"ServerURL":""#.into(),
            (&server).into(),
            r#"","Username":""#.into(),
            (&user).into(),
            r#"","Secret":""#.into(),
            (&secret).into(),
            "\"}\n".into(),
        ];
        match self.ask("store", &message)? {
            Ended::Well(_) => Ok(()),
            Ended::NotImplemented => Err(Failure::UnsupportedOperation),
            Ended::NotFound | Ended::Badly(_) => Err(self.failed("store")),
        }
    }

    /// Whether the user whom it lists for the server, and would answer, is not this one. What cannot
    /// be told is no reason to fail: the entry is kept.
    fn lists_another(&self, user: &str) -> bool {
        match self.ask("list", &[]) {
            Ok(Ended::Well(list)) => answer::lists_another(&list, self.server, user),
            _ => false,
        }
    }

    /// Removes what it keeps under every name of the server, and says whether there was anything.
    pub(crate) fn forget(&self) -> Result<bool, Failure> {
        let mut removed = self.erase(self.server)?;
        for other in self.others {
            removed |= match self.erased(other)? {
                Some(erased) => erased,
                // Some fail without a word of their own where there is nothing to erase.
                None if self.get(other)?.is_some() => return Err(self.failed("erase")),
                None => false,
            };
        }
        Ok(removed)
    }

    fn erase(&self, server: &str) -> Result<bool, Failure> {
        self.erased(server)?.ok_or_else(|| self.failed("erase"))
    }

    /// Whether there was anything to erase; none if it failed with a word of its own.
    fn erased(&self, server: &str) -> Result<Option<bool>, Failure> {
        match self.ask("erase", &[server.into()])? {
            Ended::Well(_) => Ok(Some(true)),
            Ended::NotFound => Ok(Some(false)),
            Ended::NotImplemented => Err(Failure::UnsupportedOperation),
            Ended::Badly(word) => {
                let is_nothing = says(&word, &pass::nothing_to_erase(server))?;
                Ok(is_nothing.then_some(false))
            }
        }
    }

    /// Runs it for one action. That it does not read its input is no fault: some answer without.
    fn ask(&self, action: &str, input: &[Part<'_>]) -> Result<Ended, Failure> {
        let child = Command::new(self.program).argument(action).start()?;
        let written = match child.write(input) {
            Err(denied @ Failure::Denied(_)) => return Err(denied),
            written => written,
        };
        let exit = child.finish()?;
        match exit.status {
            // What was not read is not kept.
            0 if action == "store" => written.map(|()| Ended::Well(exit.output)),
            0 => Ok(Ended::Well(exit.output)),
            _ if says(&exit.output, NOT_FOUND)? => Ok(Ended::NotFound),
            _ if says(&exit.output, NOT_IMPLEMENTED)? => Ok(Ended::NotImplemented),
            _ => Ok(Ended::Badly(exit.output)),
        }
    }

    /// The host tells how the program ended and what it said.
    fn failed(&self, action: &str) -> Failure {
        Failure::other(["`", self.program, " ", action, "` failed"].concat())
    }

    /// What docker's configuration calls it.
    fn suffix(&self) -> Option<&str> {
        let name = self.program.rsplit('/').next()?;
        let suffix = name.strip_prefix("docker-credential-")?;
        Some(suffix.strip_suffix(".exe").unwrap_or(suffix))
    }
}

/// Whether it says exactly this, white space around it aside.
pub(crate) fn says(output: &Document, text: &str) -> Result<bool, Failure> {
    Ok(output.matches(text)?)
}
