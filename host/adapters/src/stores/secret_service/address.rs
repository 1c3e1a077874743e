//! Where the session bus is: a socket of this machine, and nothing that would be started or reached
//! over a network.

use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use lockgate_core::{escape, shorten};

use super::error::SecretServiceError as Error;

/// Longest name of a local socket, in bytes: what the kernel's address has room for.
const MAX_NAME: usize = 107;
/// Most of an address that an error shows, in characters.
const SHOWN: usize = 200;

/// A local socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SocketName {
    Path(PathBuf),
    /// Of the kernel's own list, without a file.
    Abstract(Vec<u8>),
}

/// The sockets that may be tried, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BusAddress {
    pub(super) sockets: Vec<SocketName>,
    /// For people, escaped.
    pub(super) shown: String,
}

impl BusAddress {
    /// The bus of these two variables.
    pub(super) fn find(
        address: Option<&str>,
        runtime_folder: Option<&Path>,
        user: u32,
    ) -> Result<Self, Error> {
        match address.filter(|address| !address.is_empty()) {
            Some(address) => Self::parse(address),
            None => Self::in_folder(runtime_folder.ok_or(Error::NoBus)?, user),
        }
    }

    /// The socket that a session's manager makes.
    fn in_folder(folder: &Path, expected: u32) -> Result<Self, Error> {
        let path = folder.join("bus");
        let found = path.symlink_metadata().ok().filter(|found| found.file_type().is_socket());
        let found = found.filter(|_| folder.is_absolute()).ok_or(Error::NoBus)?;
        if found.uid() != expected {
            return Err(Error::ForeignSocket { path, owner: found.uid(), expected });
        }
        let shown = shown(&format!("unix:path={}", path.display()));
        Ok(Self { sockets: vec![SocketName::Path(path)], shown })
    }

    /// As D-Bus writes it: `transport:key=value,key=value;transport:...`. What may not be connected
    /// to is passed over if there is something else.
    fn parse(text: &str) -> Result<Self, Error> {
        let (mut sockets, mut problem) = (Vec::new(), "it names no socket");
        for one in text.split(';').filter(|one| !one.is_empty()) {
            match socket(one) {
                Ok(socket) => sockets.push(socket),
                Err(why) => problem = why,
            }
        }
        let shown = shown(text);
        match sockets.is_empty() {
            true => Err(Error::Address { address: shown, why: problem }),
            false => Ok(Self { sockets, shown }),
        }
    }
}

fn shown(address: &str) -> String {
    escape(&shorten(address, SHOWN))
}

fn socket(address: &str) -> Result<SocketName, &'static str> {
    let (transport, rest) = address.split_once(':').ok_or("it is not an address of D-Bus")?;
    match transport {
        "unix" => {}
        "unixexec" => return Err("it would start a program"),
        "autolaunch" | "launchd" | "systemd" => return Err("it would ask another program"),
        "tcp" | "nonce-tcp" => return Err("it is on a network"),
        _ => return Err("it is no socket of this machine"),
    }
    let mut name = None;
    for pair in rest.split(',').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or("it is not an address of D-Bus")?;
        let found = match key {
            "path" => path(unescape(value)?)?,
            "abstract" => abstract_name(unescape(value)?)?,
            // A check of the answer that the peer's user makes needless.
            "guid" => continue,
            _ => return Err("it names no socket"),
        };
        if name.replace(found).is_some() {
            return Err("it names two sockets at once");
        }
    }
    name.ok_or("it names no socket")
}

fn path(bytes: Vec<u8>) -> Result<SocketName, &'static str> {
    let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
    if !path.is_absolute() {
        return Err("its path is not absolute");
    }
    checked(path.as_os_str())?;
    Ok(SocketName::Path(path))
}

fn abstract_name(bytes: Vec<u8>) -> Result<SocketName, &'static str> {
    checked(OsStr::from_bytes(&bytes))?;
    Ok(SocketName::Abstract(bytes))
}

fn checked(name: &OsStr) -> Result<(), &'static str> {
    match name.as_bytes() {
        [] => Err("its name is empty"),
        bytes if bytes.contains(&0) => Err("its name has a zero byte"),
        bytes if bytes.len() > MAX_NAME => Err("its name is too long"),
        _ => Ok(()),
    }
}

