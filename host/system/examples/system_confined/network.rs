//! Deeds with the network.

#![allow(unsafe_code, reason = "some of what is tried no safe interface offers")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::UnixStream;

use crate::answer;

pub(crate) fn act(deed: &[&str]) -> io::Result<()> {
    match *deed {
        ["connect", port] => TcpStream::connect((Ipv4Addr::LOCALHOST, number(port))).map(|_| ()),
        ["connect-multipath", port] => connect_multipath(number(port)),
        ["fast-open", port] => fast_open(number(port)),
        ["send-udp", port] => send_udp(number(port)),
        ["abstract", name] => {
            let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
            UnixStream::connect_addr(&address).map(|_| ())
        }
        ["look-up", name] => look_up(name.to_owned()),
        _ => panic!("the tests and their child disagree about {deed:?}"),
    }
}

fn number(port: &str) -> u16 {
    port.parse().unwrap()
}

fn send_udp(port: u16) -> io::Result<()> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.send_to(b"secret", (Ipv4Addr::LOCALHOST, port)).map(|_| ())
}

/// In a thread of its own, as the host looks up names.
fn look_up(name: String) -> io::Result<()> {
    let found = std::thread::Builder::new().spawn(move || {
        Ok::<_, io::Error>((name.as_str(), 443).to_socket_addrs()?.collect::<Vec<SocketAddr>>())
    })?;
    let found = found.join().unwrap()?;
    assert!(found.iter().all(|address| address.ip().is_loopback()), "{found:?}");
    Ok(())
}

/// Like TCP, and not TCP to everybody who asks.
fn connect_multipath(port: u16) -> io::Result<()> {
    const IPPROTO_MPTCP: i32 = 262;
    let socket = socket(IPPROTO_MPTCP)?;
    let (address, size) = loopback(port);
    // SAFETY: the address is valid for the size that is given.
    answer(unsafe { libc::connect(socket, (&raw const address).cast(), size) }.into())
}

/// Connects by sending.
fn fast_open(port: u16) -> io::Result<()> {
    let socket = socket(0)?;
    let (address, size) = loopback(port);
    let data = b"secret";
    // SAFETY: data and address are valid for the sizes that are given.
    let sent = unsafe {
        libc::sendto(
            socket,
            data.as_ptr().cast(),
            data.len(),
            libc::MSG_FASTOPEN,
            (&raw const address).cast(),
            size,
        )
    };
    answer(i64::try_from(sent).unwrap())
}

fn socket(protocol: i32) -> io::Result<i32> {
    // SAFETY: takes numbers only.
    let socket = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM, protocol) };
    answer(socket.into()).map(|()| socket)
}

fn loopback(port: u16) -> (libc::sockaddr_in, u32) {
    let address = libc::sockaddr_in {
        sin_family: libc::AF_INET.try_into().unwrap(),
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    };
    (address, size_of::<libc::sockaddr_in>().try_into().unwrap())
}
