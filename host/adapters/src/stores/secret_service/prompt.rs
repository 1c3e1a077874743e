//! Questions that the service itself asks a person, such as the password of a keyring.

use super::connection::BUS;
use super::error::SecretServiceError as Error;
use super::service::Service;
use super::wire::{Body, Message};

const INTERFACE: &str = "org.freedesktop.Secret.Prompt";

/// What became of a question.
enum Ended {
    Answered,
    Dismissed,
    /// Who asked has ended.
    Vanished,
}

impl Service {
    /// Unlocks keyrings or entries, by asking a person if need be.
    pub(super) fn unlock_all(&mut self, objects: &[&str]) -> Result<(), Error> {
        let asked = self.unlock(objects);
        self.connection.send()?;
        match self.unlocked(asked)? {
            (_, Some(prompt)) => self.ask(&prompt),
            (unlocked, None) => {
                let all = objects.iter().all(|object| unlocked.iter().any(|one| one == object));
                if all { Ok(()) } else { Err(Error::Locked) }
            }
        }
    }

    /// Lets a question be asked and waits for the answer.
    pub(super) fn ask(&mut self, prompt: &str) -> Result<(), Error> {
        let owner = self.owner().to_owned();
        self.connection.listen();
        let completed = format!(
            "type='signal',sender='{owner}',path='{prompt}',interface='{INTERFACE}',member='Completed'"
        );
        let ended = format!(
            "type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{owner}'"
        );
        for rule in [completed, ended] {
            let mut body = Body::of("s");
            body.text(&rule);
            self.connection.call_bus("AddMatch", body);
        }
        let mut window = Body::of("s");
        window.text("");
        let asked = self.call(prompt, INTERFACE, "Prompt", window);
        self.connection.send()?;
        self.answer(asked)?;
        if let Some(tell) = &self.on_prompt {
            tell();
        }
        let ended =
            self.connection.signal(self.prompt_patience, |signal| end(signal, &owner, prompt));
        match ended {
            Ok(Ended::Answered) => Ok(()),
            Ok(Ended::Dismissed) => Err(Error::Dismissed),
            Ok(Ended::Vanished) => Err(Error::Vanished),
            Err(Error::Late(after)) => {
                self.take_back(prompt);
                Err(Error::PromptLate(after))
            }
            Err(error) => Err(error),
        }
    }

    /// The window goes away; whether it does changes nothing here.
    fn take_back(&mut self, prompt: &str) {
        self.call(prompt, INTERFACE, "Dismiss", Body::empty());
        let _ = self.connection.send();
    }
}

fn end(signal: &Message, owner: &str, prompt: &str) -> Option<Ended> {
    match signal.member.as_str() {
        "Completed" if signal.sender == owner && signal.path == prompt => {
            let dismissed = signal.values("bv").and_then(|mut values| values.flag());
            Some(if dismissed == Ok(false) { Ended::Answered } else { Ended::Dismissed })
        }
        "NameOwnerChanged" if signal.sender == BUS => {
            let name = signal.values("sss").and_then(|mut values| values.text().map(str::to_owned));
            (name.as_deref() == Ok(owner)).then_some(Ended::Vanished)
        }
        _ => None,
    }
}
