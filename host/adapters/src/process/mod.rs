//! Native programs, which the launcher starts.

mod docker_helper;
mod error;
mod held;
mod pass;
mod program;

use std::sync::Arc;
use std::time::Duration;

use lockgate_core::{AdapterError, Process, ProcessGrant, ProcessRequest, Program};
use lockgate_system::Launcher;

pub use docker_helper::DockerHelpers;
pub use error::ProcessError;
pub use pass::PassPrograms;
use program::NativeProgram;

/// How long a program may run in all. A person has to unlock a store or to touch a key in that time; a
/// client that waits for longer looks as if it had stopped.
pub const PROGRAM_DEADLINE: Duration = Duration::from_secs(60);

/// The programs of this machine that the launcher was told of.
#[derive(Clone, Debug)]
pub struct NativePrograms {
    launcher: Arc<Launcher>,
    grants: Vec<ProcessGrant>,
}

impl NativePrograms {
    /// Programs that this launcher starts. `grants` are what it was told of, in the same order.
    #[must_use]
    pub fn new(launcher: Arc<Launcher>, grants: Vec<ProcessGrant>) -> Self {
        Self { launcher, grants }
    }
}

impl Process for NativePrograms {
    fn start(&self, request: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        let name = lockgate_core::escape(&request.grant.program);
        let index = self.grants.iter().position(|grant| *grant == request.grant);
        let index = index.ok_or_else(|| ProcessError::Unknown { program: name.clone() })?;
        let launched = self
            .launcher
            .start(index, &request.arguments, &request.environment)
            .map_err(|source| ProcessError::Start { program: name.clone(), source })?;
        Ok(Box::new(NativeProgram::new(name, Arc::clone(&self.launcher), launched)?))
    }
}
