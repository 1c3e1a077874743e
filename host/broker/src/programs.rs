//! The programs that the providers of one request may start.

use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

use lockgate_adapters::{DockerHelpers, NativePrograms, PROGRAM_DEADLINE, PassPrograms};
use lockgate_core::{Capabilities, Operation, Process, ProcessGrant, Request};
use lockgate_system::{Launchable, Launcher, Variable};
use zeroize::Zeroizing;

use crate::bridge::{DOCKER_HELPER, PASS, TOKEN_FROM_STDOUT};
use crate::prepare::Prepared;
use crate::{Context, End};

/// What every program finds in its environment, and no more: no search in folders of the user's.
const PATH: &str = "/usr/bin:/bin";
const LANGUAGE: &str = "C.UTF-8";

/// The process that starts programs, and the grants that it was made with; none where nothing may
/// be started.
pub(crate) struct Programs {
    launcher: Option<Arc<Launcher>>,
    grants: Vec<ProcessGrant>,
}

impl Programs {
    pub(crate) fn none() -> Self {
        Self { launcher: None, grants: Vec::new() }
    }

    /// Splits the launcher off, if any of the providers may start a program.
    pub(crate) fn split_off<'a>(
        all: impl Iterator<Item = &'a Prepared>,
        context: &Context,
    ) -> Result<Self, End> {
        let (mut grants, mut allowed) = (Vec::new(), Vec::new());
        for prepared in all {
            for grant in &prepared.decided.capabilities.process {
                allowed.push(launchable(grant, prepared, context));
                grants.push(grant.clone());
            }
        }
        if grants.is_empty() {
            return Ok(Self::none());
        }
        let launcher = Launcher::fork(allowed, context.machine.folders.state.join("programs"))
            .map_err(End::NoLauncher)?;
        Ok(Self { launcher: Some(Arc::new(launcher)), grants })
    }

    /// The adapter for one provider; it starts nothing but what that one was granted, since the
    /// sandbox asks its capabilities first.
    pub(crate) fn adapter(
        &self,
        provider: &str,
        request: &Request,
        capabilities: &Capabilities,
    ) -> Option<Box<dyn Process>> {
        let launcher = self.launcher.as_ref().filter(|_| !capabilities.process.is_empty())?;
        let programs = NativePrograms::new(Arc::clone(launcher), self.grants.clone());
        let told = match &request.operation {
            Operation::Login(input) => input.secret.clone(),
            Operation::Get(_) | Operation::Logout => None,
        };
        Some(match provider {
            DOCKER_HELPER => Box::new(DockerHelpers::new(programs, told)),
            PASS => Box::new(PassPrograms::new(programs)),
            _ => Box::new(programs),
        })
    }
}

fn launchable(grant: &ProcessGrant, prepared: &Prepared, context: &Context) -> Launchable {
    let granted = grant.clone();
    let handed_on: Vec<_> =
        grant.environment.iter().map(|name| variable(name, own(name))).collect();
    // A bridge does not know what its program needs; who granted it does.
    let mut fixed = if prepared.provider.bridge { handed_on.clone() } else { Vec::new() };
    fixed.extend(of_registry(prepared));
    fixed.extend(of_docker(prepared, context));
    fixed.extend([
        variable("PATH", Some(PATH.into())),
        variable("LANG", Some(LANGUAGE.into())),
        variable("HOME", context.machine.home().map(|home| home.as_os_str().to_owned())),
        variable("USER", own("USER")),
    ]);
    Launchable {
        program: grant.program.clone().into(),
        digest: grant.digest,
        terminal: grant.terminal,
        new_privileges: grant.new_privileges,
        deadline: PROGRAM_DEADLINE,
        granted: handed_on,
        fixed,
        arguments: Box::new(move |arguments| granted.covers_arguments(arguments)),
    }
}

/// What cargo tells a program that prints a token of the registry that it is for.
fn of_registry(prepared: &Prepared) -> Vec<Variable> {
    if prepared.provider.name != TOKEN_FROM_STDOUT {
        return Vec::new();
    }
    let registry = &prepared.request.registry;
    vec![
        variable("CARGO_REGISTRY_INDEX_URL", Some(registry.url().into())),
        variable("CARGO_REGISTRY_NAME_OPT", registry.name.clone().map(Into::into)),
    ]
}

/// Which of docker's configurations is in use, which docker itself does not tell its helpers.
fn of_docker(prepared: &Prepared, context: &Context) -> Option<Variable> {
    let places = context.docker.as_ref().filter(|_| prepared.provider.name == DOCKER_HELPER)?;
    let folder = places.config_file.parent()?;
    Some(variable("DOCKER_CONFIG", Some(folder.as_os_str().to_owned())))
}

fn variable(name: &str, value: Option<std::ffi::OsString>) -> Variable {
    let value = value.map(|value| Zeroizing::new(value.into_vec()));
    Variable { name: name.to_owned(), value }
}

/// A variable of this process.
#[allow(clippy::disallowed_methods, reason = "a program gets the host's own values")]
pub(crate) fn own(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
