//! An attack and its twin: a refusal only says something when the same thing works otherwise.

use lockgate_core::{Operation, Purpose};

use super::{Guest, INDEX, Machine, Seen, request_about};

/// Registries of every grant here.
const REGISTRIES: &str = "registries = [\"cargo:*\"]\n";

/// Something that a guest tries. Nothing happens before [`Attack::refused_with`].
#[must_use = "an attack that is not tried says nothing"]
#[derive(Clone)]
pub struct Attack {
    guest: Guest,
    words: Vec<String>,
    operation: Operation,
    index: String,
    machine: Machine,
    grant: String,
}

/// An attack that failed, and has to be seen working.
#[must_use = "a refusal says nothing unless the same works otherwise: name the twin"]
pub struct Failed(Attack);

/// `guest` tries what `words` say (those of `guests/hostile` are in its sources), in a request for
/// a credential, granted nothing but the registry, on an empty machine.
pub fn attack(guest: &str, words: &[&str]) -> Attack {
    Attack {
        guest: Guest::named(guest),
        words: words.iter().map(|&word| word.to_owned()).collect(),
        operation: Operation::Get(Purpose::Read),
        index: INDEX.to_owned(),
        machine: Machine::new(),
        grant: REGISTRIES.to_owned(),
    }
}

impl Attack {
    /// On this machine.
    pub fn on(mut self, machine: &Machine) -> Self {
        self.machine = machine.clone();
        self
    }

    /// In a request of this kind.
    pub fn during(mut self, operation: Operation) -> Self {
        self.operation = operation;
        self
    }

    /// About this registry.
    pub fn about(mut self, index: &str) -> Self {
        index.clone_into(&mut self.index);
        self
    }

    /// With these words instead.
    pub fn saying(mut self, words: &[&str]) -> Self {
        self.words = words.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// By another guest.
    pub fn by(mut self, guest: &str) -> Self {
        self.guest = Guest::named(guest);
        self
    }

    /// By a guest that asks for this port of the loopback interface.
    pub fn asking_for_port(mut self, port: u16) -> Self {
        self.guest = self.guest.asking_for_port(port);
        self
    }

    /// Under these lines of a grant, beside its registries.
    pub fn granted(mut self, lines: &str) -> Self {
        self.grant = format!("{lines}\n{REGISTRIES}");
        self
    }

    fn run(&self) -> Seen {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let request = request_about(&self.index, self.operation.clone(), &words);
        Seen(self.guest.run(&self.grant, request, &self.machine))
    }

    /// Tries it; `check` says how it fails.
    pub fn refused_with(self, check: impl FnOnce(&Seen)) -> Failed {
        check(&self.run());
        Failed(self)
    }
}

impl Failed {
    /// The twin: the same under this grant. `check` says how it works.
    pub fn works_with(self, grant: &str, check: impl FnOnce(&Seen)) {
        self.works_when(|attack| attack.granted(grant), check);
    }

    /// The twin: the same but for one thing. `check` says how it works.
    pub fn works_when(self, change: impl FnOnce(Attack) -> Attack, check: impl FnOnce(&Seen)) {
        check(&change(self.0).run());
    }
}
