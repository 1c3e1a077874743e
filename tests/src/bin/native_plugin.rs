//! The least that a native credential provider of cargo's does. The benches start it directly and
//! through Lockgate.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a part of a bench ends at the first failure, and answers on standard output"
)]

fn main() {
    println!(r#"{{"v":[1]}}"#);
    let mut request = String::new();
    std::io::stdin().read_line(&mut request).unwrap();
    assert!(request.contains(r#""kind":"get""#));
    println!(
        r#"{{"Ok":{{"kind":"get","token":"bench","cache":"session","operation_independent":true}}}}"#
    );
}
