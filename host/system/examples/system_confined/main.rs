//! What the tests do in processes of their own, free and confined. Its first arguments say what is
//! granted, or that it is not confined; then comes a deed. It ends with 0 if the deed was done, with
//! 1 and the reason if it was refused, and
//! with 2 if there was nothing to do it with.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a part of the tests, which do what is forbidden, and fail by panicking"
)]

mod children;
mod files;
mod network;
mod processes;

use std::io;
use std::process::ExitCode;

use lockgate_system::{Confinement, confine};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (confinement, deed) = confinement(&arguments);
    processes::prepare(deed);
    if let Some(confinement) = confinement {
        let confined = confine(&confinement);
        assert!(confined.is_complete(), "{confined:?}");
    }
    match act(deed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// `free DEED...` or `confined [read PATH | write PATH | connect PORT | terminal]... do DEED...`.
fn confinement<'a>(arguments: &'a [&'a str]) -> (Option<Confinement>, &'a [&'a str]) {
    let mut confinement = Confinement::default();
    let mut rest = match *arguments {
        ["free", ref deed @ ..] => return (None, deed),
        ["confined", ref rest @ ..] => rest,
        _ => panic!("the tests and their child disagree about {arguments:?}"),
    };
    loop {
        rest = match *rest {
            ["do", ref deed @ ..] => return (Some(confinement), deed),
            ["terminal", ref rest @ ..] => {
                confinement.terminal = true;
                rest
            }
            ["read", path, ref rest @ ..] => {
                confinement.read.push(path.into());
                rest
            }
            ["write", path, ref rest @ ..] => {
                confinement.write.push(path.into());
                rest
            }
            ["connect", port, ref rest @ ..] => {
                confinement.connect.push(port.parse().unwrap());
                rest
            }
            _ => panic!("the tests and their child disagree about {rest:?}"),
        };
    }
}

fn act(deed: &[&str]) -> io::Result<()> {
    match *deed {
        ["file", ref deed @ ..] => files::act(deed),
        ["network", ref deed @ ..] => network::act(deed),
        ["process", ref deed @ ..] => processes::act(deed),
        ["child", ref deed @ ..] => children::act(deed),
        _ => panic!("the tests and their child disagree about {deed:?}"),
    }
}

/// What a system call says that is made by its number alone.
fn answer(result: libc::c_long) -> io::Result<()> {
    match result {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
