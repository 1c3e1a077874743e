//! Compiling what others wrote: in a process of its own, within limits.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::time::Duration;

use lockgate_core::{escape_lines, shorten};
#[cfg(feature = "compile")]
use lockgate_engine::{Component, Engine};
use lockgate_system::{ChildError, ChildLimits, OWN_PROGRAM, limited_child};

/// The only argument of a program that is to compile what is on its standard input.
pub const COMPILE_ARGUMENT: &str = "--compile-component";

/// Most bytes of compiled code: ten times the largest component, which is more than optimised code
/// takes.
pub(crate) const MAX_CODE: usize = 160 << 20;

/// What compiling may use. A component of 5 MiB takes a few seconds and some hundred MiB; the
/// largest one several times as much, and on a slow machine.
const LIMITS: ChildLimits = ChildLimits {
    memory: 3 << 30,
    cpu: Duration::from_secs(120),
    wall: Duration::from_secs(150),
    output: MAX_CODE,
};

/// Most bytes of what the compiler says about a component.
const MAX_SAID: usize = 2000;

/// The exit status of a compiler that refuses the component and said why on standard error.
pub const REFUSED: u8 = 3;

/// Why a component was not compiled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The child process did not end well: it met a limit, or did not start.
    #[error("the compiler did not finish, so this component cannot be run")]
    Child(#[source] ChildError),
    /// The compiler refuses the component; in its own words.
    #[error("{0}")]
    Refused(String),
}

/// The program that compiles when it is started with [`COMPILE_ARGUMENT`]: this very one.
fn compiler_program() -> PathBuf {
    PathBuf::from(OWN_PROGRAM)
}

/// Compiles a component in a child process.
///
/// # Errors
/// If the child does not start, meets a limit or refuses the component.
pub fn compile_in_child(component: &[u8]) -> Result<Vec<u8>, CompileError> {
    let argument = OsStr::new(COMPILE_ARGUMENT);
    let code = limited_child(&compiler_program(), &[argument], component, &LIMITS);
    code.map_err(|error| match error {
        ChildError::Failed { said, code } if code == i32::from(REFUSED) => {
            let said = shorten(said.trim(), MAX_SAID);
            CompileError::Refused(escape_lines(&said))
        }
        error => CompileError::Child(error),
    })
}

/// Which code this program loads: its version, and the machine that it is for.
pub(crate) fn code_version() -> String {
    format!("{}-{}", lockgate_engine::CompiledCode::version(), env!("LOCKGATE_TARGET"))
}

/// The child's work: compiles what `input` has, for the machine that this program is for, and writes
/// the code to `output`. `check` says whether the component is a provider; it is also given one that
/// is.
///
/// # Errors
/// If the component is larger than one may be, is refused, or `output` cannot be written.
#[cfg(feature = "compile")]
pub fn compile_stream<E: std::error::Error + 'static>(
    input: impl std::io::Read,
    mut output: impl std::io::Write,
    check: impl FnOnce(&Engine, &Component, &Component) -> Result<(), E>,
) -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Read as _;

    use crate::component::{ExamineError, MAX_COMPONENT};

    let mut component = Vec::new();
    input.take(MAX_COMPONENT as u64 + 1).read_to_end(&mut component)?;
    if component.len() > MAX_COMPONENT {
        return Err(ExamineError::TooLarge { size: component.len() }.into());
    }
    let engine = Engine::compiler(env!("LOCKGATE_TARGET"))?;
    let (component, code) = engine.compile(&component)?;
    check(&engine, &component, &model(&engine)?)?;
    output.write_all(&code)?;
    Ok(output.flush()?)
}

/// A provider that fits the interface: all that are built in do.
#[cfg(feature = "compile")]
fn model(engine: &Engine) -> Result<Component, Box<dyn std::error::Error>> {
    let model = crate::built_in_names().find_map(crate::built_in);
    let model = model.ok_or("no provider is built in")??;
    Ok(engine.load(&model.compiled)?)
}
