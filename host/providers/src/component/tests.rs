use super::walk::{MAX_DEPTH, MAX_FUNCTIONS, MAX_LOCALS, MAX_MANIFEST, MAX_PARTS};
use super::{Digest, ExamineError, Examined, MAX_COMPONENT, examine};

const MANIFEST: &str = r#"(@custom "lockgate:manifest" "name = 1")"#;
const EXPORT: &str = r#"(instance $p) (export "lockgate:provider/provider@0.1.0" (instance $p))"#;

/// A component with these parts.
fn component(parts: &[&str]) -> Vec<u8> {
    wat::parse_str(format!("(component {})", parts.join("\n"))).unwrap()
}

/// Examines a good provider with these parts in it.
fn with(parts: &[&str]) -> Result<Examined, ExamineError> {
    examine(&component(&[&[MANIFEST, EXPORT], parts].concat()))
}

fn refusal(outcome: Result<Examined, ExamineError>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn tells_what_a_provider_says_of_itself() {
    let names = ["lockgate:provider/secrets@0.1.3", "wasi:io/streams@0.2.6"];
    let imports = names.map(|name| format!(r#"(import "{name}" (instance))"#));
    let bytes = component(&[&imports[0], &imports[1], MANIFEST, EXPORT]);
    let examined = examine(&bytes).unwrap();
    assert_eq!(examined.manifest, "name = 1");
    assert_eq!(examined.imports, names);
    assert_eq!(examined.world, "0.1.0");
    assert_eq!(examined.digest, Digest::of(&bytes));
}

#[test]
fn other_files_are_refused_in_words() {
    let module = wat::parse_str("(module)").unwrap();
    assert!(refusal(examine(&module)).contains("core module"));
    assert!(refusal(examine(b"\x7fELF\x02\x01\x01\0 and so on")).contains("machine code"));
    assert!(refusal(examine(b"\0asm\x0c\0\x01\0")).contains("version 12 and layer 1"));
    assert!(refusal(examine(b"\0asm\x0d\0\x02\0")).contains("version 13 and layer 2"));
    for bytes in [&b""[..], b"\0asm", b"#!/bin/sh\n", &[0; 64]] {
        assert!(refusal(examine(bytes)).contains("not WebAssembly"), "{bytes:?}");
    }
}

#[test]
fn size_has_an_end() {
    let mut bytes = component(&[MANIFEST, EXPORT]);
    bytes.resize(MAX_COMPONENT + 1, 0);
    assert!(matches!(examine(&bytes), Err(ExamineError::TooLarge { .. })));
    bytes.truncate(MAX_COMPONENT);
    assert!(matches!(examine(&bytes), Err(ExamineError::Invalid(_))));
}

#[test]
fn every_truncation_is_refused() {
    let export = r#"(instance) (export "lockgate:provider/provider@0.1.0" (instance 0))"#;
    let bytes = component(&["(core module (memory 1))", export, MANIFEST]);
    assert!(examine(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert!(examine(&bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn only_known_interfaces_are_imported() {
    for (name, advice) in [
        ("wasi:sockets/tcp@0.2.6", "lockgate:provider/http"),
        ("wasi:http/outgoing-handler@0.2.6", "lockgate:provider/http"),
        ("wasi:cli/run@0.2.6", "does without"),
        ("wasi:io/streams@0.3.0", "does without"),
        ("wasi:io/streams@0.2.0-rc-2023-11-10", "does without"),
        ("wasi:io/streams", "does without"),
        ("lockgate:provider/keys@0.1.0", "a host"),
        ("lockgate:provider/store@0.2.0", "a host"),
        ("corp:internal/thing@1.0.0", "does without"),
        ("plain-name", "does without"),
    ] {
        let shown = refusal(with(&[&format!(r#"(import "{name}" (instance))"#)]));
        assert!(shown.contains(name) && shown.contains(advice), "{shown}");
    }
    let function = r#"(import "lockgate" (func))"#;
    assert!(refusal(with(&[function])).contains("imports `lockgate`"));
}

#[test]
fn imports_of_inner_components_are_their_own_business() {
    let inner = r#"(component (import "wasi:sockets/tcp@0.2.6" (instance)))"#;
    assert_eq!(with(&[inner]).unwrap().imports, Vec::<String>::new());
}

#[test]
fn a_provider_exports_what_a_provider_does() {
    let bare = examine(&component(&[MANIFEST]));
    assert!(refusal(bare).contains("does not export `lockgate:provider/provider@0.1.0`"));
    let export = EXPORT.replace("0.1.0", "0.2.0");
    assert!(refusal(examine(&component(&[MANIFEST, &export]))).contains("provider@0.2.0"));
    let export = EXPORT.replace("0.1.0", "0.1.7");
    assert!(examine(&component(&[MANIFEST, &export])).is_ok());
    let inner = format!("(component {EXPORT})");
    let outcome = examine(&component(&[MANIFEST, &inner]));
    assert!(matches!(outcome, Err(ExamineError::NotAProvider)));
}

#[test]
fn there_is_exactly_one_manifest_in_the_whole_file() {
    let none = examine(&component(&[EXPORT]));
    assert!(matches!(none, Err(ExamineError::NoManifest)));
    let module = format!("(core module {MANIFEST})");
    let deep = format!("(component {module})");
    for second in [MANIFEST, &module, &deep] {
        assert!(matches!(with(&[second]), Err(ExamineError::TwoManifests)), "{second}");
        let alone = examine(&component(&[EXPORT, second])).unwrap();
        assert_eq!(alone.manifest, "name = 1");
    }
}

#[test]
fn a_manifest_is_text_of_a_sane_length() {
    let binary = r#"(@custom "lockgate:manifest" "\ff")"#;
    let outcome = examine(&component(&[EXPORT, binary]));
    assert!(matches!(outcome, Err(ExamineError::ManifestNotText)));
    for (size, good) in [(MAX_MANIFEST, true), (MAX_MANIFEST + 1, false)] {
        let long = format!(r#"(@custom "lockgate:manifest" "{}")"#, "a".repeat(size));
        assert_eq!(examine(&component(&[EXPORT, &long])).is_ok(), good, "{size}");
    }
}

#[test]
fn nesting_and_number_of_parts_have_an_end() {
    let nested = |depth| (0..depth).fold(String::new(), |inner, _| format!("(component {inner})"));
    assert!(with(&[&nested(MAX_DEPTH - 1)]).is_ok());
    assert!(matches!(with(&[&nested(MAX_DEPTH)]), Err(ExamineError::TooDeep)));
    let modules = |count| "(core module)".repeat(count);
    assert!(with(&[&modules(MAX_PARTS - 1)]).is_ok());
    assert!(matches!(with(&[&modules(MAX_PARTS)]), Err(ExamineError::TooManyParts)));
}

#[test]
fn strings_are_utf8_everywhere() {
    let lifting = |encoding: &str| {
        format!(
            r#"(component
                (core module $m
                    (memory (export "memory") 1)
                    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
                    (func (export "f") (param i32 i32)))
                (core instance $i (instantiate $m))
                (func (param "text" string) (canon lift (core func $i "f")
                    (memory (core memory $i "memory")) (realloc (core func $i "realloc"))
                    string-encoding={encoding})))"#
        )
    };
    assert!(with(&[&lifting("utf8")]).is_ok());
    for encoding in ["utf16", "latin1+utf16"] {
        let outcome = with(&[&lifting(encoding)]);
        assert!(matches!(outcome, Err(ExamineError::StringEncoding)), "{encoding}");
    }
}

#[test]
fn what_toolchains_do_not_need_is_not_valid() {
    for (part, name) in [
        ("(core module (memory 1 1 shared))", "threads"),
        ("(core module (memory i64 1))", "memory64"),
        ("(core module (tag))", "exceptions"),
        ("(core module (func return_call 0))", "tail calls"),
        ("(core module (type (struct)))", "garbage collection"),
        ("(core module (memory 1) (memory 1))", "several memories"),
        ("(core func (canon task.cancel))", "asynchronous calls"),
        ("(core module (func (result i32)))", "an ill-typed function"),
    ] {
        assert!(matches!(with(&[part]), Err(ExamineError::Invalid(_))), "{name}");
    }
    with(&["(core module (memory 1) (func (result v128) v128.const i64x2 1 2))"]).unwrap();
}

/// Some bytes of code that declare much. Both are valid one by one.
#[test]
fn functions_and_their_local_variables_have_an_end() {
    // As many as one function may declare.
    const MOST: u64 = 50_000;
    let declaring = |functions: u64| {
        let one = format!("(func (local {}))", "i32 ".repeat(MOST as usize));
        // All in one run, which takes a few bytes.
        with(&[&format!("(core module {})", one.repeat(functions as usize))])
    };
    assert!(declaring(MAX_LOCALS / MOST).is_ok());
    let outcome = declaring(MAX_LOCALS / MOST + 1);
    assert!(matches!(outcome, Err(ExamineError::TooManyLocals)), "{outcome:?}");
    let functions = |count: usize| with(&[&format!("(core module {})", "(func)".repeat(count))]);
    assert!(functions(MAX_FUNCTIONS / 2).is_ok());
    // Of all modules together.
    let half = format!("(core module {})", "(func)".repeat(MAX_FUNCTIONS / 2));
    let outcome = with(&[&half, &half, "(core module (func))"]);
    assert!(matches!(outcome, Err(ExamineError::TooManyFunctions)), "{outcome:?}");
}
