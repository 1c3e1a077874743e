//! wasmtime's configuration and nothing else: the build that precompiles the built-in providers, the
//! installer and the sandbox share it, since compiled code only loads into an engine that is
//! configured alike.

mod config;
mod load;

pub use load::CompiledCode;
pub use wasmtime::component::Component;

/// An engine that runs compiled components. One for each process.
#[derive(Clone)]
pub struct Engine(wasmtime::Engine);

/// Why there is no engine, or why it does not take a component.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime does not accept the configuration on this machine.
    #[error("the WebAssembly engine cannot start on this machine")]
    Configuration(#[source] wasmtime::Error),
    /// Compiled by another version or for another machine, or not compiled code.
    #[error("the provider's compiled code does not fit this version of the host")]
    Load(#[source] wasmtime::Error),
    /// Cranelift refuses the component.
    #[cfg(feature = "compile")]
    #[error("the component cannot be compiled")]
    Compile(#[source] wasmtime::Error),
}

impl Engine {
    /// An engine for this machine that only loads what was compiled before.
    ///
    /// # Errors
    /// If this machine lacks something that compiled code relies on.
    pub fn new() -> Result<Self, EngineError> {
        #[cfg_attr(not(feature = "compile"), expect(unused_mut, reason = "nothing to switch off"))]
        let mut config = config::shared().map_err(EngineError::Configuration)?;
        // Making a compiler takes longer than loading a component.
        #[cfg(feature = "compile")]
        config.enable_compiler(false);
        wasmtime::Engine::new(&config).map(Self).map_err(EngineError::Configuration)
    }

    /// An engine that compiles for `target` (a triple such as `x86_64-unknown-linux-gnu`): for every
    /// processor of that kind, with no feature beyond the least one's.
    ///
    /// # Errors
    /// If Cranelift does not know the target.
    #[cfg(feature = "compile")]
    pub fn compiler(target: &str) -> Result<Self, EngineError> {
        let mut config = config::shared().map_err(EngineError::Configuration)?;
        config.target(target).map_err(EngineError::Configuration)?;
        config.cranelift_opt_level(wasmtime::OptLevel::Speed);
        wasmtime::Engine::new(&config).map(Self).map_err(EngineError::Configuration)
    }

    /// Compiles a component ahead of time.
    ///
    /// # Errors
    /// If it is no valid component, or uses a part of WebAssembly that is switched off.
    #[cfg(feature = "compile")]
    pub fn precompile(&self, component: &[u8]) -> Result<Vec<u8>, EngineError> {
        self.0.precompile_component(component).map_err(EngineError::Compile)
    }

    /// The same, with the component itself, to be looked at.
    ///
    /// # Errors
    /// As [`Engine::precompile`], or if the engine's target is another machine than this one.
    #[cfg(feature = "compile")]
    pub fn compile(&self, component: &[u8]) -> Result<(Component, Vec<u8>), EngineError> {
        let component = Component::from_binary(&self.0, component).map_err(EngineError::Compile)?;
        let code = component.serialize().map_err(EngineError::Compile)?;
        Ok((component, code))
    }

    /// wasmtime's own engine, for the sandbox.
    pub fn inner(&self) -> &wasmtime::Engine {
        &self.0
    }

    /// Lets every running call notice that time has passed.
    pub fn tick(&self) {
        self.0.increment_epoch();
    }
}
