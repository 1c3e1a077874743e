//! wasmtime's configuration, shared by the build, the installer and the sandbox.
