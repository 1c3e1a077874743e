//! Addresses of the session bus that a project's environment or another user could have chosen.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;

use lockgate_tests::home::set_mode;
use lockgate_tests::not_run::can_be_another_user;
use lockgate_tests::programs;

use crate::{Desktop, LIBSECRET, Machine, TOKEN, entry_of};

fn machine() -> Machine {
    let machine = Machine::new(LIBSECRET, Desktop::new());
    machine.desktop.keep("own", &entry_of(&machine.server.index_url()), TOKEN.as_bytes());
    machine
}

#[track_caller]
fn refused(machine: &Machine, address: &str, words: &str) {
    for verb in ["token", "login", "logout"] {
        let run = machine.lockgate(verb).env("DBUS_SESSION_BUS_ADDRESS", address);
        let _ = run.stdin("new-token\n").run().exits_with(101).says(words);
    }
}

#[test]
fn an_address_that_starts_a_program_starts_none() {
    let machine = machine();
    let (program, marker) = (machine.home.root().join("evil"), machine.home.root().join("marker"));
    fs::write(&program, format!("#!/bin/sh\ntouch {}\n", marker.display())).unwrap();
    set_mode(&program, 0o755);
    let address = format!("unixexec:path={}", program.display());
    refused(&machine, &address, "it would start a program");
    assert!(!marker.exists());
    // The twin: libsecret's own program does start it.
    let run = machine.desktop.within(machine.home.run("dbus-send"));
    let send = ["--session", "--dest=org.a", "/", "org.a.B"];
    let _ = run.env("DBUS_SESSION_BUS_ADDRESS", &address).args(send).run();
    assert!(marker.exists(), "the twin: another client starts it");
}

#[test]
fn an_address_on_a_network_is_not_reached() {
    let machine = machine();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let reached = || match listener.accept() {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    };
    let port = listener.local_addr().unwrap().port();
    for transport in ["tcp:", "nonce-tcp:noncefile=/etc/hostname,"] {
        let address = format!("{transport}host=127.0.0.1,port={port}");
        refused(&machine, &address, "it is on a network");
        assert!(!reached(), "{address}");
    }
    // The twin: another client does reach it.
    let address = format!("tcp:host=127.0.0.1,port={port}");
    let run = machine.desktop.within(machine.home.run("timeout"));
    let send = ["2", "dbus-send", "--session", "--dest=org.a", "/", "org.a.B"];
    let _ = run.env("DBUS_SESSION_BUS_ADDRESS", &address).args(send).run();
    assert!(reached(), "the twin: another client reaches it");
}

#[test]
fn an_address_that_asks_other_programs_is_refused() {
    for address in ["autolaunch:", "launchd:env=X", "systemd:"] {
        refused(&machine(), address, "it would ask another program");
    }
}

#[test]
fn a_bus_of_another_user_is_told_nothing() {
    if !can_be_another_user() {
        return;
    }
    programs::require("strace");
    let machine = machine();
    let attempt = |desktop: &Desktop| {
        let file = machine.home.root().join("trace");
        let strace = ["strace", "-f", "-qq", "-e", "trace=network", "-o", file.to_str().unwrap()];
        let run = desktop.within(machine.home.lockgate(["cargo", "token", "--registry", "corp"]));
        let output = run.under(strace).run().exits_with(101);
        (output, fs::read_to_string(&file).unwrap())
    };
    let (output, trace) = attempt(&Desktop::of_nobody());
    let _ = output.says("is run by user 65534 and not by you (user 0)");
    assert!(trace.contains("connect(") && !trace.contains("sendto("), "{trace}");
    let (output, trace) = attempt(&Desktop::without_keyring());
    let _ = output.says("no program on the session bus keeps secrets");
    assert!(trace.contains("sendto("), "the twin: one's own is talked to\n{trace}");
}
