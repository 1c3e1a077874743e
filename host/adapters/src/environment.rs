//! The environment of the process.

use lockgate_core::{Environment, Secret};

/// Reads each variable at the moment it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    #[expect(clippy::disallowed_methods, reason = "the adapter of the environment capability")]
    fn variable(&self, name: &str) -> Option<Secret> {
        // The standard library panics on none of these; a variable of such a name cannot be set.
        if name.is_empty() || name.contains(['=', '\0']) {
            return None;
        }
        std::env::var(name).ok().map(Secret::from)
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::Environment;

    use super::ProcessEnvironment;

    #[test]
    fn reads_what_is_set_and_nothing_else() {
        let path = ProcessEnvironment.variable("PATH").unwrap();
        assert!(!path.is_empty());
        for name in ["", "=", "PATH=", "PA\0TH", "LOCKGATE_TEST_NEVER_SET"] {
            assert!(ProcessEnvironment.variable(name).is_none(), "{name:?}");
        }
    }
}
