//! The sign-on of the walk-through in the README: gives a token to whoever asks, and prints what it
//! was asked with.
#![allow(clippy::print_stdout, reason = "output is what it is for")]

#[cfg(unix)]
fn main() -> std::io::Result<()> {
    // The port that the provider `courier` asks for.
    let address = ("127.0.0.1", 57357);
    let listener = std::net::TcpListener::bind(address)?;
    println!("listening on http://{}:{}; Ctrl-C ends it", address.0, address.1);
    lockgate_tests::sign_on::serve(&listener, |request| {
        let told = |line: &&str| line.starts_with("POST") || line.starts_with("authorization");
        println!("{}", request.lines().filter(told).collect::<Vec<_>>().join(" "));
    });
    Ok(())
}

#[cfg(not(unix))]
fn main() {
    println!("The walk-through needs a Unix system.");
}
