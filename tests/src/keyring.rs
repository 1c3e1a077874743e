//! The kernel's keyring, which the machine that runs the tests has, unless it says that it has none.

use std::env;

use lockgate_adapters::KernelKeyring;

use crate::not_run::not_run;

/// Whoever sets it to 1 knows that what is about the kernel's keyring is not tested.
const WITHOUT: &str = "LOCKGATE_TESTS_WITHOUT_KEYRING";

/// Whether the kernel keeps keys for whoever runs the tests.
///
/// # Panics
/// If it does not, as in many a container, and nobody said that this is known.
pub fn is_there() -> bool {
    let Err(error) = KernelKeyring::check() else { return true };
    assert!(
        env::var_os(WITHOUT).is_some_and(|value| value == "1"),
        "this test needs the kernel's keyring: {error}; or set {WITHOUT}=1, and know that what is \
         kept in it is not tested"
    );
    not_run(&error.to_string());
    false
}
