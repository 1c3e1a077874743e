//! What a confined process can still do, and that a free one can do all of it: each in a process of
//! its own.

#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests arrange what nothing else would, and fail by panicking"
)]

mod child;

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::process::{Child, Command};

use child::child_program;
use lockgate_system::NAME_LOOKUP;

/// Whether it was done, and what was said if it was refused.
fn run(arguments: &[&str]) -> Result<String, String> {
    let program = child_program().with_file_name("system_confined");
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => Ok(said),
        Some(1 | 2) => Err(said),
        _ => panic!("{arguments:?}: {} {said} {:?}", output.status, output.stderr),
    }
}

fn confined(granted: &[&str], deed: &[&str]) -> Result<String, String> {
    run(&[&["confined"], granted, &["do"], deed].concat())
}

fn free(deed: &[&str]) -> Result<String, String> {
    run(&[&["free"], deed].concat())
}

/// The deed is done free and refused confined, and refused for being confined.
fn assert_prevented(granted: &[&str], deed: &[&str]) {
    let Err(refused) = confined(granted, deed) else { panic!("{deed:?} was done") };
    assert!(refused.contains("denied") || refused.contains("not permitted"), "{deed:?}: {refused}");
    // The twin.
    free(deed).unwrap_or_else(|error| panic!("{deed:?} is not even done free: {error}"));
}

fn assert_granted(granted: &[&str], deed: &[&str]) {
    confined(granted, deed).unwrap_or_else(|error| panic!("{deed:?}: {error}"));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

struct Sleeper(Child);

impl Sleeper {
    fn new() -> Self {
        Self(Command::new("sleep").arg("60").spawn().unwrap())
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn files_that_were_not_granted_are_out_of_reach() {
    let base = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&base.path().join(name)).to_owned();
    for folder in ["own", "other"] {
        fs::create_dir(path(folder)).unwrap();
        fs::write(path(&format!("{folder}/file")), "content").unwrap();
    }
    symlink("../other/file", path("own/way-out")).unwrap();
    let own = path("own");
    let granted = ["write", own.as_str(), "read", &path("missing")];
    for deed in [
        &["read", "/etc/passwd"][..],
        &["read", &path("other/file")],
        &["read", &path("own/way-out")],
        &["list", &path("other")],
        &["truncate", &path("other/file")],
        &["write", &path("other/file")],
        &["write", &path("other/new")],
        &["make-folder", &path("other/folder")],
        &["rename", &path("other/file"), &path("other/renamed")],
        &["remove", &path("other/renamed")],
        &["link", "/etc/passwd", &path("own/planted")],
        &["read", &format!("/proc/{}/environ", std::process::id())],
    ] {
        assert_prevented(&granted, &[&["file"], deed].concat());
    }
}

#[test]
fn granted_files_are_what_they_were() {
    let base = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&base.path().join(name)).to_owned();
    fs::create_dir(path("own")).unwrap();
    fs::write(path("token"), "content").unwrap();
    symlink("token", path("link")).unwrap();
    // A link counts for what it leads to.
    let (own, link) = (path("own"), path("link"));
    let granted = ["write", own.as_str(), "read", link.as_str()];
    for deed in [
        &["read", &path("token")][..],
        &["read", &path("link")],
        &["write", &path("own/file")],
        &["truncate", &path("own/file")],
        &["list", &path("own")],
        &["make-folder", &path("own/folder")],
        &["rename", &path("own/file"), &path("own/folder/file")],
        &["remove", &path("own/folder/file")],
    ] {
        assert_granted(&granted, &[&["file"], deed].concat());
    }
    assert_prevented(&granted, &["file", "write", &path("token")]);
}

#[test]
fn names_are_looked_up_in_a_thread_of_its_own() {
    let granted: Vec<&str> = NAME_LOOKUP.iter().flat_map(|path| ["read", path]).collect();
    let granted = [granted.as_slice(), &["connect", "443"]].concat();
    assert_granted(&granted, &["network", "look-up", "localhost"]);
    assert_granted(&granted, &["file", "list", "/etc/ssl/certs"]);
    for hidden in ["/etc/shadow", "/etc/passwd", "/root/.ssh", "/etc/ssl/private"] {
        assert!(confined(&granted, &["file", "read", hidden]).is_err(), "{hidden}");
    }
}

#[test]
fn only_granted_ports_are_connected_to() {
    let listen = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (good, bad) = (listen(), listen());
    let [good, bad] = [&good, &bad].map(|it| it.local_addr().unwrap().port().to_string());
    let granted = ["connect", good.as_str()];
    assert_granted(&granted, &["network", "connect", &good]);
    assert_prevented(&granted, &["network", "connect", &bad]);
    // What the wall around ports overlooks in many kernels.
    assert_prevented(&granted, &["network", "connect-multipath", &bad]);
    assert_prevented(&granted, &["network", "fast-open", &bad]);
}

#[test]
fn without_a_port_there_is_no_internet_at_all() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    assert_prevented(&[], &["network", "send-udp", &port]);
    // Names are asked for in this way.
    assert_granted(&["connect", "443"], &["network", "send-udp", &port]);
}

#[test]
fn no_program_is_started() {
    // Not even where everything may be read and written.
    let granted = ["write", "/"];
    assert_prevented(&granted, &["process", "run", "/bin/true"]);
    assert_prevented(&granted, &["process", "become", "/bin/true"]);
    assert_granted(&[], &["process", "start-thread"]);
}

#[test]
fn other_processes_are_out_of_reach() {
    let sleeper = Sleeper::new();
    let pid = sleeper.0.id().to_string();
    assert_prevented(&[], &["process", "signal", &pid]);
    assert_prevented(&[], &["process", "trace", &pid]);
    let name = format!("lockgate-test-{}", std::process::id());
    let _listener =
        UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    assert_prevented(&[], &["network", "abstract", &name]);
}

#[test]
fn no_name_space_is_entered() {
    assert_prevented(&[], &["process", "name-space"]);
}

#[test]
fn dangerous_system_calls_are_refused_before_they_look_at_anything() {
    const NOT_PERMITTED: &str = "Operation not permitted (os error 1)\n";
    for call in [
        libc::SYS_bpf,
        libc::SYS_userfaultfd,
        libc::SYS_perf_event_open,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_open_by_handle_at,
        libc::SYS_mount,
        libc::SYS_setns,
        libc::SYS_execveat,
    ] {
        let call = call.to_string();
        assert_eq!(confined(&[], &["process", "call", &call]), Err(NOT_PERMITTED.to_owned()));
        if is_root() {
            let answer = free(&["process", "call", &call]);
            assert_ne!(answer, Err(NOT_PERMITTED.to_owned()), "{call} is refused to everybody");
        }
    }
    let clone3 = confined(&[], &["process", "call", &libc::SYS_clone3.to_string()]).unwrap_err();
    assert!(clone3.starts_with("Function not implemented"), "{clone3}");
}

#[test]
fn the_terminal_is_opened_only_to_ask() {
    assert_granted(&["terminal"], &["process", "ask"]);
    assert_prevented(&[], &["process", "ask"]);
    assert_prevented(&["read", "/dev"], &["process", "ask"]);
}

#[test]
fn nothing_is_typed_into_the_terminal() {
    let refused = confined(&["terminal"], &["process", "type"]).unwrap_err();
    assert!(refused.contains("not permitted"), "{refused}");
    // The twin: many kernels have ended this for everybody but root.
    if is_root() {
        free(&["process", "type"]).unwrap();
    }
}
