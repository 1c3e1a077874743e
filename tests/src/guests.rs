//! Hostile providers, run as the broker runs any: what the manifest asks for and the grant gives,
//! in the sandbox.

mod attack;
mod machine;
mod programs;
mod seen;

use lockgate_core::{Ecosystem, Operation, Purpose, Registry, Request};
use lockgate_engine::{CompiledCode, Engine};
use lockgate_policy::{Facts, Grant, Manifest, capabilities};
use lockgate_sandbox::{Call, Outcome, call};

pub use attack::{Attack, Failed, attack};
pub use machine::Machine;
pub use seen::{Seen, answer, error};

/// The registry that requests are about. Nothing answers there.
pub const INDEX: &str = "sparse+https://corp.example/index/";
/// The variable in which cargo looks for its token.
pub const TOKEN_VARIABLE: &str = "CARGO_REGISTRIES_CORP_TOKEN";

/// The port of the loopback interface that the guests' manifests ask for, until a test knows the
/// one of its server.
const PORT: &str = "57357";

struct Entry {
    name: &'static str,
    component: &'static [u8],
    compiled: &'static [u8],
    manifest: &'static str,
}

static GUESTS: &[Entry] = &include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// One of the providers that the build made for the tests.
#[derive(Clone)]
pub struct Guest {
    /// Its component.
    pub component: &'static [u8],
    compiled: CompiledCode,
    manifest: String,
}

/// Everything for a call of [`call`] or its like.
pub struct Prepared {
    /// An engine of its own.
    pub engine: Engine,
    /// The component's code.
    pub compiled: CompiledCode,
    /// The call.
    pub call: Call,
}

impl Guest {
    /// The guest of that name, in `guests/` or `build.rs`.
    pub fn named(name: &str) -> Self {
        let entry = GUESTS.iter().find(|entry| entry.name == name);
        let entry = entry.unwrap_or_else(|| panic!("there is no guest {name}"));
        Self {
            component: entry.component,
            compiled: CompiledCode::built_in(entry.compiled),
            manifest: entry.manifest.to_owned(),
        }
    }

    /// The same with a manifest that asks for this port where it would ask for 57357.
    #[must_use]
    pub fn asking_for_port(mut self, port: u16) -> Self {
        self.manifest = self.manifest.replace(PORT, &port.to_string());
        self
    }

    /// Its component with such a manifest inside: another component, by its digest. The port has
    /// five digits, as those have that a system chooses, so that no length in the file changes.
    pub fn component_asking_for_port(&self, port: u16) -> Vec<u8> {
        let (from, to) = (PORT.as_bytes(), port.to_string().into_bytes());
        assert_eq!(from.len(), to.len(), "the port {port} has not five digits");
        let mut component = self.component.to_vec();
        let found: Vec<usize> = component
            .windows(from.len())
            .enumerate()
            .filter_map(|(at, window)| (window == from).then_some(at))
            .collect();
        assert!(!found.is_empty(), "its manifest does not ask for the port {PORT}");
        for at in found {
            component[at..at + to.len()].copy_from_slice(&to);
        }
        component
    }

    /// Its component with another manifest in the place of its own, filled up with blanks to the same
    /// length, so that no length in the file changes.
    pub fn component_with_manifest(&self, manifest: &str) -> Vec<u8> {
        let own = self.manifest.as_bytes();
        let room = own.len().checked_sub(manifest.len());
        let room = room.unwrap_or_else(|| panic!("a manifest has at most {} bytes", own.len()));
        let at = self.component.windows(own.len()).position(|window| window == own);
        let at = at.unwrap_or_else(|| panic!("its manifest is not in the component"));
        let mut component = self.component.to_vec();
        let text = [manifest.as_bytes(), &b"\n".repeat(room)].concat();
        component[at..at + own.len()].copy_from_slice(&text);
        component
    }

    /// What is needed to run it under a grant, on a machine.
    pub fn prepare(&self, grant: &str, request: Request, machine: &Machine) -> Prepared {
        let manifest = Manifest::parse(&self.manifest, "the manifest").unwrap();
        let grant = Grant::parse(grant, "the grant").unwrap();
        prepare(&manifest, &grant, &self.compiled, request, machine)
    }

    /// Runs it.
    pub fn run(&self, grant: &str, request: Request, machine: &Machine) -> Outcome {
        let Prepared { engine, compiled, call: prepared } = self.prepare(grant, request, machine);
        call(&engine, &engine.load(&compiled).unwrap(), prepared)
    }
}

/// What is needed to run a provider, decided as the broker decides it.
pub fn prepare(
    manifest: &Manifest,
    grant: &Grant,
    compiled: &CompiledCode,
    request: Request,
    machine: &Machine,
) -> Prepared {
    let facts = Facts {
        registry: &request.registry,
        token_variable: Some(TOKEN_VARIABLE),
        home: Some(machine.home()),
    };
    let capabilities = capabilities(manifest, grant, &facts).unwrap();
    let adapters = machine.adapters(&manifest.name, &request.registry);
    Prepared {
        engine: Engine::new().unwrap(),
        compiled: compiled.clone(),
        call: Call { request, capabilities, adapters },
    }
}

/// A request about [`INDEX`], with these words for the provider.
pub fn request(operation: Operation, words: &[&str]) -> Request {
    request_about(INDEX, operation, words)
}

/// A request about another index.
pub fn request_about(index: &str, operation: Operation, words: &[&str]) -> Request {
    Request {
        registry: Registry::new(Ecosystem::Cargo, index).unwrap().named(Some("corp".to_owned())),
        operation,
        arguments: words.iter().map(|&word| word.to_owned()).collect(),
    }
}

/// A request for a credential to read with.
pub fn get(words: &[&str]) -> Request {
    request(Operation::Get(Purpose::Read), words)
}
