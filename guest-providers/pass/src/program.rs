//! The program: each action is a process of its own.

use lockgate_provider::process::{Command, Exit};
use lockgate_provider::{Document, Failure, Part, Secret};

/// A granted `pass`, by its absolute path.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a>(pub(crate) &'a str);

impl Pass<'_> {
    /// What an entry holds.
    pub(crate) fn show(self, entry: &str) -> Result<Document, Failure> {
        let exit = self.run(&["show", entry], &[])?;
        match exit.status {
            0 => Ok(exit.output),
            _ => Err(failed("show", entry)),
        }
    }

    /// Keeps a secret as it is, in the place of what the entry held.
    pub(crate) fn insert(self, entry: &str, secret: &Secret) -> Result<(), Failure> {
        let exit = self.run(&["insert", "-f", "-m", entry], &[secret.into()])?;
        match exit.status {
            0 => Ok(()),
            _ => Err(failed("insert", entry)),
        }
    }

    pub(crate) fn remove(self, entry: &str) -> Result<(), Failure> {
        let exit = self.run(&["rm", "-f", entry], &[])?;
        match exit.status {
            0 => Ok(()),
            _ => Err(failed("rm", entry)),
        }
    }

    /// That it does not read its input matters only if it then says that all went well.
    fn run(self, words: &[&str], input: &[Part<'_>]) -> Result<Exit, Failure> {
        let child = Command::new(self.0).arguments(words.iter().copied()).start()?;
        let written = match input {
            [] => Ok(()),
            input => child.write(input),
        };
        if let Err(denied @ Failure::Denied(_)) = written {
            return Err(denied);
        }
        let exit = child.finish()?;
        match exit.status {
            0 => written.map(|()| exit),
            _ => Ok(exit),
        }
    }
}

/// The host tells how the program ended and what it said.
fn failed(action: &str, entry: &str) -> Failure {
    Failure::other(["`pass ", action, " ", entry, "` failed"].concat())
}
