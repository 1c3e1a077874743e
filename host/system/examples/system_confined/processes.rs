//! Deeds with other processes, the kernel and the terminal.

#![allow(unsafe_code, reason = "some of what is tried no safe interface offers")]

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::process::Command;
use std::sync::OnceLock;

use lockgate_system::{caller, harden, has_terminal};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, test_kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;

use crate::answer;

static TERMINAL: OnceLock<(File, File)> = OnceLock::new();

pub(crate) fn act(deed: &[&str]) -> io::Result<()> {
    match *deed {
        ["run", program] => Command::new(program).status().map(|_| ()),
        ["become", program] => {
            let error = std::os::unix::process::CommandExt::exec(&mut Command::new(program));
            Err(error)
        }
        ["signal", pid] => Ok(test_kill_process(number(pid))?),
        ["trace", pid] => trace(number(pid)),
        ["call", call] => call_by_number(call.parse().unwrap()),
        ["name-space"] => name_space(),
        ["start-thread"] => {
            std::thread::Builder::new().spawn(|| ()).map(|thread| thread.join().unwrap())
        }
        ["type"] => type_into_terminal(),
        ["ask"] => ask(),
        ["tell-caller"] => tell_caller(),
        ["hand-on", "hardened"] => {
            assert!(harden().iter().all(|step| step.result.is_ok()));
            hand_on()
        }
        ["hand-on"] => hand_on(),
        _ => panic!("the tests and their child disagree about {deed:?}"),
    }
}

/// What has to be there before the walls.
pub(crate) fn prepare(deed: &[&str]) {
    if matches!(deed, ["process", "type" | "ask"]) {
        let _ = TERMINAL.set(own_terminal().unwrap());
    }
}

fn number(pid: &str) -> Pid {
    Pid::from_raw(pid.parse().unwrap()).unwrap()
}

fn trace(pid: Pid) -> io::Result<()> {
    // SAFETY: attaches to a process of the test's own; no memory is given.
    answer(unsafe { libc::ptrace(libc::PTRACE_SEIZE, pid.as_raw_nonzero().get(), 0, 0) })
}

fn call_by_number(call: libc::c_long) -> io::Result<()> {
    // SAFETY: each argument is one that no system call of the tests can use as memory.
    answer(unsafe { libc::syscall(call, -1, 0, 0, 0, 0, 0) })
}

/// As `unshare` does, by a way on which that cannot be seen.
fn name_space() -> io::Result<()> {
    let flags = libc::CLONE_NEWUSER | libc::SIGCHLD;
    // SAFETY: without a stack of its own the child goes on like a fork, and only ends.
    match unsafe { libc::syscall(libc::SYS_clone, flags, 0, 0, 0, 0) } {
        // SAFETY: ends the child.
        0 => unsafe { libc::_exit(0) },
        result => answer(result),
    }
}

/// A new session with a terminal; its keyboard and the terminal itself.
fn own_terminal() -> io::Result<(File, File)> {
    let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&keyboard)?;
    unlockpt(&keyboard)?;
    let name = ptsname(&keyboard, Vec::new())?;
    let terminal = rustix::fs::open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
    rustix::process::setsid()?;
    rustix::process::ioctl_tiocsctty(&terminal)?;
    Ok((File::from(keyboard), File::from(terminal)))
}

fn ask() -> io::Result<()> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
    assert!(has_terminal());
    tcgetattr(&terminal)?;
    terminal.write_all(b"?")
}

fn type_into_terminal() -> io::Result<()> {
    let (_, terminal) = TERMINAL.get().unwrap();
    // SAFETY: the request reads one byte, which is there.
    answer(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSTI, b"x".as_ptr()) }.into())
}

fn tell_caller() -> io::Result<()> {
    let caller = caller();
    println!("{} {}", caller.pid, caller.program.unwrap_or_default().display());
    println!("{}", has_terminal());
    Ok(())
}

/// What a program gets from here.
fn hand_on() -> io::Result<()> {
    Command::new("/usr/bin/env").status()?;
    Command::new("/bin/ls").args(["-l", "/proc/self/fd"]).status().map(|_| ())
}
