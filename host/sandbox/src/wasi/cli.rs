//! wasi:cli: no arguments, no variables, no terminal, output into the capped buffer.

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::wasi::wasi::cli::{
    environment, exit, stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr,
    terminal_stdin, terminal_stdout,
};
use crate::state::{State, Violation};
use crate::wasi::{Empty, Never, Sink};

impl environment::Host for State {
    fn get_environment(&mut self) -> Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }

    fn get_arguments(&mut self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    fn initial_cwd(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
}

impl exit::Host for State {
    fn exit(&mut self, _status: Result<(), ()>) -> wasmtime::Result<()> {
        Err(Violation::Exit.into())
    }

    fn exit_with_code(&mut self, _status: u8) -> wasmtime::Result<()> {
        Err(Violation::Exit.into())
    }
}

impl stdin::Host for State {
    fn get_stdin(&mut self) -> Result<Resource<Empty>> {
        Ok(self.table.push(Empty).map_err(|_| Violation::Handles)?)
    }
}

impl stdout::Host for State {
    fn get_stdout(&mut self) -> Result<Resource<Sink>> {
        Ok(self.table.push(Sink).map_err(|_| Violation::Handles)?)
    }
}

impl stderr::Host for State {
    fn get_stderr(&mut self) -> Result<Resource<Sink>> {
        Ok(self.table.push(Sink).map_err(|_| Violation::Handles)?)
    }
}

impl terminal_input::Host for State {}

impl terminal_input::HostTerminalInput for State {
    fn drop(&mut self, handle: Resource<Never>) -> Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl terminal_output::Host for State {}

impl terminal_output::HostTerminalOutput for State {
    fn drop(&mut self, handle: Resource<Never>) -> Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl terminal_stdin::Host for State {
    fn get_terminal_stdin(&mut self) -> Result<Option<Resource<Never>>> {
        Ok(None)
    }
}

impl terminal_stdout::Host for State {
    fn get_terminal_stdout(&mut self) -> Result<Option<Resource<Never>>> {
        Ok(None)
    }
}

impl terminal_stderr::Host for State {
    fn get_terminal_stderr(&mut self) -> Result<Option<Resource<Never>>> {
        Ok(None)
    }
}