/// `%2d` is a byte; what need not be escaped stands for itself.
fn unescape(value: &str) -> Result<Vec<u8>, &'static str> {
    let (mut bytes, mut rest) = (Vec::new(), value.as_bytes());
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match (first, rest) {
            (b'%', [high, low, behind @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let byte = digit(high).zip(digit(low)).map(|(high, low)| high * 16 + low);
                let byte = byte.and_then(|byte| u8::try_from(byte).ok());
                bytes.push(byte.ok_or("it is not escaped as D-Bus asks for")?);
                rest = behind;
            }
            (b'%', _) => return Err("it is not escaped as D-Bus asks for"),
            _ => bytes.push(first),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};

    use rustix::process::getuid;

    use super::{BusAddress, SocketName};
    use crate::stores::secret_service::SecretServiceError as Error;

    fn sockets(address: &str) -> Vec<SocketName> {
        BusAddress::parse(address).unwrap().sockets
    }

    fn why(address: &str) -> &'static str {
        match BusAddress::parse(address) {
            Err(Error::Address { why, .. }) => why,
            other => panic!("{address}: {other:?}"),
        }
    }

    fn path(path: &str) -> SocketName {
        SocketName::Path(PathBuf::from(path))
    }

    #[test]
    fn sockets_of_this_machine_are_understood() {
        assert_eq!(sockets("unix:path=/run/user/1000/bus"), [path("/run/user/1000/bus")]);
        assert_eq!(sockets("unix:path=/tmp/a%20b%2Cc,guid=01"), [path("/tmp/a b,c")]);
        let name = SocketName::Abstract(b"/tmp/dbus-x".to_vec());
        assert_eq!(sockets("unix:guid=01,abstract=/tmp/dbus-x"), [name]);
        assert_eq!(sockets("unix:path=/a;unix:path=/b"), [path("/a"), path("/b")]);
        assert_eq!(sockets("tcp:host=evil,port=1;unix:path=/b;"), [path("/b")]);
    }

    #[test]
    fn what_starts_programs_or_is_elsewhere_is_refused() {
        for (address, expected) in [
            ("unixexec:path=/bin/sh,argv1=-c,argv2=id", "it would start a program"),
            ("tcp:host=127.0.0.1,port=4000", "it is on a network"),
            ("nonce-tcp:host=localhost,port=1,noncefile=/tmp/x", "it is on a network"),
            ("autolaunch:", "it would ask another program"),
            ("autolaunch:scope=*user", "it would ask another program"),
            ("launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET", "it would ask another program"),
            ("vsock:cid=2,port=1", "it is no socket of this machine"),
            ("UNIX:path=/a", "it is no socket of this machine"),
            ("unix:path=bus", "its path is not absolute"),
            ("unix:path=", "its path is not absolute"),
            ("unix:abstract=", "its name is empty"),
            ("unix:path=/a%00b", "its name has a zero byte"),
            ("unix:path=/a%zz", "it is not escaped as D-Bus asks for"),
            ("unix:path=/a%2", "it is not escaped as D-Bus asks for"),
            ("unix:path=/a,abstract=b", "it names two sockets at once"),
            ("unix:path=/a,path=/b", "it names two sockets at once"),
            ("unix:tmpdir=/tmp", "it names no socket"),
            ("unix:runtime=yes", "it names no socket"),
            ("unix:", "it names no socket"),
            (";", "it names no socket"),
            ("/run/user/1000/bus", "it is not an address of D-Bus"),
            ("unix:/run/user/1000/bus", "it is not an address of D-Bus"),
        ] {
            assert_eq!(why(address), expected, "{address}");
        }
        assert_eq!(why(&format!("unix:path=/{}", "x".repeat(107))), "its name is too long");
        let longest = format!("/{}", "x".repeat(106));
        assert_eq!(sockets(&format!("unix:path={longest}")), [path(&longest)]);
    }

    #[test]
    fn an_error_shows_the_address_so_that_it_harms_no_terminal() {
        let error = BusAddress::parse(&format!("tcp:\u{1b}[2J{}", "x".repeat(5000))).unwrap_err();
        let shown = error.to_string();
        assert!(!shown.contains('\u{1b}') && shown.len() < 1000, "{shown}");
    }

    #[test]
    fn without_the_variable_it_is_the_users_own_socket_in_the_runtime_folder() {
        let folder = tempfile::tempdir().unwrap();
        let user = getuid().as_raw();
        let find = |address, user| BusAddress::find(address, Some(folder.path()), user);
        assert!(matches!(find(None, user), Err(Error::NoBus)));
        assert!(matches!(BusAddress::find(None, None, user), Err(Error::NoBus)));
        assert!(matches!(BusAddress::find(Some(""), None, user), Err(Error::NoBus)));
        let _listener = UnixListener::bind(folder.path().join("bus")).unwrap();
        let found = find(None, user).unwrap().sockets;
        assert_eq!(found, [SocketName::Path(folder.path().join("bus"))]);
        assert_eq!(find(Some(""), user).unwrap().sockets, found);
        assert!(matches!(find(None, user + 1), Err(Error::ForeignSocket { .. })));
        assert!(matches!(
            BusAddress::find(None, Some(Path::new("relative")), user),
            Err(Error::NoBus)
        ));
        assert_eq!(find(Some("unix:path=/other"), user).unwrap().sockets, [path("/other")]);
    }
}
