use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Why there are no guests.
#[derive(Debug, thiserror::Error)]
pub enum GuestBuildError {
    /// The standard library for the target is not there.
    #[error(
        "the providers are built for WebAssembly and its target is not installed: run `rustup target add wasm32-wasip2`"
    )]
    MissingTarget,
    /// A program cannot be started.
    #[error("cannot run `{program}`")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The compiler does not answer a question about itself.
    #[error("`{program}` does not say where its libraries are")]
    Compiler {
        /// The compiler.
        program: String,
    },
    /// cargo failed, after saying why on standard error.
    #[error("the guests in {} do not build; cargo says why above", .workspace.display())]
    Cargo {
        /// Their workspace.
        workspace: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl GuestBuildError {
    pub(crate) fn start(command: &Command, source: io::Error) -> Self {
        Self::Start { program: command.get_program().to_string_lossy().into_owned(), source }
    }
}
