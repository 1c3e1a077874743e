//! Deeds in children, and of children that have limits.

use std::io::{self, Read, Write};
use std::process::Command;
use std::time::Duration;

use lockgate_system::{ChildEnd, Confinement, confine, harden, serve_and_listen, serve_in_child};
use rustix::process::{DumpableBehavior, Resource, Signal, dumpable_behavior, getpid, getrlimit};

/// More than the pipe holds, which the child can only write while somebody reads.
fn listen(bytes: usize) -> io::Result<()> {
    let (mut told, mut tell) = io::pipe()?;
    let mut heard = Vec::new();
    let serve = move || u8::from(tell.write_all(&vec![b'x'; bytes]).is_err());
    let ended = serve_and_listen(serve, || drop(told.read_to_end(&mut heard)))?;
    println!("{} {ended:?}", heard.len());
    Ok(())
}

pub(crate) fn act(deed: &[&str]) -> io::Result<()> {
    match *deed {
        ["serve"] => serve(),
        ["serve-with-threads"] => {
            let (end, wait) = std::sync::mpsc::channel::<()>();
            let thread = std::thread::spawn(move || wait.recv());
            let served = serve_in_child(|| 0);
            drop(end);
            let _ = thread.join();
            served.map(|_| ())
        }
        ["serve-and-listen", bytes] => listen(bytes.parse().unwrap()),
        ["serve-and-wait"] => serve_in_child(|| {
            println!("{}", getpid().as_raw_nonzero());
            std::thread::sleep(Duration::from_secs(60));
            0
        })
        .map(|_| ()),
        ["echo"] => {
            let mut input = Vec::new();
            io::stdin().read_to_end(&mut input)?;
            io::stdout().write_all(&input)
        }
        ["tell"] => tell(),
        ["write"] => tempfile::tempfile()?.write_all(b"x"),
        ["eat", mebibytes] => {
            let eaten = vec![1_u8; mebibytes.parse::<usize>().unwrap() << 20];
            println!("{}", eaten.iter().map(|byte| u64::from(*byte)).sum::<u64>() >> 20);
            Ok(())
        }
        ["spin"] => loop {
            std::hint::spin_loop();
        },
        ["sleep"] => {
            std::thread::sleep(Duration::from_secs(60));
            Ok(())
        }
        ["flood"] => loop {
            io::stdout().write_all(&[b'x'; 4096])?;
        },
        ["complain"] => {
            for _ in 0..1000 {
                io::stderr().write_all(&[b'e'; 4096])?;
            }
            Err(io::Error::other("for a reason"))
        }
        ["crash"] => Ok(rustix::process::kill_process(getpid(), Signal::ILL)?),
        ["leave-behind", marker] => {
            let sleeper = Command::new("/bin/sleep").arg(marker).spawn()?;
            println!("{}", sleeper.id());
            Ok(())
        }
        _ => panic!("the tests and their child disagree about {deed:?}"),
    }
}

fn serve() -> io::Result<()> {
    assert!(harden().iter().all(|step| step.result.is_ok()));
    assert_eq!(serve_in_child(|| 7)?, ChildEnd::Code(7));
    let crash = || rustix::process::kill_process(getpid(), Signal::TERM).map_or(1, |()| 0);
    assert_eq!(serve_in_child(crash)?, ChildEnd::Signal(Signal::TERM.as_raw()));
    assert_eq!(serve_in_child(|| panic!("in the child"))?, ChildEnd::Code(101));
    // As hardened as its parent, and confined alone.
    let confined = serve_in_child(|| {
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
        assert!(std::fs::read("/etc/passwd").is_ok());
        assert!(confine(&Confinement::default()).is_complete());
        u8::from(std::fs::read("/etc/passwd").is_ok())
    })?;
    assert_eq!(confined, ChildEnd::Code(0));
    assert!(std::fs::read("/etc/passwd").is_ok());
    assert_eq!(serve_in_child(|| 0)?, ChildEnd::Code(0), "and the next one");
    Ok(())
}

/// What there is in a limited child.
fn tell() -> io::Result<()> {
    println!("variables {}", std::env::vars_os().count());
    println!("folder {}", std::env::current_dir()?.display());
    println!("group {}", rustix::process::getpgrp() == getpid());
    println!("core {:?}", getrlimit(Resource::Core).maximum);
    println!("privileges {}", rustix::thread::no_new_privs()?);
    println!("descriptors {}", std::fs::read_dir("/proc/self/fd")?.count() - 1);
    Ok(())
}
