//! What implements the interface, by its types and not by its names alone.

use std::fs;
use std::path::PathBuf;

use lockgate_tests::guests::Guest;
use lockgate_tests::{Home, Output};

use super::{MANIFEST, in_store, provider};

/// Packs and installs what this text of a component says.
fn install(home: &Home, component: &[u8]) -> Output {
    let (bare, text) = (home.project().join("made.wasm"), home.project().join("made.toml"));
    let packed: PathBuf = home.project().join("made.provider.wasm");
    fs::write(&bare, component).unwrap();
    fs::write(&text, MANIFEST).unwrap();
    let [bare, text, file] = [&bare, &text, &packed].map(|path| path.display().to_string());
    let _ = provider(home, &["pack", &bare, "--manifest", &text, "-o", &file]).succeeds();
    provider(home, &["install", &file, "--grant-all"])
}

fn of(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A component that exports three functions without parameters under the right names.
const OTHER_TYPES: &str = r#"(component
    (core module $m (func (export "f")))
    (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $p (export "get" (func $f)) (export "login" (func $f)) (export "logout" (func $f)))
    (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;

/// The twin is in the test: what fits is installed.
#[test]
fn what_only_has_the_names_of_a_provider_is_not_installed() {
    let home = Home::new();
    let empty = r#"(component (instance $p)
        (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;
    let steals = r#"(component
        (import "lockgate:provider/store@0.1.0" (instance (export "steal" (func))))
        (instance $p) (export "lockgate:provider/provider@0.1.0" (instance $p)))"#;
    for (component, says) in [(empty, "get"), (steals, "steal"), (OTHER_TYPES, "function `get`")] {
        let refused = install(&home, &of(component)).exits_with(1);
        assert!(refused.stderr.contains(says), "{says}: {refused}");
        assert!(in_store(&home).is_empty());
    }
    let _ = install(&home, Guest::named("table-of-50000").component).succeeds();
}

/// 4 KB that declare five million variables, which a compiler would have to look at one by one. The twin
/// is in the test: with fewer of them there is nothing wrong but that it is no provider.
#[test]
fn a_component_that_declares_much_in_few_bytes_is_refused_before_anybody_is_asked() {
    let home = Home::new();
    let declaring = |functions: usize| {
        let locals = format!("(func (local {}))", "i32 ".repeat(50_000)).repeat(functions);
        of(&format!(
            "(component (core module {locals}) (instance $p) \
             (export \"lockgate:provider/provider@0.1.0\" (instance $p)))"
        ))
    };
    let (bare, text) = (home.project().join("made.wasm"), home.project().join("made.toml"));
    fs::write(&text, MANIFEST).unwrap();
    let pack = |component: &[u8]| {
        fs::write(&bare, component).unwrap();
        let [bare, text] = [&bare, &text].map(|path| path.display().to_string());
        provider(&home, &["pack", &bare, "--manifest", &text])
    };
    let much = declaring(100);
    assert!(much.len() < 4096, "{}", much.len());
    let _ = pack(&much).exits_with(1).says("declare more than").never_says("Grant");
    let file = home.project().join("made.wasm").display().to_string();
    let _ = provider(&home, &["inspect", &file]).exits_with(1).says("declare more than");
    let _ = pack(&declaring(10)).succeeds();
}
