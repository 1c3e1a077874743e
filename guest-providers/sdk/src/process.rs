//! Native programs, by granted command.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Failure;
pub use crate::bindings::lockgate::provider::process::{Child, Command, Exit, start};

impl Command {
    /// A program that a grant names, by its absolute path.
    #[must_use]
    pub fn new(program: impl Into<String>) -> Self {
        Self { program: program.into(), arguments: Vec::new(), environment: Vec::new() }
    }

    /// With one more argument. All of them have to fit the grant's template; no secret has a place
    /// in them, see [`Child::write`].
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With more arguments.
    #[must_use]
    pub fn arguments<A: Into<String>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// With a variable of the host's environment, which the grant has to hand on.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>) -> Self {
        self.environment.push(name.into());
        self
    }

    /// Starts it, for a conversation: [`Child::write`], [`Child::read_line`], [`Child::finish`]. What
    /// is not finished ends with the value.
    ///
    /// # Errors
    /// [`Failure::Denied`] if no grant covers it; else if it does not start.
    pub fn start(&self) -> Result<Child, Failure> {
        start(self)
    }

    /// Starts it without input and waits for its end.
    ///
    /// # Errors
    /// As for [`Command::start`], and if it does not end in time or writes more than 1 MiB.
    pub fn run(&self) -> Result<Exit, Failure> {
        self.start()?.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn a_command_keeps_the_order_of_its_arguments() {
        let command = Command::new("/usr/bin/op")
            .argument("read")
            .arguments(["op://corp/token", "--no-newline"])
            .variable("OP_ACCOUNT");
        assert_eq!(command.program, "/usr/bin/op");
        assert_eq!(command.arguments, ["read", "op://corp/token", "--no-newline"]);
        assert_eq!(command.environment, ["OP_ACCOUNT"]);
    }
}
