//! Compiling a stranger's component ends by its limits. The tests look at this process's children,
//! and so nothing else is tested here.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is how a test fails")]

use std::ffi::OsStr;
use std::fs;
use std::time::{Duration, Instant};

use lockgate_system::{ChildError, ChildLimits, limited_child};
use lockgate_tests::guests::Guest;
use lockgate_tests::programs;

const GENEROUS: ChildLimits = ChildLimits {
    memory: 3 << 30,
    cpu: Duration::from_secs(100),
    wall: Duration::from_secs(100),
    output: 100 << 20,
};

fn compile(component: &[u8], limits: &ChildLimits) -> Result<Vec<u8>, ChildError> {
    limited_child(&programs::lockgate(), &[OsStr::new("--compile-component")], component, limits)
}

/// A number as WebAssembly writes it.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value % 0x80) as u8 | 0x80);
        value /= 0x80;
    }
    bytes.push(value as u8);
    bytes
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id][..], &number(content.len()), content].concat()
}

/// A valid component of one module with so many functions of so many instructions.
fn bomb(functions: usize, instructions: usize) -> Vec<u8> {
    // No locals; each time `i32.const 1` and `i32.clz`, all dropped at the end by `unreachable`.
    let mut body = vec![0];
    body.extend([0x41, 1].repeat(instructions));
    body.extend([0x00, 0x0b]);
    let body = [number(body.len()), body].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[number(functions), vec![0; functions]].concat()),
        section(10, &[number(functions), body.repeat(functions)].concat()),
    ]
    .concat();
    [b"\0asm\x0d\0\x01\0".to_vec(), section(1, &module)].concat()
}

/// Children of this process that have ended and were not waited for, or still run.
fn children() -> Vec<String> {
    let own = format!(" {} ", std::process::id());
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let stats = processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    stats
        .filter(|stat| {
            let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
            after.get(2..).is_some_and(|parent| parent.starts_with(&own))
        })
        .collect()
}

#[test]
fn a_component_that_takes_too_long_to_compile_is_given_up_without_a_zombie() {
    let component = bomb(20_000, 300);
    assert!(component.len() < 16 << 20, "{}", component.len());
    let start = Instant::now();
    let outcome = compile(&component, &ChildLimits { cpu: Duration::from_secs(1), ..GENEROUS });
    assert!(matches!(outcome, Err(ChildError::Processor { .. })), "{:?}", outcome.map(|_| ()));
    assert!(start.elapsed() < Duration::from_secs(20));
    let outcome =
        compile(&component, &ChildLimits { wall: Duration::from_millis(300), ..GENEROUS });
    assert!(matches!(outcome, Err(ChildError::Time { .. })), "{:?}", outcome.map(|_| ()));
    let outcome = compile(&component, &ChildLimits { memory: 96 << 20, ..GENEROUS });
    assert!(outcome.is_err());
    assert_eq!(children(), Vec::<String>::new());
    // The same, but small, is compiled and no provider; and a real one.
    let small = compile(&bomb(20, 300), &ChildLimits { cpu: Duration::from_secs(5), ..GENEROUS });
    let Err(ChildError::Failed { code: 3, said }) = small else {
        panic!("{:?}", small.map(|_| ()));
    };
    assert!(said.contains("do not fit this version of the provider interface"), "{said}");
    let code = compile(Guest::named("table-of-50000").component, &GENEROUS).unwrap();
    assert!(code.starts_with(b"\x7fELF"));
    assert_eq!(children(), Vec::<String>::new());
}

#[test]
fn what_is_no_component_is_refused_by_the_compiler_itself() {
    for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"#!/bin/sh\n"] {
        match compile(bytes, &GENEROUS) {
            Err(ChildError::Failed { code: 3, said }) => assert!(!said.is_empty()),
            other => panic!("{:?}", other.map(|_| ())),
        }
    }
}
