//! The one place outside the OS boundary with `unsafe`: compiled code is native code.

use std::borrow::Cow;

use wasmtime::component::Component;

use crate::{Engine, EngineError, config};

/// Machine code that this project compiled from a component. Whoever makes one vouches for where
/// the bytes came from; it is the only thing that [`Engine::load`] takes.
#[derive(Clone)]
pub struct CompiledCode(Cow<'static, [u8]>);

impl CompiledCode {
    /// Code that the build of this very program compiled and put into it.
    pub fn built_in(bytes: &'static [u8]) -> Self {
        Self(Cow::Borrowed(bytes))
    }

    /// Code that this very program compiled, kept in a file of the user's own, and whose hash the
    /// caller has just compared with the one that was recorded then.
    pub fn verified(bytes: Vec<u8>) -> Self {
        Self(Cow::Owned(bytes))
    }

    /// The kind of code that this program compiles and loads: its own version, wasmtime's and the
    /// configuration's.
    pub fn version() -> &'static str {
        config::VERSION
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Engine {
    /// Maps compiled code into memory.
    ///
    /// # Errors
    /// If it was compiled by another version, with another configuration or for another machine.
    #[allow(
        unsafe_code,
        reason = "wasmtime cannot check machine code; its provenance is vouched for"
    )]
    pub fn load(&self, code: &CompiledCode) -> Result<Component, EngineError> {
        // SAFETY: the bytes are what wasmtime itself wrote, unaltered: `CompiledCode` is only made
        // from bytes inside this program, and from a file of the user's own whose hash is the one
        // that was recorded when this program compiled it. Output of another version or configuration is recognised
        // and refused by wasmtime.
        unsafe { Component::deserialize(self.inner(), &code.0) }.map_err(EngineError::Load)
    }
}

#[cfg(test)]
mod tests {
    use super::CompiledCode;
    use crate::{Engine, EngineError};

    #[test]
    fn what_is_not_compiled_code_is_refused() {
        let engine = Engine::new().unwrap();
        for bytes in [&b""[..], b"\0asm\x0d\0\x01\0", b"\x7fELF"] {
            let loaded = engine.load(&CompiledCode::built_in(bytes));
            assert!(matches!(loaded, Err(EngineError::Load(_))), "{bytes:?}");
        }
    }
}
