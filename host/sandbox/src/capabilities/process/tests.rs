use lockgate_core::{
    AdapterError, Adapters, Capabilities, Ecosystem, Operation, Origin, Origins, Process,
    ProcessGrant, ProcessRequest, Program, ProgramEnd, Registry, Secret,
};
use wasmtime::component::Resource;

use super::{Child, Command};
use crate::bindings::provider::lockgate::provider::process::{Host, HostChild};
use crate::bindings::provider::lockgate::provider::secrets::Part;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::state::State;

const CAT: &str = "/bin/cat";

/// Says one line, and then fails with thirty on its standard error.
struct Fake {
    said: bool,
}

impl Process for Fake {
    fn start(&self, _: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        Ok(Box::new(Self { said: false }))
    }
}

impl Program for Fake {
    fn write(&mut self, _: &Secret) -> Result<(), AdapterError> {
        Ok(())
    }

    fn read_line(&mut self, _: usize) -> Result<Option<Secret>, AdapterError> {
        match std::mem::replace(&mut self.said, true) {
            false => Ok(Some(Secret::from("line"))),
            true => Err("it did not answer".into()),
        }
    }

    fn finish(&mut self, _: usize) -> Result<ProgramEnd, AdapterError> {
        Err("it did not end".into())
    }

    fn diagnostics(&self) -> Vec<u8> {
        (1..=30).map(|number| format!("word {number}\n")).collect::<String>().into_bytes()
    }
}

/// Ends with this status.
struct Ends(i32);

impl Process for Ends {
    fn start(&self, _: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        Ok(Box::new(Self(self.0)))
    }
}

impl Program for Ends {
    fn write(&mut self, _: &Secret) -> Result<(), AdapterError> {
        Ok(())
    }

    fn read_line(&mut self, _: usize) -> Result<Option<Secret>, AdapterError> {
        Ok(None)
    }

    fn finish(&mut self, _: usize) -> Result<ProgramEnd, AdapterError> {
        Ok(ProgramEnd { status: self.0, output: Secret::default() })
    }

    fn diagnostics(&self) -> Vec<u8> {
        Vec::new()
    }
}

fn state(adapter: Option<Box<dyn Process>>) -> State {
    let registry = Registry::new(Ecosystem::Cargo, "sparse+https://a/").unwrap();
    let grant = ProcessGrant {
        program: CAT.to_owned(),
        arguments: Some(Vec::new()),
        environment: Vec::new(),
        digest: None,
        terminal: false,
        new_privileges: false,
        receives: vec!["login".parse().unwrap()],
    };
    let capabilities = Capabilities { process: vec![grant], ..Capabilities::default() };
    let adapters = Adapters { process: adapter, ..Adapters::default() };
    State::new(registry, Operation::Logout, capabilities, adapters)
}

fn start(state: &mut State) -> Result<Resource<Child>, Failure> {
    let command =
        Command { program: CAT.to_owned(), arguments: Vec::new(), environment: Vec::new() };
    state.start(command).unwrap()
}

fn borrow(child: &Resource<Child>) -> Resource<Child> {
    Resource::new_borrow(child.rep())
}

#[test]
fn a_machine_without_programs_says_so() {
    let Err(Failure::Other(messages)) = start(&mut state(None)) else { panic!("it started") };
    assert_eq!(messages, ["starting programs is not available on this machine"]);
}

#[test]
fn a_line_comes_from_all_that_was_written_before_it() {
    let mut state = state(Some(Box::new(Fake { said: false })));
    let child = start(&mut state).unwrap();
    let secret = state.seal(Secret::from("token"), Origins::of(Origin::Login)).unwrap();
    let parts = vec![Part::Secret(Resource::new_borrow(secret.rep()))];
    state.write(borrow(&child), parts).unwrap().unwrap();
    let line = state.read_line(borrow(&child)).unwrap().unwrap().unwrap();
    let origins = &state.table.get(&line).unwrap().origins;
    let expected: Origins = [Origin::Program(CAT.to_owned()), Origin::Login].into_iter().collect();
    assert_eq!(*origins, expected);
}

#[test]
fn a_failure_is_told_with_the_last_twenty_lines() {
    let mut state = state(Some(Box::new(Fake { said: true })));
    let child = start(&mut state).unwrap();
    state.read_line(borrow(&child)).unwrap().unwrap();
    assert!(state.read_line(borrow(&child)).unwrap().is_err());
    let told = state.errors.first().unwrap();
    assert_eq!(told.len(), 21);
    assert_eq!(told.first().unwrap(), "it did not answer");
    assert_eq!(told.get(1).unwrap(), "word 11");
    assert_eq!(told.last().unwrap(), "word 30");
}

#[test]
fn a_program_that_is_not_waited_for_in_time_is_ended() {
    let mut state = state(Some(Box::new(Fake { said: true })));
    let child = start(&mut state).unwrap();
    assert!(state.finish(borrow(&child)).unwrap().is_err());
    assert!(state.table.get(&child).unwrap().program.is_none());
    assert!(state.output.text().starts_with("/bin/cat: word 1\n"));
    let Err(Failure::Other(messages)) = state.finish(borrow(&child)).unwrap() else {
        panic!("it was waited for twice")
    };
    assert_eq!(messages, ["the program was waited for already"]);
}

#[test]
fn whoever_starts_another_program_did_not_fail_over_the_last() {
    let mut state = state(Some(Box::new(Ends(1))));
    let ask = |state: &mut State| {
        let child = start(state).unwrap();
        assert_eq!(state.finish(borrow(&child)).unwrap().unwrap().status, 1);
    };
    ask(&mut state);
    ask(&mut state);
    state.keep_discontent();
    assert_eq!(state.errors, [["`/bin/cat` ended with status 1"]], "the last one's alone");
}

#[test]
fn how_a_program_ended_stands_before_what_the_host_could_not_do_afterwards() {
    let mut state = state(Some(Box::new(Ends(1))));
    let child = start(&mut state).unwrap();
    state.finish(borrow(&child)).unwrap().unwrap();
    let _ = state.report(vec!["the disk is full".to_owned()]);
    assert_eq!(state.errors, [["`/bin/cat` ended with status 1"], ["the disk is full"]]);
}
